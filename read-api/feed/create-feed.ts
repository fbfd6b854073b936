/** The feed of a reader: newest first, and never with a hole. */
import { createPipeline, type ReadPage } from './pipeline.ts';
import { mayBeInFeed } from './rules.ts';
import { createFeedSkeleton, type FeedDependencies } from './skeleton.ts';

export const createFeed = (dependencies: FeedDependencies, config?: { readonly feedPostsMax?: number }): ReadPage =>
  createPipeline(dependencies.views, { skeleton: createFeedSkeleton(dependencies, config), rule: mayBeInFeed });
