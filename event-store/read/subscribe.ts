/**
 * Pull-based subscriptions: each reads what follows the last event it has seen, and waits for a flush where there is nothing.
 * Nothing is buffered beyond the batch being handled, so a slow subscriber costs nothing and misses nothing.
 */
import { eventStoreError } from '../errors.ts';
import { yieldToEventLoop } from '../event-loop.ts';
import { compileEventFilter, compileRecordFilter } from './filter.ts';
import { decodeEvent } from '../storage/record.ts';
import { readStreamChunk, streamStatus } from './read-stream.ts';
import { scanForwards } from './scan.ts';
import { BEFORE_FIRST_POSITION, BEFORE_FIRST_REVISION, type StoredEvent, type SubscribeOptions, type SubscriptionBatch } from '../store.ts';
import { streamState } from '../storage/stream-state.ts';
import type { Log } from '../storage/log.ts';

const BATCH_EVENTS = 512; // by default
/** So many records without one that passes the filter, and an empty batch reports the position reached. */
const UNMATCHED_RECORDS_MAX = 16_384;
/** A live subscriber that falls further behind is dropped where the store behaves as EventStoreDB. */
export const LAG_EVENTS_MAX = 1_000;

/** How a subscription reads: `$all` by position, or a stream by revision. */
type EventSource = {
  /** The first position or revision beyond what is flushed. */
  readonly end: () => number;
  readonly read: (from: number, limit: number) => { readonly events: readonly StoredEvent[]; readonly next: number };
  readonly stream: string | undefined; // flushes of this stream wake the subscription; any flush when undefined
  readonly types?: ReadonlySet<string>; // of which alone flushes wake it, where it may wait quietly
};

export function subscribeToAll(log: Log, options: SubscribeOptions = {}): AsyncIterable<SubscriptionBatch> {
  const filter = compileRecordFilter(options.filter, log.tables);
  const passes = compileEventFilter(options.filter);
  const { after } = options;
  if (typeof after === 'number' && after >= log.flushed.head.nextPosition) {
    throw eventStoreError(
      'position-unknown',
      `The log ends before position ${after}: the position comes from another log, or from this one before it was restored.`,
    );
  }
  const types = options.filter?.on === 'type' && 'names' in options.filter ? new Set(options.filter.names) : undefined;
  const source: EventSource = {
    stream: undefined,
    ...(types === undefined ? {} : { types }),
    end: () => log.flushed.head.nextPosition,
    read: (from, limit) => {
      const recent = log.tailCache.read(from, limit, passes);
      if (recent !== undefined) return recent;
      const { records, next } = scanForwards(log.tables, from, log.flushed.head.nextPosition, { events: limit, filter });
      return { events: records.map((record) => decodeEvent(record, log.tables.words)), next };
    },
  };
  return follow(log, source, { ...options, from: after === 'end' ? source.end() : (after ?? BEFORE_FIRST_POSITION) + 1 });
}

export function subscribeToStream(log: Log, stream: string, options: SubscribeOptions = {}): AsyncIterable<SubscriptionBatch> {
  const passes = compileEventFilter(options.filter);
  const refuseDeleted = () => {
    if (streamStatus(log, stream) === 'stream-deleted') throw eventStoreError('stream-deleted', `The stream ${stream} is tombstoned.`);
  };
  const source: EventSource = {
    stream,
    end: () => {
      refuseDeleted();
      return streamState(log, stream).last + 1;
    },
    read: (from, limit) => {
      const { events, next } = readStreamChunk(log, stream, from, limit);
      return { events: passes === undefined ? events : events.filter(passes), next };
    },
  };
  const { after } = options;
  return follow(log, source, { ...options, from: after === 'end' ? streamState(log, stream).last + 1 : (after ?? BEFORE_FIRST_REVISION) + 1 });
}

/** `from` is fixed before the first pull: 'end' is where the log ended when the caller subscribed. */
async function* follow(
  log: Log,
  source: EventSource,
  options: SubscribeOptions & { readonly from: number },
): AsyncGenerator<SubscriptionBatch, void, undefined> {
  const { batchSize = BATCH_EVENTS, signal, onQuiet } = options;
  let next = options.from;
  let live = false;
  let unmatched = 0;
  while (!log.flushed.closed && signal?.aborted !== true) {
    const end = source.end();
    if (next >= end && live) {
      if (onQuiet === undefined || source.types === undefined) await log.flushed.nextFlush(source.stream, signal);
      else next = await log.flushed.nextOfTypes(source.types, onQuiet, signal);
      continue;
    }
    if (live && log.idempotency === 'eventstoredb' && end - next > LAG_EVENTS_MAX) {
      throw eventStoreError(
        'consumer-too-slow',
        `The subscriber fell ${end - next} events behind and is dropped. Subscribe again from the last event received.`,
      );
    }
    const from = next;
    const found = from < end ? source.read(from, batchSize) : { events: [], next };
    next = found.next;
    unmatched += next - from;
    const caughtUp = next >= source.end();
    if (found.events.length > 0 || caughtUp || unmatched >= UNMATCHED_RECORDS_MAX) {
      live ||= caughtUp;
      unmatched = 0;
      yield { events: found.events, position: next - 1, caughtUp };
    }
    if (!caughtUp) await yieldToEventLoop();
  }
}
