/**
 * Keeps one unit at work for as long as it lives: from its checkpoint, through outages, and beside a runner of another process.
 * Whoever moves the checkpoint is the one at work; who finds it moved by another stands by and takes over when it stalls.
 */
import type { Instant } from '../../domain/shared/instant.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { Fenced, openCheckpoint } from '../progress/checkpoint.ts';
import { RESOLVED } from './dead-letters.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import type { RunnerProgress } from '../progress/progress.ts';
import { pause, retryDelayMs } from '../progress/back-off.ts';
import { standBy, type StandbyConfig } from './stand-by.ts';
import { processBatch, type BatchContext } from './process-batch.ts';
import { readBatches, type BatchItem } from './batches.ts';
import type { ProjectionInstance, Processor } from './processor.ts';

export type RunnerConfig = StandbyConfig & {
  readonly batchEventsMax: number;
  readonly batchIntervalMs: number;
  /** Where only other events come by, the checkpoint is written this often. */
  readonly idleCheckpointMs: number;
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
  readonly instance: ProjectionInstance;
  status(): RunnerStatus;
  /** Resolves when it has nothing left to do, or has ended. */
  caughtUp(): Promise<void>;
};

/** After so many failures at one place it looks whether an event is to blame. */
const SUSPICIOUS_FAILURES = 3;

export function startRunner(
  dependencies: ProjectionsDependencies,
  progress: RunnerProgress,
  instance: ProjectionInstance,
  workOf: (signal: AbortSignal) => Processor,
  config: RunnerConfig,
): Runner {
  const stop = new AbortController();
  const parts: Parts = { dependencies, progress, instance, processor: workOf(stop.signal), config, signal: stop.signal };
  const now: RunnerRecord = {
    state: 'starting',
    context: undefined,
    inProgress: [],
    newestAt: undefined,
    failures: 0,
    error: undefined,
    caughtUp: Promise.withResolvers(),
  };
  const ended = run(parts, now);
  return {
    instance,
    status: () => ({
      state: now.state,
      position: now.context?.checkpoint.position(),
      oldestAt: instantOf(now.inProgress[0]),
      newestAt: now.newestAt,
      deadLetters: now.context?.deadLetters.size ?? 0,
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
  readonly dependencies: ProjectionsDependencies;
  readonly progress: RunnerProgress;
  readonly instance: ProjectionInstance;
  readonly processor: Processor;
  readonly config: RunnerConfig;
  readonly signal: AbortSignal;
};

type RunnerRecord = {
  state: RunnerState;
  context: BatchContext | undefined;
  inProgress: readonly BatchItem[];
  newestAt: Instant | undefined;
  /** In a row, since something last went well. */
  failures: number;
  error: string | undefined;
  caughtUp: PromiseWithResolvers<void>;
};

async function run(parts: Parts, now: RunnerRecord): Promise<void> {
  const { dependencies, instance, config, signal } = parts;
  const { report } = dependencies;
  while (!signal.aborted) {
    try {
      if (now.state === 'standby') {
        await standBy(dependencies, instance, config, signal);
        if (signal.aborted) break;
        report({ type: 'took-over', runner: instance.runner });
      }
      await processBatches(parts, now);
    } catch (error) {
      if (signal.aborted) break;
      now.inProgress = [];
      if (error instanceof Fenced) {
        report({ type: 'fenced', runner: instance.runner });
        setState(now, 'standby');
        continue;
      }
      now.failures += 1;
      now.error = String(error);
      report({ type: 'retrying', runner: instance.runner, failures: now.failures, error });
      if (now.state !== 'standby') setState(now, 'retrying');
      await pause(retryDelayMs(now.failures), signal);
    }
  }
  await close(parts, now);
  setState(now, 'stopped');
}

/** From the checkpoint on, for ever: it ends when the signal aborts, and throws when anything goes wrong. */
async function processBatches({ dependencies, progress, instance, processor, config, signal }: Parts, now: RunnerRecord): Promise<void> {
  const { log, decodeShared, views } = dependencies;
  const { stored, deadLetters } = await processor.open();
  const checkpoint = openCheckpoint(views, instance.checkpoint, stored);
  const context: BatchContext = { dependencies, instance, processor, checkpoint, deadLetters, deadLetterStreamsMax: config.deadLetterStreamsMax };
  now.context = context;
  setState(now, 'catching-up');
  const after = checkpoint.position();
  if (after !== undefined) progress.advance(instance.runner, after);

  const types = [...instance.projection.handles, RESOLVED];
  const source = { ...config, log: instance.log, after, types, idleAfterMs: config.idleCheckpointMs, signal };
  let writtenAt = performance.now();
  for await (const turn of readBatches({ log, decode: decodeShared }, source)) {
    if (turn.kind === 'quiet') {
      await checkpoint.flush();
      continue;
    }
    const { items, position } = turn;
    if (position === undefined) continue; // an empty log
    now.inProgress = items;
    if (items.length > 0 || performance.now() - writtenAt >= config.idleCheckpointMs) {
      await processBatch(context, items, position, now.failures >= SUSPICIOUS_FAILURES ? 'one by one' : 'together');
      writtenAt = performance.now();
    } else {
      checkpoint.skipTo(position);
    }
    progress.advance(instance.runner, position);
    Object.assign(now, { inProgress: [], newestAt: instantOf(items.at(-1)) ?? now.newestAt, failures: 0, error: undefined } satisfies Partial<RunnerRecord>);
    setState(now, turn.caughtUp ? 'live' : 'catching-up');
  }
}

function setState(now: RunnerRecord, state: RunnerState): void {
  now.state = state;
  if (state !== 'live' && state !== 'stopped') return;
  now.caughtUp.resolve();
  if (state === 'live') now.caughtUp = Promise.withResolvers();
}

/** Where this fails it begins again a little earlier, which is harmless. */
async function close({ dependencies, instance, processor }: Parts, { state, context, failures }: RunnerRecord): Promise<void> {
  if (state !== 'live' && state !== 'catching-up') return;
  try {
    await context?.checkpoint.flush();
    await processor.close();
  } catch (error) {
    dependencies.report({ type: 'retrying', runner: instance.runner, failures, error });
  }
}

const instantOf = (item: BatchItem | undefined): Instant | undefined =>
  item === undefined || item.event instanceof Error ? undefined : item.event.metadata.at;
