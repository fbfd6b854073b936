/**
 * The turn of an author to pulling. All warm feeds of the author's readers are told to pull the author, range by range as posts are
 * fanned out, while posts are still pushed. When the last one knows, the turn is finished, and posts are stamped as pulled from then
 * on. A feed that is built meanwhile finds the turn in the view, which this reactor waits for.
 */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { DeliveryModeEvent } from '../../domain/feed/delivery-mode/events.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { FeedCache } from '../../ports/feed-cache/port.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import { contextForKey } from '../jobs/command-contexts.ts';
import type { Sweep } from '../jobs/sweeper.ts';
import type { OpenWork } from '../open-work/open-work.ts';
import type { Progress } from '../open-work/work-progress.ts';
import { ACTIVE_FOLLOWERS } from './active-followers.ts';
import { readersOf } from './readers.ts';

export const TURN_QUEUE = 'feed-turns';
export const TURN_CONCURRENCY = 1;
const OPEN_TURNS = 'turns-to-pull';
export const TURN_READERS_MAX = 500;
/** A turn that has made no progress for so long has lost its job. */
export const TURN_STALLED_MS = 30_000;
const TURNS_SWEPT_MAX = 1_000;

/** Id: author and turn, so that what is left of an earlier turn says nothing of this one. `next` is the reader after whom the next range begins, null for the first. */
type OpenTurn = { readonly author: PersonId; readonly turn: number; readonly next: PersonId | null; readonly movedAt: Instant };

const openTurnId = ({ author, turn }: Pick<OpenTurn, 'author' | 'turn'>): string => `${author}:${turn}`;

type Turning = Extract<DeliveryModeEvent, { type: 'feed.turning-to-pull.v1' }>;

export const turnToPull = (dependencies: AddJobsDependencies): TidingsReactor<Turning> => ({
  kind: 'reactor',
  name: 'turn-to-pull',
  version: 1,
  handles: ['feed.turning-to-pull.v1'],
  // A feed that is not told here is built later than this, and from these views.
  after: ['delivery-modes', 'friends', 'relationships'],
  indexes: { [OPEN_TURNS]: [{ fields: ['movedAt'] }], [ACTIVE_FOLLOWERS]: [] },
  openWork: (event, { [OPEN_TURNS]: turns }) => {
    const { author, turn } = event.data;
    turns?.update(openTurnId({ author, turn }), event, () => ({ author, turn, next: null, movedAt: event.metadata.at }) satisfies OpenTurn);
  },
  react: async ({ data: { author, turn } }) => void (await addJobs(dependencies, TURN_QUEUE, [turnJob({ author, turn, next: null })])),
});

type RangeDependencies = AddJobsDependencies & {
  readonly views: Pick<TidingsViews, 'pluck'>;
  readonly feedCache: Pick<FeedCache, 'pull'>;
  readonly broadcast: Pick<Broadcast, 'publish'>;
  readonly progress: Pick<Progress, 'advance' | 'finish'>;
  readonly commands: Pick<Commands, 'finishTurn'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

/** The job of one range of readers. Done twice, or out of order, it changes nothing: only the job behind the last range finishes the turn. */
export const tellReaders =
  (dependencies: RangeDependencies, { readersMax = TURN_READERS_MAX }: { readonly readersMax?: number } = {}) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { views, feedCache, broadcast, progress, commands, contextFor, clock } = dependencies;
    const author = data['author'] as PersonId;
    const turn = data['turn'] as number;
    const { readers, next } = await readersOf(views, { author, after: data['next'] as PersonId | null, limit: readersMax });
    await feedCache.pull(author, readers);
    // Hints of later posts go to the author alone: who follows a feed live listens there too.
    if (readers.length > 0) broadcast.publish(readers, { kind: 'feed-pulls', author } satisfies LiveHint);
    if (next !== null) {
      await addJobs(dependencies, TURN_QUEUE, [turnJob({ author, turn, next })]);
      return progress.advance(OPEN_TURNS, openTurnId({ author, turn }), { next, movedAt: clock() });
    }
    const body = { author, turn };
    await commands.finishTurn(body, contextForKey(openTurnId(body), { contextFor, worker: 'turn-to-pull', type: 'finish-turn', body, at: clock() }));
    progress.finish(OPEN_TURNS, openTurnId(body));
  };

/** Continues turns that have stopped, as fan-outs are. */
export const sweepTurns = (dependencies: AddJobsDependencies & { readonly openWork: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'turns-to-pull',
  everyMs: TURN_STALLED_MS / 2,
  sweep: async () => {
    const until = plus(dependencies.clock(), -TURN_STALLED_MS);
    const stalled = await dependencies.openWork.longestWaiting<OpenTurn>(OPEN_TURNS, { field: 'movedAt', until, limit: TURNS_SWEPT_MAX });
    await addJobs(dependencies, TURN_QUEUE, stalled.map(turnJob));
    return stalled.length;
  },
});

const turnJob = ({ author, turn, next }: Pick<OpenTurn, 'author' | 'turn' | 'next'>): Job => ({
  id: `${author}:${turn}:${next ?? ''}`,
  data: { author, turn, next },
});
