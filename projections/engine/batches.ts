/** A subscription as batches: gathered by size or time, decoded, and the next one prepared while the runner processes the current one. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { EventBatch, Passed, Position, StoredEvent } from '../../ports/event-log/port.ts';
import type { Decode, ReadableLog } from '../dependencies.ts';
import { shardOf } from '../progress/names.ts';
import { RESOLVED } from './dead-letters.ts';

export type BatchItem = { readonly stored: StoredEvent; readonly event: Recorded<TidingsEvent> | Error };

/** `idle`: nothing has come for a while since what was yielded last. */
export type RunnerBatch =
  | { readonly kind: 'events'; readonly items: readonly BatchItem[]; readonly position: Position | undefined; readonly caughtUp: boolean }
  | { readonly kind: 'idle' };

type ReadBatchesOptions = {
  readonly log: string;
  /** Only events of the streams of one shard are answered, and resolutions of dead letters of such streams. */
  readonly partition: { readonly shard: number; readonly shards: number };
  readonly after: Position | undefined;
  readonly types: readonly string[];
  readonly batchEventsMax: number;
  /** Shortest time between two batches of a runner that has caught up: an event after a pause is taken at once, those close behind it together. */
  readonly batchIntervalMs: number;
  /** Waits for so long, and no longer once somebody waits for the next batch. */
  readonly gather: (ms: number, signal: AbortSignal) => Promise<void>;
  /** While there is nothing to process: how far the log is known to have nothing. */
  readonly onRest: (passed: Passed | undefined) => void;
  /** Asked before each wait: for how long nothing comes, until that is told. */
  readonly idleAfterMs: () => number;
  readonly signal: AbortSignal;
};

export async function* readBatches(
  { log, decode }: { readonly log: ReadableLog; readonly decode: Decode },
  options: ReadBatchesOptions,
): AsyncGenerator<RunnerBatch, void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const { after, types, batchEventsMax, idleAfterMs, partition } = options;
  const isOfShard = (stream: string) => shardOf(stream, partition.shards) === partition.shard;
  const rest = createRest(options.onRest);
  const subscription = log.subscribe(options.log, { types, batchEventsMax, signal, onQuiet: rest.onQuiet, ...(after === undefined ? {} : { after }) });
  const gather = createGatherer(subscription[Symbol.asyncIterator](), options, signal);

  const prepareNext = async (): Promise<RunnerBatch | undefined> => {
    const batch = await gather();
    if (batch === undefined) return undefined;
    rest.begin();
    const events = batch.events.filter(({ stream, type }) => type === RESOLVED || isOfShard(stream));
    const decoded = events.length === 0 ? [] : await decode(events);
    const items = events
      .map((stored, index) => ({ stored, event: decoded[index] ?? new Error('The event was not decoded.') }))
      .filter(({ stored, event }) => stored.type !== RESOLVED || isOfShard(resolvedStream(event) ?? stored.stream));
    return { kind: 'events', items, position: batch.position, caughtUp: batch.caughtUp };
  };

  let coming = deferRejection(prepareNext());
  try {
    for (;;) {
      const batch = await orIdle(coming, idleAfterMs());
      if (batch === undefined) return;
      if (batch.kind === 'events') coming = deferRejection(prepareNext());
      yield batch;
      if (batch.kind === 'events') rest.end();
    }
  } finally {
    stop.abort();
    await coming.catch(() => undefined);
  }
}

const resolvedStream = (event: BatchItem['event']): string | undefined => (event instanceof Error || event.type !== RESOLVED ? undefined : event.data.stream);

/** The subscription is read one batch ahead: that it waits says nothing before all that it gave is processed. */
function createRest(onRest: (passed: Passed | undefined) => void) {
  let unprocessed = 0;
  let quiet: Passed | undefined;
  const tell = () => onRest(unprocessed === 0 ? quiet : undefined);
  return {
    onQuiet: (passed: Passed | undefined) => {
      quiet = passed;
      tell();
    },
    begin: (): void => void unprocessed++,
    end: () => {
      unprocessed--;
      if (quiet !== undefined) tell();
    },
  };
}

type Gather = () => Promise<EventBatch | undefined>;

/** A runner that has caught up looks again only when its next batch is due: so it wakes once for all that came meanwhile, and not for every flush, unless somebody waits for it. */
function createGatherer(subscription: AsyncIterator<EventBatch>, { batchIntervalMs, gather }: ReadBatchesOptions, signal: AbortSignal): Gather {
  let nextBatchAt = 0;
  return async () => {
    const waitMs = nextBatchAt - performance.now();
    if (waitMs > 0) await gather(waitMs, signal);
    const { done, value } = await subscription.next();
    if (done === true) return undefined;
    nextBatchAt = value.caughtUp ? performance.now() + batchIntervalMs : 0;
    return value;
  };
}

const orIdle = async (coming: Promise<RunnerBatch | undefined>, ms: number): Promise<RunnerBatch | undefined> => {
  const outcome = await within(
    coming.then((batch) => ({ batch })),
    ms,
  );
  return outcome === undefined ? { kind: 'idle' } : outcome.batch;
};

/** Undefined when the time is over first. */
async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The caller may await the promise later: a rejection before that is not an unhandled one. */
function deferRejection<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}
