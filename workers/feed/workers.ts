/** The workers of the feed: fan-out into warm feeds, invalidation of cached feeds, and notifications of friends' posts. */
import type { CommandGiver, EphemeralPorts, WorkerSet, WorkerViews, WorkTracking } from '../dependencies.ts';
import { FAN_OUT_CONCURRENCY, FAN_OUT_QUEUE, fanOutRange, feedFanOut, sweepFanouts } from './fan-out.ts';
import { FRIEND_POSTED_CONCURRENCY, FRIEND_POSTED_QUEUE, friendPosted, notifyFriends, sweepFriendPosts } from './friend-posted.ts';
import { dropFeedsOfReaders, IMPORTED_POSTS_CONCURRENCY, IMPORTED_POSTS_QUEUE, sweepImports } from './imported-posts.ts';
import { invalidateAllFeeds } from './invalidate-all-feeds.ts';
import { invalidateFeeds } from './invalidate-feeds.ts';

export type FeedWorkersDependencies = {
  readonly commandGiver: CommandGiver;
  readonly views: Pick<WorkerViews, 'active'>;
  readonly ephemeral: Pick<EphemeralPorts, 'broadcast' | 'feedCache'>;
  readonly work: WorkTracking;
};

export function feedWorkers({ commandGiver, views, ephemeral, work }: FeedWorkersDependencies): WorkerSet {
  const { broadcast, feedCache } = ephemeral;
  return {
    'fan-out': {
      projections: [feedFanOut({ ...work, broadcast }), invalidateFeeds({ feedCache, broadcast }), invalidateAllFeeds({ feedCache })],
      consumers: [
        { queue: FAN_OUT_QUEUE, concurrency: FAN_OUT_CONCURRENCY, handler: fanOutRange({ ...work, views: views.active, feedCache, broadcast }) },
        { queue: IMPORTED_POSTS_QUEUE, concurrency: IMPORTED_POSTS_CONCURRENCY, handler: dropFeedsOfReaders({ ...work, views: views.active, feedCache }) },
      ],
    },
    planning: {
      projections: [friendPosted(work)],
      consumers: [
        { queue: FRIEND_POSTED_QUEUE, concurrency: FRIEND_POSTED_CONCURRENCY, handler: notifyFriends({ ...work, ...commandGiver, views: views.active }) },
      ],
    },
    schedules: { sweeps: [sweepFanouts(work), sweepImports(work), sweepFriendPosts(work)] },
  };
}
