/**
 * Runs one projection instance: while this process holds its lease, from its checkpoint, and through outages. A runner whose lease is
 * revoked ends with the batch at hand, and stands by. Whatever the leases say, a runner that finds the checkpoint moved by another is
 * fenced, and starts anew from there.
 */
import type { Instant } from '../../domain/shared/instant.ts';
import type { Passed, Position } from '../../ports/event-log/port.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import type { Lease, Leases } from '../leases/leases.ts';
import { pause, retryDelayMs } from '../progress/back-off.ts';
import { Fenced, openCheckpoint, positionOf, type Checkpoint } from '../progress/checkpoint.ts';
import type { PassedOverReporter } from '../progress/passed-over.ts';
import type { RunnerProgress } from '../progress/progress.ts';
import type { BatchContext } from './apply-events.ts';
import { readBatches, type BatchItem } from './batches.ts';
import { RESOLVED } from './dead-letters.ts';
import { processBatch, type BatchMode } from './process-batch.ts';
import type { ProjectionInstance, Processor } from './processor.ts';

export type RunnerConfig = {
  readonly batchEventsMax: number;
  /** Shortest time between two batches of a runner that has caught up. */
  readonly batchIntervalMs: number;
  /** How often the checkpoint is stored while nothing comes that is written. */
  readonly idleCheckpointMs: number;
  /** How soon it is stored that effects were caused: a process that is killed causes those of so long again. */
  readonly effectsStoredWithinMs: number;
  /** With more streams dead-lettered than this the projection is at fault and not the events: the runner stops and says so. */
  readonly deadLetterStreamsMax: number;
};

export type RunnerState = 'catching-up' | 'live' | 'standby' | 'retrying' | 'stopped';

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

export type RunnerDependencies = ProjectionsDependencies & {
  readonly progress: RunnerProgress;
  readonly leases: Leases;
  readonly passedOver: PassedOverReporter;
};

/** A lease that took longer to get was another process's before. */
const TAKEN_OVER_AFTER_MS = 500;
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
    state: 'standby',
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
      position: dependencies.progress.of(instance.checkpoint) ?? record.batchContext?.checkpoint.position(),
      oldestAt: appendedAt(record.inProgress[0]),
      newestAt: record.newestAt,
      deadLetters: record.batchContext?.deadLetters.size ?? 0,
      error: record.error,
      failingForMs: record.failingSinceMs === undefined ? 0 : performance.now() - record.failingSinceMs,
      runningForMs: performance.now() - startedMs,
      isBuilt: record.isBuilt || record.state === 'standby',
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
  const { dependencies, instance, signal } = context;
  using offer = dependencies.leases.offer(instance.checkpoint);
  for (;;) {
    const waitingSinceMs = performance.now();
    const lease = await offer.acquire(signal);
    if (lease === undefined) break;
    if (record.batchContext !== undefined || performance.now() - waitingSinceMs >= TAKEN_OVER_AFTER_MS) {
      dependencies.report({ type: 'took-over', runner: instance.checkpoint });
    }
    await runLeased(context, record, lease);
    await close(context, record);
    dependencies.progress.leave(instance.checkpoint);
    dependencies.passedOver.forget(instance.checkpoint);
    Object.assign(record, { inProgress: [], failures: 0, failingSinceMs: undefined, error: undefined } satisfies Partial<RunnerRecord>);
    setState(record, 'standby');
    lease.release();
  }
  setState(record, 'stopped');
}

async function runLeased(context: RunnerContext, record: RunnerRecord, lease: Lease): Promise<void> {
  const { report } = context.dependencies;
  const { runner } = context.instance;
  const signal = AbortSignal.any([context.signal, lease.revoked]);
  while (!signal.aborted && lease.isValid()) {
    try {
      await processBatches(context, record, lease, signal);
    } catch (error) {
      if (signal.aborted) return;
      record.inProgress = [];
      record.failures += 1;
      if (error instanceof Fenced) report({ type: 'fenced', runner });
      else {
        record.failingSinceMs ??= performance.now();
        record.error = String(error);
        report({ type: 'retrying', runner, failures: record.failures, error });
        setState(record, 'retrying');
      }
      await pause(retryDelayMs(record.failures), signal);
    }
  }
}

