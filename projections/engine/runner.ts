/**
 * Runs one projection instance: from its checkpoint, through outages, and beside a runner of another process. The runner that moves
 * the checkpoint is the active one. A runner that finds the checkpoint moved by another stands by, and takes over when that one stalls.
 */
import type { Instant } from '../../domain/shared/instant.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import { pause, retryDelayMs } from '../progress/back-off.ts';
import { Fenced, openCheckpoint } from '../progress/checkpoint.ts';
import type { RunnerProgress } from '../progress/progress.ts';
import type { BatchContext } from './apply-events.ts';
import { readBatches, type BatchItem } from './batches.ts';
import { RESOLVED } from './dead-letters.ts';
import { processBatch } from './process-batch.ts';
import type { ProjectionInstance, Processor } from './processor.ts';
import { standBy, type StandbyConfig } from './stand-by.ts';

export type RunnerConfig = StandbyConfig & {
  readonly batchEventsMax: number;
  /** Shortest time between two batches of a runner that has caught up. */
  readonly batchIntervalMs: number;
  /** How often the checkpoint is written while only events of other types come. */
  readonly idleCheckpointMs: number;
  /** With more streams dead-lettered than this the projection is at fault and not the events: the runner stops and says so. */
  readonly deadLetterStreamsMax: number;
};

export type RunnerState = 'starting' | 'catching-up' | 'live' | 'standby' | 'retrying' | 'stopped';

export type RunnerStatus = {
  readonly state: RunnerState;
  readonly position: Position | undefined;
  /** When the oldest event in progress was appended; undefined where none is in progress. */
  readonly oldestAt: Instant | undefined;
  /** When the newest event that is done was appended. */
  readonly newestAt: Instant | undefined;
  readonly deadLetters: number;
  readonly error: string | undefined;
  /** Since a batch last succeeded, where the last try failed; 0 otherwise. */
  readonly failingForMs: number;
  /** Whether the views have caught up once; always true for a reactor or process that has begun. */
  readonly isBuilt: boolean;
  readonly runningForMs: number;
};

export type Runner = AsyncDisposable & {
  readonly instance: ProjectionInstance;
  status(): RunnerStatus;
  /** Resolves when the runner has nothing left to do, or has ended. */
  caughtUp(): Promise<void>;
};

export type RunnerDependencies = ProjectionsDependencies & { readonly progress: RunnerProgress };

/** After this many failures in a row at one place, events are written one by one to see whether one of them is the cause. */
const ONE_BY_ONE_AFTER_FAILURES = 3;

