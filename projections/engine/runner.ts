/**
 * Keeps one unit at work for as long as it lives: from its checkpoint, through outages, and beside a runner of another process.
 * Whoever moves the checkpoint is the one at work; who finds it moved by another stands by and takes over when it stalls.
 */
import type { Instant } from '../../domain/shared/instant.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { Fenced, openCheckpoint } from '../progress/checkpoint.ts';
import { RESOLVED } from './dead-letters.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Progress } from '../progress/progress.ts';
import { pause, retryDelayMs } from '../progress/back-off.ts';
import { standBy, type StandbyConfig } from './stand-by.ts';
import { processBatch, type BatchContext } from './process-batch.ts';
import { batches, type BatchItem } from './batches.ts';
import type { ProjectionInstance, Processor } from './processor.ts';

export type RunnerConfig = StandbyConfig & {
  readonly batchEventsMax: number;
  readonly turnIntervalMs: number;
  /** Where only other events come by, the checkpoint is written this often. */
  readonly passOverMs: number;
  /** With so many streams set aside it is the projection that is ill and not the events: it stops and says so. */
  readonly deadLetterStreamsMax: number;
};

export type RunnerState = 'starting' | 'catching-up' | 'live' | 'standby' | 'retrying' | 'stopped';

export type RunnerStatus = {
  readonly state: RunnerState;
  readonly position: Position | undefined;
  /** The oldest event it has in hand and not done; undefined where it has none. */
  readonly oldestAt: Instant | undefined;
  /** The newest event that it has done. */
  readonly newestAt: Instant | undefined;
  readonly deadLetters: number;
  readonly error: string | undefined;
};

export type Runner = AsyncDisposable & {
  readonly unit: ProjectionInstance;
  status(): RunnerStatus;
  /** Resolves when it has nothing left to do, or has ended. */
  caughtUp(): Promise<void>;
};

/** After so many failures at one place it looks whether an event is to blame. */
const SUSPICIOUS_FAILURES = 3;

export function startRunner(
  dependencies: Dependencies,
  progress: Progress,
  unit: ProjectionInstance,
  workOf: (signal: AbortSignal) => Processor,
  config: RunnerConfig,
): Runner {
  const stop = new AbortController();
  const parts: Parts = { dependencies, progress, unit, work: workOf(stop.signal), config, signal: stop.signal };
  const now: Now = { state: 'starting', context: undefined, inHand: [], newestAt: undefined, failures: 0, error: undefined, caughtUp: Promise.withResolvers() };
  const ended = run(parts, now);
  return {
    unit,
    status: () => ({
      state: now.state,
      position: now.context?.checkpoint.position(),
      oldestAt: instantOf(now.inHand[0]),
      newestAt: now.newestAt,
      deadLetters: now.context?.letters.size ?? 0,
      error: now.error,
    }),
    caughtUp: () => now.caughtUp.promise,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}

type Parts = {
  readonly dependencies: Dependencies;
  readonly progress: Progress;
  readonly unit: ProjectionInstance;
  readonly work: Processor;
  readonly config: RunnerConfig;
  readonly signal: AbortSignal;
};

type Now = {
  state: RunnerState;
  context: BatchContext | undefined;
  inHand: readonly BatchItem[];
  newestAt: Instant | undefined;
  /** In a row, since something last went well. */
  failures: number;
  error: string | undefined;
  caughtUp: PromiseWithResolvers<void>;
};

async function run(parts: Parts, now: Now): Promise<void> {
  const { dependencies, unit, config, signal } = parts;
  const { report } = dependencies;
  while (!signal.aborted) {
    try {
      if (now.state === 'standby') {
        await standBy(dependencies, unit, config, signal);
        if (signal.aborted) break;
        report({ what: 'took-over', runner: unit.runner });
      }
      await follow(parts, now);
    } catch (error) {
      if (signal.aborted) break;
      now.inHand = [];
      if (error instanceof Fenced) {
        report({ what: 'fenced', runner: unit.runner });
        enter(now, 'standby');
        continue;
      }
      now.failures += 1;
      now.error = String(error);
      report({ what: 'retrying', runner: unit.runner, failures: now.failures, error });
      if (now.state !== 'standby') enter(now, 'retrying');
      await pause(retryDelayMs(now.failures), signal);
    }
  }
  await close(parts, now);
  enter(now, 'stopped');
}

/** From the checkpoint on, for ever: it ends when the signal aborts, and throws when anything goes wrong. */
async function follow({ dependencies, progress, unit, work, config, signal }: Parts, now: Now): Promise<void> {
  const { log, decodeShared, views } = dependencies;
  const { stored, letters } = await work.open();
  const checkpoint = openCheckpoint(views, unit.checkpoint, stored);
  const context: BatchContext = { dependencies, unit, work, checkpoint, letters, deadLetterStreamsMax: config.deadLetterStreamsMax };
  now.context = context;
  enter(now, 'catching-up');
  const after = checkpoint.position();
  if (after !== undefined) progress.advance(unit.runner, after);

  const types = [...unit.projection.handles, RESOLVED];
  const source = { ...config, log: unit.log, after, types, quietAfterMs: config.passOverMs, signal };
  let writtenAt = performance.now();
  for await (const turn of batches({ log, decode: decodeShared }, source)) {
    if (turn.kind === 'quiet') {
      await checkpoint.flush();
      continue;
    }
    const { items, position } = turn;
    if (position === undefined) continue; // an empty log
    now.inHand = items;
    if (items.length > 0 || performance.now() - writtenAt >= config.passOverMs) {
      await processBatch(context, items, position, now.failures >= SUSPICIOUS_FAILURES ? 'one by one' : 'together');
      writtenAt = performance.now();
    } else {
      checkpoint.passOver(position);
    }
    progress.advance(unit.runner, position);
    Object.assign(now, { inHand: [], newestAt: instantOf(items.at(-1)) ?? now.newestAt, failures: 0, error: undefined } satisfies Partial<Now>);
    enter(now, turn.caughtUp ? 'live' : 'catching-up');
  }
}

function enter(now: Now, state: RunnerState): void {
  now.state = state;
  if (state !== 'live' && state !== 'stopped') return;
  now.caughtUp.resolve();
  if (state === 'live') now.caughtUp = Promise.withResolvers();
}

/** Where this fails it begins again a little earlier, which is harmless. */
async function close({ dependencies, unit, work }: Parts, { state, context, failures }: Now): Promise<void> {
  if (state !== 'live' && state !== 'catching-up') return;
  try {
    await context?.checkpoint.flush();
    await work.close();
  } catch (error) {
    dependencies.report({ what: 'retrying', runner: unit.runner, failures, error });
  }
}

const instantOf = (item: BatchItem | undefined): Instant | undefined =>
  item === undefined || item.event instanceof Error ? undefined : item.event.metadata.at;
