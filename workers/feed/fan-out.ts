/**
 * Fan-out on write: a new post is added to the warm feeds of its readers. The event only opens the work; each job does one range of
 * readers and adds the job for the next, so that a popular author's post doesn't occupy the queue at once. From some thousand readers
 * on it goes on in a queue of its own, slowly, so that nobody else's posts wait behind it. How far it has come is a document that the
 * sweeper sees: a feed claims to be complete above its floor, so a lost range would be a hole for ever.
 *
 * A post that is stamped `pull` is added to no feed while its author is pulled, for then all warm feeds pull the author. Where the
 * author has turned back by now, feeds that were built since don't, so the post is pushed like any other. The stamp alone would leave
 * a gap: a command may have read it just before the author turned back.
 *
 * A post for friends is added to their feeds alone, and one for its author alone to none.
 *
 * The author's own feed is not among these: a reader's own posts are merged in from the views when the feed is read, so an author
 * sees a post at once, and not after the fan-out. Deleted posts, mutes and blocks are rules at reading; nothing is filtered here.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { PostEvent } from '../../domain/feed/events.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { FeedCache } from '../../ports/feed-cache/port.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import { FEED_FAN_OUT, OPEN_FAN_OUTS, OPEN_IMPORTS } from '../../projections/view-access/feed-lag.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import type { OpenWork } from '../open-work/open-work.ts';
import type { Progress } from '../open-work/work-progress.ts';
import type { Sweep } from '../jobs/sweeper.ts';
import { noteFanOut, sampleIfDue, type CountDependencies } from './active-followers.ts';
import { addImportedJob, isImported, openImport } from './imported-posts.ts';
import { friendsInCircle, readersOf } from './readers.ts';

export const FAN_OUT_QUEUE = 'feed-fan-out';
export const FAN_OUT_CONCURRENCY = 4;
/** Large enough that a range's fixed costs don't matter, small enough that no other post waits long behind it. */
export const FAN_OUT_READERS_MAX = 500;
/** A fan-out that has reached so many readers goes on in the queue for large ones. */
export const LARGE_FAN_OUT_READERS = 5_000;
export const LARGE_FAN_OUT_QUEUE = 'feed-fan-out-large';
export const LARGE_FAN_OUT_CONCURRENCY = 1;
/** Small, and with a pause behind each that is as long as the range took: half of the thread is left to everybody else. */
const LARGE_RANGE_READERS_MAX = 250;
/** A fan-out that has made no progress for so long has lost its job. */
export const FANOUT_STALLED_MS = 30_000;
const FANOUTS_SWEPT_MAX = 1_000;

/** Id: the post. Removed when the fan-out is done; `next` is the reader after whom the next range begins, null for the first. */
export type OpenFanOut = {
  readonly post: PostId;
  readonly author: PersonId;
  readonly next: PersonId | null;
  /** The stamp of the post; absent: `push`. */
  readonly delivered?: 'push' | 'pull';
  /** Whose friends alone may read the post; absent: everybody may. */
  readonly circle?: PersonId;
  /** How many readers the ranges so far had, and how many of their feeds were warm; absent: none yet. */
  readonly reached?: number;
  readonly warm?: number;
  readonly begunAt: Instant;
  readonly movedAt: Instant;
};

type Published = Extract<PostEvent, { type: 'feed.post-published.v1' }>;

export const feedFanOut = (dependencies: AddJobsDependencies & { readonly broadcast: Pick<Broadcast, 'publish'> }): TidingsReactor<Published> => ({
  kind: 'reactor',
  name: FEED_FAN_OUT,
  version: 1,
  handles: ['feed.post-published.v1'],
  // A rebuild of a feed reads `posts`: a reader that is missed here, because they followed a moment later, gets the post by it.
  after: ['posts', 'delivery-modes', 'friends', 'relationships'],
  indexes: { [OPEN_FAN_OUTS]: [{ fields: ['movedAt'] }], [OPEN_IMPORTS]: [{ fields: ['movedAt'] }] },
  openWork: (event, { [OPEN_FAN_OUTS]: fanOuts, [OPEN_IMPORTS]: imports }) => {
    const { post, author, at } = event.data;
    if (isImported(event)) imports?.merge(author, openImport(event));
    else if (hasReaders(event)) fanOuts?.update(post, event, () => ({ ...firstRange(event), begunAt: at, movedAt: event.metadata.at }));
  },
  react: async (event) => {
    const { post, author } = event.data;
    if (isImported(event)) return addImportedJob(dependencies, { author, newest: event.id });
    // The author's other devices get the hint too, and fetch.
    dependencies.broadcast.publish([author], { kind: 'post', post, author } satisfies LiveHint);
    if (hasReaders(event)) await addFanOuts(dependencies, [firstRange(event)]);
  },
});

