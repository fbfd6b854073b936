/** The stages of a feed, put together. */
import type { ActiveViews } from '../../projections/read-views.ts';
import { getFeed, type FeedAnswer } from './get-feed.ts';
import { hydrate } from './hydrate.ts';
import { present } from './present.ts';
import { createSkeletons, type SkeletonDependencies } from './skeleton.ts';
import type { FeedQuery } from './stages.ts';

export type ReadFeed = (query: FeedQuery) => Promise<FeedAnswer>;

export function createFeed(
  dependencies: SkeletonDependencies & { readonly views: Pick<ActiveViews, 'find' | 'getMany'> },
  config?: { readonly feedPostsMax?: number },
): ReadFeed {
  const { views } = dependencies;
  const stages = {
    skeleton: createSkeletons(dependencies, config),
    hydrate: hydrate.bind(undefined, views),
    present: present.bind(undefined, views),
  };
  return (query) => getFeed(stages, query);
}