/** From the checkpoint on, until the signal aborts or the lease is over; it throws when anything fails. */
async function processBatches(context: RunnerContext, record: RunnerRecord, lease: Lease, signal: AbortSignal): Promise<void> {
  const { dependencies, instance, processor, config } = context;
  const { log, decodeShared, progress } = dependencies;
  progress.enter(instance.checkpoint);
  const { stored, deadLetters, isBuilt } = await processor.open();
  record.isBuilt = isBuilt;
  const checkpoint = openCheckpoint(processor, instance.checkpoint, stored);
  const { deadLetterStreamsMax, idleCheckpointMs, effectsStoredWithinMs } = config;
  const storedWithinMs = instance.projection.kind === 'projector' ? idleCheckpointMs : Math.min(idleCheckpointMs, effectsStoredWithinMs);
  const batchContext: BatchContext = { dependencies, instance, processor, checkpoint, deadLetters, deadLetterStreamsMax, storedWithinMs };
  record.batchContext = batchContext;
  setState(record, 'catching-up');
  const after = checkpoint.position();
  if (after !== undefined) progress.advance(instance.checkpoint, after);

  const types = [...instance.projection.handles, RESOLVED];
  const batchIntervalMs = Math.max(config.batchIntervalMs, instance.projection.paceMs ?? 0);
  let isStored = true; // what was done, but for what was passed over
  const idleAfterMs = () => (isStored ? config.idleCheckpointMs : storedWithinMs);
  const gather = (ms: number, until: AbortSignal) => progress.untilWanted(instance.checkpoint, { ms, signal: until });
  const onRest = (passed: Passed | undefined) => progress.rest(instance.checkpoint, passed);
  const options = { ...config, batchIntervalMs, gather, onRest, partition: instance, log: instance.log, after, types, idleAfterMs, signal };
  for await (const batch of readBatches({ log, decode: decodeShared }, options)) {
    if (!lease.isValid()) return;
    if (batch.kind === 'idle') {
      const passed = progress.of(instance.checkpoint);
      if (passed !== undefined && checkpoint.stored() !== undefined) await checkpoint.pass(passed, { storedWithinMs: Infinity });
      await checkpoint.flush();
      isStored = true;
      continue;
    }
    const { items, position } = batch;
    if (position === undefined) {
      if (batch.caughtUp) await processor.caughtUp(); // an empty log
      record.isBuilt ||= batch.caughtUp;
      continue;
    }
    record.inProgress = items;
    if (items.length === 0) await checkpoint.pass(position, { storedWithinMs: config.idleCheckpointMs });
    else await processMeasured(batchContext, items, position, record.failures >= ONE_BY_ONE_AFTER_FAILURES ? 'one-by-one' : 'whole');
    isStored = positionOf(checkpoint.stored()) === position || (isStored && items.length === 0);
    tellPassedOver(dependencies, instance, checkpoint);
    if (batch.caughtUp) await processor.caughtUp();
    record.isBuilt ||= batch.caughtUp;
    progress.advance(instance.checkpoint, position);
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

async function processMeasured(context: BatchContext, items: readonly BatchItem[], position: Position, mode: BatchMode): Promise<void> {
  const { onBatch } = context.dependencies;
  if (onBatch === undefined) return processBatch(context, items, position, mode);
  const startedMs = performance.now();
  await processBatch(context, items, position, mode);
  const { projection, checkpoint: runner, log } = context.instance;
  const events = items.flatMap(({ event }) => (event instanceof Error ? [] : [event]));
  onBatch({ projection, runner, log, ms: performance.now() - startedMs, events });
}

function tellPassedOver({ passedOver }: RunnerDependencies, { checkpoint: unit }: ProjectionInstance, checkpoint: Checkpoint): void {
  const [since, position] = [checkpoint.stored(), checkpoint.position()];
  if (since !== undefined && position !== undefined && position !== positionOf(since)) passedOver.passed({ unit, since, position });
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
