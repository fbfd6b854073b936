/**
 * A new post is written into the warm feeds of those who are to read it. The event only begins the work; a job does one range of
 * readers and adds the job for the next, so that a popular author's post never takes all the room at once. How far it has come is
 * a document that the sweeper sees: a feed claims to be complete above its floor, so a range that got lost would be a hole for ever.
 *
 * The author's own feed is none of these: a reader's own posts are merged in from the views when the feed is read, so one sees the
 * own post at once, and not last in the own fan-out. Deleted posts, mutes and blocks are rules at reading; nothing is filtered here.
 */
import type { PostEvent } from '../../domain/feed/events.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { FeedCache } from '../../ports/feed-cache/port.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import type { TidingsViews } from '../../projections/query/tidings-views.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import type { OpenWork } from '../open-work/open-work.ts';
import type { Progress } from '../open-work/progress.ts';
import type { Sweep } from '../jobs/sweeper.ts';
import { readersOf } from './readers.ts';

export const FAN_OUT_QUEUE = 'feed-fan-out';
export const FAN_OUT_CONCURRENCY = 4;
/** Large enough that a range's fixed costs vanish in it, small enough that no other post waits long behind it. */
export const FAN_OUT_READERS_MAX = 500;
/** A fan-out that has not come further for so long has lost its job. */
export const FANOUT_STALLED_MS = 30_000;
const FANOUTS_SWEPT_MAX = 1_000;

/** Id: the post. It is removed when the fan-out has ended; `next` is the range that comes next, null the first. */
export type Fanout = { readonly post: PostId; readonly author: PersonId; readonly next: PersonId | null; readonly begunAt: Instant; readonly movedAt: Instant };

type Published = Extract<PostEvent, { type: 'feed.post-published.v1' }>;

export const feedFanOut = (dependencies: AddJobsDependencies & { readonly broadcast: Pick<Broadcast, 'publish'> }): TidingsReactor<Published> => ({
  kind: 'reactor',
  name: 'feed-fan-out',
  version: 1,
  handles: ['feed.post-published.v1'],
  // The readers' own rebuilds read `posts`: who is missed here because they followed a moment later finds the post there.
  after: ['posts', 'friends', 'relationships'],
  indexes: { fanouts: [{ fields: ['movedAt'] }] },
  openWork: (event, { fanouts }) => {
    const { post, author, delivered, at } = event.data;
    if (delivered === 'push') fanouts?.update(post, event, () => ({ post, author, next: null, begunAt: at, movedAt: event.metadata.at }));
  },
  react: async ({ data: { post, author, delivered } }) => {
    // The other devices of the author hear of it too, and fetch.
    dependencies.broadcast.publish([author], { kind: 'post', post, author } satisfies LiveHint);
    // Posts of authors with very many followers are pulled by whoever reads, and written nowhere.
    if (delivered === 'push') await addJobs(dependencies, FAN_OUT_QUEUE, [fanOutJob({ post, author, next: null })]);
  },
});

/** One range of readers. Done twice, or out of turn, it changes nothing. */
export const fanOutRange =
  (
    dependencies: AddJobsDependencies & {
      readonly views: Pick<TidingsViews, 'pluck'>;
      readonly feedCache: Pick<FeedCache, 'add'>;
      readonly broadcast: Pick<Broadcast, 'publish'>;
      readonly progress: Progress;
      readonly clock: () => Instant;
    },
    { readersMax = FAN_OUT_READERS_MAX }: { readonly readersMax?: number } = {},
  ) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { views, feedCache, broadcast, progress, clock } = dependencies;
    const post = data['post'] as PostId;
    const author = data['author'] as PersonId;
    const after = data['next'] as PersonId | null;
    const { readers, next } = await readersOf(views, { author, after, limit: readersMax });
    const fresh = await feedCache.add(post, readers);
    // Whoever had it before was told before. A receiver that has muted the author since drops the hint as it drops the post.
    if (fresh.length > 0) broadcast.publish(fresh, { kind: 'post', post, author } satisfies LiveHint);
    if (next === null) return progress.finish('fanouts', post);
    await addJobs(dependencies, FAN_OUT_QUEUE, [fanOutJob({ post, author, next })]);
    progress.advance('fanouts', post, { next, movedAt: clock() });
  };

/** Goes on where a fan-out has stopped. The job has the name of the one that got lost, so one that is only waiting is not doubled. */
export const sweepFanouts = (dependencies: AddJobsDependencies & { readonly openWork: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'fanouts',
  everyMs: FANOUT_STALLED_MS / 2,
  sweep: async () => {
    const until = plus(dependencies.clock(), -FANOUT_STALLED_MS);
    const stalled = await dependencies.openWork.longestWaiting<Fanout>('fanouts', { field: 'movedAt', until, limit: FANOUTS_SWEPT_MAX });
    await addJobs(dependencies, FAN_OUT_QUEUE, stalled.map(fanOutJob));
    return stalled.length;
  },
});

/** Named by post and range, so that the same range is never twice in the queue. */
const fanOutJob = ({ post, author, next }: Pick<Fanout, 'post' | 'author' | 'next'>): Job => ({ id: `${post}:${next ?? ''}`, data: { post, author, next } });