export function startRunner(
  dependencies: RunnerDependencies,
  instance: ProjectionInstance,
  createProcessor: (signal: AbortSignal) => Processor,
  config: RunnerConfig,
): Runner {
  const stop = new AbortController();
  const context: RunnerContext = { dependencies, instance, processor: createProcessor(stop.signal), config, signal: stop.signal };
  const record: RunnerRecord = {
    state: 'starting',
    batchContext: undefined,
    inProgress: [],
    newestAt: undefined,
    failures: 0,
    failingSinceMs: undefined,
    error: undefined,
    isBuilt: false,
    caughtUp: Promise.withResolvers(),
  };
  const startedMs = performance.now();
  const ended = run(context, record);
  return {
    instance,
    status: () => ({
      state: record.state,
      position: record.batchContext?.checkpoint.position(),
      oldestAt: appendedAt(record.inProgress[0]),
      newestAt: record.newestAt,
      deadLetters: record.batchContext?.deadLetters.size ?? 0,
      error: record.error,
      failingForMs: record.failingSinceMs === undefined ? 0 : performance.now() - record.failingSinceMs,
      runningForMs: performance.now() - startedMs,
      isBuilt: record.isBuilt,
    }),
    caughtUp: () => record.caughtUp.promise,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}

type RunnerContext = {
  readonly dependencies: RunnerDependencies;
  readonly instance: ProjectionInstance;
  readonly processor: Processor;
  readonly config: RunnerConfig;
  readonly signal: AbortSignal;
};

type RunnerRecord = {
  state: RunnerState;
  batchContext: BatchContext | undefined;
  inProgress: readonly BatchItem[];
  newestAt: Instant | undefined;
  /** In a row, since a batch last succeeded. */
  failures: number;
  failingSinceMs: number | undefined;
  error: string | undefined;
  isBuilt: boolean;
  caughtUp: PromiseWithResolvers<void>;
};

async function run(context: RunnerContext, record: RunnerRecord): Promise<void> {
  const { dependencies, instance, config, signal } = context;
  const { report } = dependencies;
  while (!signal.aborted) {
    try {
      if (record.state === 'standby') {
        await standBy(dependencies, instance, config, signal);
        if (signal.aborted) break;
        report({ type: 'took-over', runner: instance.runner });
      }
      await processBatches(context, record);
    } catch (error) {
      if (signal.aborted) break;
      record.inProgress = [];
      if (error instanceof Fenced) {
        report({ type: 'fenced', runner: instance.runner });
        setState(record, 'standby');
        continue;
      }
      record.failures += 1;
      record.failingSinceMs ??= performance.now();
      record.error = String(error);
      report({ type: 'retrying', runner: instance.runner, failures: record.failures, error });
      if (record.state !== 'standby') setState(record, 'retrying');
      await pause(retryDelayMs(record.failures), signal);
    }
  }
  await close(context, record);
  setState(record, 'stopped');
}

/** From the checkpoint on, for ever: it ends when the signal aborts, and throws when anything fails. */
async function processBatches({ dependencies, instance, processor, config, signal }: RunnerContext, record: RunnerRecord): Promise<void> {
  const { log, decodeShared, views, progress } = dependencies;
  const { stored, deadLetters, isBuilt } = await processor.open();
  record.isBuilt = isBuilt;
  const checkpoint = openCheckpoint(views, instance.checkpoint, stored);
  const batchContext: BatchContext = { dependencies, instance, processor, checkpoint, deadLetters, deadLetterStreamsMax: config.deadLetterStreamsMax };
  record.batchContext = batchContext;
  setState(record, 'catching-up');
  const after = checkpoint.position();
  if (after !== undefined) progress.advance(instance.runner, after);

  const types = [...instance.projection.handles, RESOLVED];
  const options = { ...config, log: instance.log, after, types, idleAfterMs: config.idleCheckpointMs, signal };
  let writtenAt = performance.now();
  for await (const batch of readBatches({ log, decode: decodeShared }, options)) {
    if (batch.kind === 'idle') {
      await checkpoint.flush();
      continue;
    }
    const { items, position } = batch;
    if (position === undefined) {
      if (batch.caughtUp) await processor.caughtUp(); // an empty log
      record.isBuilt ||= batch.caughtUp;
      continue;
    }
    record.inProgress = items;
    if (items.length > 0 || performance.now() - writtenAt >= config.idleCheckpointMs) {
      await processBatch(batchContext, items, position, record.failures >= ONE_BY_ONE_AFTER_FAILURES ? 'one-by-one' : 'whole');
      writtenAt = performance.now();
    } else {
      checkpoint.skipTo(position);
    }
    if (batch.caughtUp) await processor.caughtUp();
    record.isBuilt ||= batch.caughtUp;
    progress.advance(instance.runner, position);
    Object.assign(record, {
      inProgress: [],
      newestAt: appendedAt(items.at(-1)) ?? record.newestAt,
      failures: 0,
      failingSinceMs: undefined,
      error: undefined,
    } satisfies Partial<RunnerRecord>);
    setState(record, batch.caughtUp ? 'live' : 'catching-up');
  }
}

function setState(record: RunnerRecord, state: RunnerState): void {
  record.state = state;
  if (state !== 'live' && state !== 'stopped') return;
  record.caughtUp.resolve();
  if (state === 'live') record.caughtUp = Promise.withResolvers();
}

/** Where this fails, the next runner starts a little earlier, which is harmless. */
async function close({ dependencies, instance, processor }: RunnerContext, { state, batchContext, failures }: RunnerRecord): Promise<void> {
  if (state !== 'live' && state !== 'catching-up') return;
  try {
    await batchContext?.checkpoint.flush();
    await processor.close();
  } catch (error) {
    dependencies.report({ type: 'retrying', runner: instance.runner, failures, error });
  }
}

const appendedAt = (item: BatchItem | undefined): Instant | undefined =>
  item === undefined || item.event instanceof Error ? undefined : item.event.metadata.at;
