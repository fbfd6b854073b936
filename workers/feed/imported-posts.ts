/**
 * Posts that were imported are written into no feed: they are in the views, at the time of long ago, and nobody gets a hint. But a warm
 * feed claims to be complete above its floor, so those of the author's readers are dropped, and built anew when they are read next.
 * While an import goes on, all that was imported of an author is one piece of work, and done at most once a second.
 */
import type { PostEvent } from '../../domain/feed/events.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { FeedCache } from '../../ports/feed-cache/port.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import { OPEN_IMPORTS } from '../../projections/view-access/feed-lag.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import type { Sweep } from '../jobs/sweeper.ts';
import type { OpenWork } from '../open-work/open-work.ts';
import type { Progress } from '../open-work/work-progress.ts';
import { readersOf } from './readers.ts';

export const IMPORTED_POSTS_QUEUE = 'imported-posts';
export const IMPORTED_POSTS_CONCURRENCY = 1;
/** Posts that come meanwhile are done with those before them. */
const GATHERED_MS = 1_000;
const READERS_AT_ONCE_MAX = 500;
/** Work that waits for so long has lost its job, or got new posts while its job ran. */
export const IMPORTED_STALLED_MS = 10_000;
const SWEPT_MAX = 1_000;

/** Id: the author. `newest`: the id of the last event that this work is for. */
export type OpenImport = { readonly author: PersonId; readonly newest: string; readonly movedAt: Instant };

type Published = Extract<PostEvent, { type: 'feed.post-published.v1' }>;

export const isImported = ({ data }: Published): boolean => data.imported === true;

/** The later one of the work that is open and that for this event, so that their order makes no difference. */
export const openImport =
  (event: Recorded<Published>) =>
  (before: object | undefined): OpenImport => {
    const opened: OpenImport = { author: event.data.author, newest: event.id, movedAt: event.metadata.at };
    return before !== undefined && isLater(before as OpenImport, opened) ? (before as OpenImport) : opened;
  };

const isLater = (one: OpenImport, other: OpenImport): boolean => one.movedAt > other.movedAt || (one.movedAt === other.movedAt && one.newest > other.newest);

export const addImportedJob = async (dependencies: AddJobsDependencies, work: Pick<OpenImport, 'author' | 'newest'>): Promise<void> =>
  void (await addJobs(dependencies, IMPORTED_POSTS_QUEUE, [jobOf(work)]));

/** The job of one author. Done twice, it drops feeds twice, which costs a build. */
export const dropFeedsOfReaders =
  (dependencies: {
    readonly views: Pick<TidingsViews, 'pluck'>;
    readonly feedCache: Pick<FeedCache, 'invalidate'>;
    readonly progress: Pick<Progress, 'finish'>;
  }) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { views, feedCache, progress } = dependencies;
    const author = data['author'] as PersonId;
    for (let after: PersonId | null = null, more = true; more; more = after !== null) {
      const { readers, next }: Awaited<ReturnType<typeof readersOf>> = await readersOf(views, { author, after, limit: READERS_AT_ONCE_MAX });
      await feedCache.invalidate(readers);
      after = next;
    }
    // What was imported since the job was added keeps the work open, for the sweeper.
    progress.finish(OPEN_IMPORTS, author, { newest: data['newest'] });
  };

export const sweepImports = (dependencies: AddJobsDependencies & { readonly openWork: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'imported-posts',
  everyMs: IMPORTED_STALLED_MS / 2,
  sweep: async () => {
    const until = plus(dependencies.clock(), -IMPORTED_STALLED_MS);
    const stalled = await dependencies.openWork.longestWaiting<OpenImport>(OPEN_IMPORTS, { field: 'movedAt', until, limit: SWEPT_MAX });
    await addJobs(dependencies, IMPORTED_POSTS_QUEUE, stalled.map(jobOf));
    return stalled.length;
  },
});

/** Named by the author, so that the queue has one for all posts of a second. */
const jobOf = ({ author, newest }: Pick<OpenImport, 'author' | 'newest'>): Job => ({ id: author, data: { author, newest }, delayMs: GATHERED_MS });
