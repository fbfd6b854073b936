/** The workers of the feed: fan-out into warm feeds, invalidation of cached feeds, and notifications of friends' posts. */
import type { Outbound } from '../../ports/outbound/port.ts';
import type { CommandGiver, DomainReader, EphemeralPorts, RoleWorkers, WorkerSet, WorkerViews, WorkTracking } from '../dependencies.ts';
import { PULL_THRESHOLDS, type PullThresholds } from '../../domain/feed/delivery-mode/delivery-mode.ts';
import { SAMPLE_CONCURRENCY, SAMPLE_QUEUE, sampleReaders } from './active-followers.ts';
import {
  FAN_OUT_CONCURRENCY,
  FAN_OUT_QUEUE,
  fanOutRange,
  feedFanOut,
  LARGE_FAN_OUT_CONCURRENCY,
  LARGE_FAN_OUT_QUEUE,
  largeFanOutRange,
  sweepFanouts,
} from './fan-out.ts';
import { FRIEND_POSTED_CONCURRENCY, FRIEND_POSTED_QUEUE, friendPosted, notifyFriends, sweepFriendPosts } from './friend-posted.ts';
import { dropFeedsOfReaders, IMPORTED_POSTS_CONCURRENCY, IMPORTED_POSTS_QUEUE, sweepImports } from './imported-posts.ts';
import { notifyMentioned } from './mentioned.ts';
import { invalidateAllFeeds } from './invalidate-all-feeds.ts';
import { invalidateFeeds } from './invalidate-feeds.ts';
import { PURGE_CONCURRENCY, PURGE_QUEUE, purgeMedia, sweepPurges, tellPurge, type PurgeConfig } from './purge-media.ts';
import { sweepScheduledPosts } from './scheduled-posts.ts';
import { sweepTurns, tellReaders, TURN_CONCURRENCY, TURN_QUEUE, turnToPull } from './turn-to-pull.ts';

export type FeedWorkersDependencies = {
  readonly reader: DomainReader;
  readonly commandGiver: CommandGiver;
  readonly views: WorkerViews;
  readonly ephemeral: Pick<EphemeralPorts, 'broadcast' | 'feedCache'>;
  readonly work: WorkTracking;
  readonly outbound: Pick<Outbound, 'post'> | undefined;
};

export type FeedWorkersConfig = {
  readonly pullThresholds?: PullThresholds;
  /** Who is told which addresses of public media are good no longer; absent: nobody. */
  readonly mediaPurge?: PurgeConfig | undefined;
};

export function feedWorkers(
  { reader, commandGiver, views, ephemeral, work, outbound }: FeedWorkersDependencies,
  { pullThresholds: thresholds = PULL_THRESHOLDS, mediaPurge }: FeedWorkersConfig,
): WorkerSet {
  const { broadcast, feedCache } = ephemeral;
  const fanOut = { ...work, ...commandGiver, views: views.active, stored: views.stored, feedCache, broadcast, thresholds };
  const purge = purging({ reader, views, work, outbound }, mediaPurge);
  return {
    'fan-out': {
      projections: [feedFanOut({ ...work, broadcast }), turnToPull(work), invalidateFeeds({ feedCache, broadcast }), invalidateAllFeeds({ feedCache })],
      consumers: [
        { queue: FAN_OUT_QUEUE, concurrency: FAN_OUT_CONCURRENCY, handler: fanOutRange(fanOut) },
        { queue: LARGE_FAN_OUT_QUEUE, concurrency: LARGE_FAN_OUT_CONCURRENCY, handler: largeFanOutRange(fanOut) },
        { queue: TURN_QUEUE, concurrency: TURN_CONCURRENCY, handler: tellReaders(fanOut) },
        { queue: SAMPLE_QUEUE, concurrency: SAMPLE_CONCURRENCY, handler: sampleReaders(fanOut) },
        { queue: IMPORTED_POSTS_QUEUE, concurrency: IMPORTED_POSTS_CONCURRENCY, handler: dropFeedsOfReaders({ ...work, views: views.active, feedCache }) },
      ],
    },
    planning: {
      projections: [friendPosted(work), notifyMentioned({ ...commandGiver, ...work, reader }), ...purge.projections],
      consumers: [
        { queue: FRIEND_POSTED_QUEUE, concurrency: FRIEND_POSTED_CONCURRENCY, handler: notifyFriends({ ...work, ...commandGiver, views: views.active }) },
        ...purge.consumers,
      ],
    },
    schedules: {
      sweeps: [
        sweepFanouts(work),
        sweepTurns(work),
        sweepImports(work),
        sweepFriendPosts(work),
        ...purge.sweeps,
        sweepScheduledPosts({ ...commandGiver, reader, views: views.active, clock: work.clock }),
      ],
    },
  };
}

function purging(
  { reader, views, work, outbound }: Pick<FeedWorkersDependencies, 'reader' | 'views' | 'work' | 'outbound'>,
  config: PurgeConfig | undefined,
): Required<RoleWorkers> {
  if (config === undefined || outbound === undefined) return { projections: [], consumers: [], sweeps: [] };
  const handler = tellPurge({ ...work, outbound, views: views.active, reader }, config);
  return { projections: [purgeMedia(work)], consumers: [{ queue: PURGE_QUEUE, concurrency: PURGE_CONCURRENCY, handler }], sweeps: [sweepPurges(work)] };
}