const hasReaders = ({ data }: Published) => data.visibility !== 'self';

const firstRange = ({ data: { post, author, delivered, visibility, circle = author } }: Published): Range => ({
  post,
  author,
  delivered,
  ...(visibility === 'friends' && { circle }),
  next: null,
});

type RangeDependencies = CountDependencies & {
  readonly views: Pick<TidingsViews, 'get' | 'getMany' | 'pluck'>;
  readonly feedCache: Pick<FeedCache, 'add'>;
  readonly broadcast: Pick<Broadcast, 'publish'>;
  readonly progress: Progress;
  readonly clock: () => Instant;
};

/** The job of one range of readers. Done twice, or out of order, it changes nothing. */
export const fanOutRange =
  (dependencies: RangeDependencies, { readersMax = FAN_OUT_READERS_MAX }: { readonly readersMax?: number } = {}) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { views, feedCache, broadcast, progress, clock } = dependencies;
    const { post, author, next: after, delivered = 'push', circle, reached = 0, warm: warmBefore = 0 } = data as unknown as Range;
    if (after === null && delivered === 'pull' && (await views.get('delivery-modes', author))?.mode === 'pull') {
      progress.finish(OPEN_FAN_OUTS, post);
      return sampleIfDue(dependencies, { author, post });
    }
    const range = { author, after, limit: readersMax };
    const { readers, next } = circle === undefined ? await readersOf(views, range) : await friendsInCircle(views, { ...range, circle });
    const { warm, newFor } = await feedCache.add(post, readers);
    // Readers that had the post already got the hint already. A receiver that has muted the author since drops the hint and the post.
    if (newFor.length > 0) broadcast.publish(newFor, { kind: 'post', post, author } satisfies LiveHint);
    const sums = { reached: reached + readers.length, warm: warmBefore + warm };
    if (next === null) {
      progress.finish(OPEN_FAN_OUTS, post);
      if (circle !== undefined) return; // it tells nothing of the followers
      return noteFanOut(dependencies, { author, warm: sums.warm });
    }
    await addFanOuts(dependencies, [{ post, author, delivered, ...(circle !== undefined && { circle }), next, ...sums }]);
    progress.advance(OPEN_FAN_OUTS, post, { next, ...sums, movedAt: clock() });
  };

/** The same, of a fan-out that is large, and can wait. */
export const largeFanOutRange = (dependencies: RangeDependencies) => {
  const run = fanOutRange(dependencies, { readersMax: LARGE_RANGE_READERS_MAX });
  return async (job: Pick<Job, 'data'>): Promise<void> => {
    const startedMs = performance.now();
    await run(job);
    await pause(performance.now() - startedMs);
  };
};

/** Continues fan-outs that have stopped. The job has the name of the lost one, so one that only waits is not doubled. */
export const sweepFanouts = (dependencies: AddJobsDependencies & { readonly openWork: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'fanouts',
  everyMs: FANOUT_STALLED_MS / 2,
  sweep: async () => {
    const until = plus(dependencies.clock(), -FANOUT_STALLED_MS);
    const stalled = await dependencies.openWork.longestWaiting<OpenFanOut>(OPEN_FAN_OUTS, { field: 'movedAt', until, limit: FANOUTS_SWEPT_MAX });
    await addFanOuts(dependencies, stalled);
    return stalled.length;
  },
});

type Range = Pick<OpenFanOut, 'post' | 'author' | 'next' | 'delivered' | 'circle' | 'reached' | 'warm'>;

async function addFanOuts(dependencies: AddJobsDependencies, ranges: readonly Range[]): Promise<void> {
  const byQueue = Map.groupBy(ranges, ({ reached = 0 }) => (reached < LARGE_FAN_OUT_READERS ? FAN_OUT_QUEUE : LARGE_FAN_OUT_QUEUE));
  for (const [queue, its] of byQueue) await addJobs(dependencies, queue, its.map(fanOutJob));
}

/** Named by post and range, so that a range is never in the queue twice. */
const fanOutJob = ({ post, author, next, delivered = 'push', circle, reached = 0, warm = 0 }: Range): Job => ({
  id: `${post}:${next ?? ''}`,
  data: { post, author, next, delivered, ...(circle !== undefined && { circle }), reached, warm },
});
