/**
 * Counts the active followers of authors, and so decides about their turns: a fan-out tells how many feeds it found warm. Nothing is
 * fanned out for an author who is pulled, so there a sample of the readers is told again to pull, now and then, and tells the same.
 * The last counts of an author are a document that may be lost: the next ones decide then.
 */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import { activeFollowersOf, withCount } from '../../domain/feed/delivery-mode/active-followers.ts';
import type { PullThresholds } from '../../domain/feed/delivery-mode/delivery-mode.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { HOUR_MS, msBetween, type Instant } from '../../domain/shared/instant.ts';
import type { FeedCache } from '../../ports/feed-cache/port.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { freshContext } from '../jobs/command-contexts.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import type { Progress } from '../open-work/work-progress.ts';
import { readersOf } from './readers.ts';

export const ACTIVE_FOLLOWERS = 'active-followers';
export const SAMPLE_QUEUE = 'feed-sample';
export const SAMPLE_CONCURRENCY = 1;
/** A pulled author is counted again on a post after this time. */
export const SAMPLED_EVERY_MS = 6 * HOUR_MS;
/** Of 1,000,000 followers so many tell a share of 1 % to a seventh of itself. */
export const SAMPLE_READERS_MAX = 5_000;
const READERS_AT_ONCE_MAX = 500;
/** An author who is not pulled is counted from this part of the lower threshold on. */
const COUNTED_PART = 0.5;

type CountDocument = { readonly author: PersonId; readonly counts: readonly number[]; readonly countedAt: Instant };

export type CountDependencies = AddJobsDependencies & {
  readonly stored: Pick<ViewStore, 'get'>;
  readonly progress: Pick<Progress, 'put'>;
  readonly commands: Pick<Commands, 'countActiveFollowers'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
  readonly thresholds: PullThresholds;
};

type Counted = { readonly author: PersonId; readonly warm: number };

/** One fan-out of the author found so many warm feeds. Most authors are so far below the thresholds that they cost nothing. */
export async function noteFanOut(dependencies: CountDependencies, counted: Counted): Promise<void> {
  if (counted.warm >= dependencies.thresholds.pushUpToFollowers * COUNTED_PART) await note(dependencies, counted);
}

async function note({ stored, progress, commands, contextFor, clock, thresholds }: CountDependencies, { author, warm }: Counted): Promise<void> {
  const before = await stored.get<CountDocument>(ACTIVE_FOLLOWERS, author);
  const counts = withCount(before?.counts ?? [], warm);
  const activeFollowers = activeFollowersOf(counts);
  progress.put(ACTIVE_FOLLOWERS, author, { author, counts, countedAt: clock() } satisfies CountDocument);
  if (activeFollowers > thresholds.pushUpToFollowers && activeFollowers < thresholds.pullFromFollowers) return; // nothing follows from it
  const body = { author, activeFollowers, thresholds };
  // A new command each time: that the author has turned already is for the decider to say.
  await commands.countActiveFollowers(body, freshContext({ contextFor, worker: 'count-followers', type: 'count-active-followers', body, at: clock() }));
}

/** On a post of an author who is pulled: adds the job that counts, where the last count is old. */
export async function sampleIfDue(dependencies: CountDependencies, { author, post }: { readonly author: PersonId; readonly post: PostId }): Promise<void> {
  const last = await dependencies.stored.get<CountDocument>(ACTIVE_FOLLOWERS, author);
  if (last !== undefined && msBetween(last.countedAt, dependencies.clock()) < SAMPLED_EVERY_MS) return;
  await addJobs(dependencies, SAMPLE_QUEUE, [{ id: author, data: { author, post } }]);
}

type SampleDependencies = CountDependencies & { readonly views: Pick<TidingsViews, 'pluck' | 'get' | 'count'>; readonly feedCache: Pick<FeedCache, 'pull'> };

/** Telling a reader once more to pull changes nothing, but counts. The ids of people are hashes, so those behind any one are like all others. */
export const sampleReaders =
  (dependencies: SampleDependencies, { sampleMax = SAMPLE_READERS_MAX }: { readonly sampleMax?: number } = {}) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { views, feedCache } = dependencies;
    const author = data['author'] as PersonId;
    const from = sampleStart(data['post'] as PostId);
    let [looked, warm] = [0, 0];
    for (let after: PersonId | null = from, isWrapped = false; looked < sampleMax;) {
      const { readers, next }: Awaited<ReturnType<typeof readersOf>> = await readersOf(views, { author, after, limit: READERS_AT_ONCE_MAX });
      const sampled = isWrapped ? readers.filter((reader) => reader <= from) : readers;
      warm += await feedCache.pull(author, sampled);
      looked += sampled.length;
      if (isWrapped && (next === null || sampled.length < readers.length)) break;
      if (next === null) isWrapped = true;
      after = next;
    }
    const [counts, friends] = await Promise.all([views.get('relationship-counts', author), views.count('friends', { person: author })]);
    // Whoever is a friend and a follower is counted twice here, which is at most 5,000 of the many that a pulled author has.
    const readers = Math.max(looked, looked < sampleMax ? 0 : (counts?.followers ?? 0) + friends);
    await note(dependencies, { author, warm: looked === 0 ? 0 : Math.round((warm / looked) * readers) });
  };

/** Somewhere among the ids of people: the last characters of a post’s id are of a digest. Another post begins somewhere else. */
function sampleStart(post: PostId): PersonId {
  let hash = 0;
  for (const character of post) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash.toString(16).padStart(8, '0') as PersonId;
}
