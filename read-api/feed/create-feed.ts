/** The feed of a reader: newest first, and never with a hole. */
import { createPipeline, type ReadPage } from './pipeline.ts';
import { mayBeInFeed } from './rules.ts';
import type { PostDependencies } from './hydrate.ts';
import { createFeedSkeleton, type FeedDependencies } from './skeleton.ts';

export const createFeed = (dependencies: FeedDependencies & PostDependencies, config?: { readonly feedPostsMax?: number }): ReadPage =>
  createPipeline(dependencies, { skeleton: createFeedSkeleton(dependencies, config), rule: mayBeInFeed });
