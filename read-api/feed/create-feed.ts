/** The stages of a feed, put together. */
import { getFeed, type FeedAnswer } from './get-feed.ts';
import { hydrate } from './hydrate.ts';
import { present } from './present.ts';
import { createSkeletons, type SkeletonDependencies } from './skeleton.ts';
import type { FeedQuery, FeedStages } from './stages.ts';

export type ReadFeed = (query: FeedQuery) => Promise<FeedAnswer>;

export function createFeed(dependencies: SkeletonDependencies, config?: { readonly feedPostsMax?: number }): ReadFeed {
  const { views } = dependencies;
  const stages: FeedStages = {
    skeleton: createSkeletons(dependencies, config),
    hydrate: (reader, ids) => hydrate(views, reader, ids),
    present: (reader, posts) => present(views, reader, posts),
  };
  return (query) => getFeed(stages, query);
}
