/**
 * The workers of a small world: the real jobs of fan-outs, of turns to pulling and of samples, over a queue at its worst. It keeps no
 * order, and a job may run twice, get lost, or die between its write and its next job. What a sweeper would find is added again.
 */
import { contextWith } from '../../../../commands/handling/command-context.ts';
import { PULL_THRESHOLDS } from '../../../../domain/feed/delivery-mode/delivery-mode.ts';
import type { PersonId } from '../../../../domain/shared/ids.ts';
import type { Instant } from '../../../../domain/shared/instant.ts';
import type { FeedCache } from '../../../../ports/feed-cache/port.ts';
import type { Job } from '../../../../ports/job-queue/port.ts';
import { OPEN_FAN_OUTS } from '../../../../projections/view-access/feed-lag.ts';
import type { TidingsViews } from '../../../../projections/view-access/tidings-views.ts';
import { ACTIVE_FOLLOWERS, SAMPLE_QUEUE, sampleReaders } from '../../../../workers/feed/active-followers.ts';
import { FAN_OUT_QUEUE, fanOutRange, feedFanOut, sweepFanouts } from '../../../../workers/feed/fan-out.ts';
import { sweepTurns, tellReaders, TURN_QUEUE, turnToPull } from '../../../../workers/feed/turn-to-pull.ts';

/** So that most fan-outs and turns take several jobs. */
const READERS_MAX = 1;
const SAMPLED_EVERY = 4;
const EVERYTHING_DONE_WITHIN_ROUNDS = 1_000;

/** `dies`: behind its write, before it has added the next job. */
export type Fate = { readonly which: number; readonly how: 'runs' | 'runs-twice' | 'is-lost' | 'dies' };

type Opened = { readonly id: string; readonly document: object };
type Dependencies = {
  readonly views: TidingsViews;
  readonly feedCache: FeedCache;
  readonly clock: () => Instant;
  readonly finishTurn: (turn: { readonly author: PersonId; readonly turn: number }) => Promise<void>;
};

export type WorldWorkers = ReturnType<typeof worldWorkers>;

export function worldWorkers({ views, feedCache, clock, finishTurn }: Dependencies) {
  const open = new Map<string, Map<string, object>>();
  const waiting: (readonly [string, Job])[] = [];
  const documentsIn = (collection: string) => open.getOrInsertComputed(collection, () => new Map<string, object>());
  const jobs = { add: async (queue: string, added: readonly Job[]) => void waiting.push(...added.map((job) => [queue, job] as const)) };
  let samplesAsked = 0;
  const unchanged = { outcome: 'unchanged', stream: '', revision: 0, position: undefined } as const;

  const dependencies = {
    jobs,
    report: () => undefined,
    views,
    feedCache,
    broadcast: { publish: () => undefined },
    // Every fourth post of a pulled author finds that a sample is due: one that comes after each of them would heal what else went wrong.
    stored: { get: async <Doc>() => (++samplesAsked % SAMPLED_EVERY === 0 ? undefined : ({ counts: [], countedAt: clock() } as Doc)) },
    progress: {
      advance: (collection: string, id: string, set: object) => {
        const before = documentsIn(collection).get(id);
        if (before !== undefined) documentsIn(collection).set(id, { ...before, ...set });
      },
      finish: (collection: string, id: string) => void documentsIn(collection).delete(id),
      put: (collection: string) => {
        if (collection !== ACTIVE_FOLLOWERS) throw new Error(`Nobody should put a document into ${collection}.`);
      },
      flush: async () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    },
    openWork: {
      longestWaiting: async <Open>(collection: string) => [...documentsIn(collection).values()] as unknown as readonly Open[],
    },
    commands: {
      // Turns are steps of the history.
      countActiveFollowers: async () => unchanged,
      finishTurn: async (turn: { readonly author: PersonId; readonly turn: number }) => {
        await finishTurn(turn);
        return unchanged;
      },
    },
    contextFor: contextWith(Buffer.from('the secret of a world')),
    clock,
    thresholds: PULL_THRESHOLDS,
  };
  const reactors = [feedFanOut(dependencies), turnToPull(dependencies)];
  const sweeps = [sweepFanouts(dependencies), sweepTurns(dependencies)];

  const run = async ([queue, job]: readonly [string, Job], own: typeof dependencies = dependencies): Promise<void> => {
    const handlers: Readonly<Record<string, (job: Job) => Promise<void>>> = {
      [FAN_OUT_QUEUE]: fanOutRange(own, { readersMax: READERS_MAX }),
      [TURN_QUEUE]: tellReaders(own, { readersMax: READERS_MAX }),
      [SAMPLE_QUEUE]: sampleReaders(own, { sampleMax: 2 }),
    };
    const handler = handlers[queue];
    if (handler === undefined) throw new Error(`Nobody consumes ${queue}.`);
    await handler(job);
  };
  const take = (which: number) => waiting.splice(which % Math.max(1, waiting.length), 1)[0];

  return {
    /** Posts that are not in all feeds, as far as the fan-out knows. */
    openFanOuts: () => [...documentsIn(OPEN_FAN_OUTS).values()],
    /** The reactors take this event: what is to be done is a document, and jobs. */
    take: async (event: { readonly type: string }) => {
      for (const reactor of reactors) {
        if (!reactor.handles.some((type) => type === event.type)) continue;
        const opened: [string, Opened][] = [];
        const collections = Object.fromEntries(
          Object.keys(reactor.indexes ?? {}).map((collection) => [
            collection,
            { update: (id: string, _: unknown, fold: (before: undefined) => object) => void opened.push([collection, { id, document: fold(undefined) }]) },
          ]),
        );
        reactor.openWork?.(event as never, collections as never);
        for (const [collection, { id, document }] of opened) documentsIn(collection).set(id, document);
        await reactor.react(event as never);
      }
    },
    runOne: async ({ which, how }: Fate): Promise<void> => {
      const taken = take(which);
      if (taken === undefined || how === 'is-lost') return;
      const dead = { ...dependencies, jobs: { add: () => Promise.reject(new Error('died')) } };
      await run(taken, how === 'dies' ? dead : dependencies).catch((error: unknown) => {
        if (how !== 'dies') throw error;
      });
      if (how === 'runs-twice') await run(taken);
    },
    /** Until nothing is open and no job waits. */
    runAll: async (): Promise<void> => {
      for (let round = 0; round < EVERYTHING_DONE_WITHIN_ROUNDS; round++) {
        for (let job = take(0); job !== undefined; job = take(0)) await run(job);
        const found = await Promise.all(sweeps.map((sweep) => sweep.sweep()));
        if (waiting.length === 0 && found.every((count) => count === 0)) return;
      }
      throw new Error('The work has no end.');
    },
  };
}
