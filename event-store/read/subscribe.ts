/**
 * Subscriptions by pulling: each asks the log for what comes after the last it has seen, and sleeps until a flush when there
 * is nothing. Nothing is buffered for a subscriber beyond the batch in its hands, so a slow one costs nothing and misses nothing.
 */
import { eventStoreError } from '../errors.ts';
import { compileEventFilter, compileRecordFilter } from './filter.ts';
import { decodeEvent } from '../storage/record.ts';
import { yieldToEventLoop } from './read-all.ts';
import { readStreamChunk, streamStatus } from './read-stream.ts';
import { scanForwards } from './scan.ts';
import { BEFORE_FIRST_POSITION, BEFORE_FIRST_REVISION, type StoredEvent, type SubscribeOptions, type SubscriptionBatch } from '../store.ts';
import { streamState, type Log } from '../storage/stream-state.ts';

const BATCH_EVENTS = 512; // unless the subscriber says otherwise
/** Looked at without one that passes the filter, before an empty batch says how far it has come. */
const UNMATCHED_RECORDS_MAX = 16_384;
/** A live subscriber that falls further behind is dropped where the store behaves as EventStoreDB. */
export const FORGETFUL_LAG_EVENTS_MAX = 1_000;

/** How a subscription looks for events, from a place up to what is flushed. */
type EventSource = {
  /** The first place beyond what is flushed. */
  readonly end: () => number;
  readonly read: (from: number, limit: number) => { readonly events: readonly StoredEvent[]; readonly next: number };
  readonly stream: string | undefined; // whose flushes wake it; all when undefined
};

export function subscribeToAll(log: Log, options: SubscribeOptions = {}): AsyncIterable<SubscriptionBatch> {
  const filter = compileRecordFilter(options.filter);
  const passes = compileEventFilter(options.filter);
  const { after } = options;
  if (typeof after === 'number' && after >= log.flushed.head.nextPosition) {
    throw eventStoreError('position-unknown', `The log ends before position ${after}: whoever asks for what comes after it has seen another log.`);
  }
  const source: EventSource = {
    stream: undefined,
    end: () => log.flushed.head.nextPosition,
    read: (from, limit) => {
      const recent = log.tailCache.read(from, limit, passes);
      if (recent !== undefined) return recent;
      const { records, next } = scanForwards(log.tables, from, log.flushed.head.nextPosition, { events: limit, filter });
      return { events: records.map(decodeEvent), next };
    },
  };
  return follow(log, source, { ...options, from: after === 'end' ? source.end() : (after ?? BEFORE_FIRST_POSITION) + 1 });
}

export function subscribeToStream(log: Log, stream: string, options: SubscribeOptions = {}): AsyncIterable<SubscriptionBatch> {
  const passes = compileEventFilter(options.filter);
  const refuseDeleted = () => {
    if (streamStatus(log, stream) === 'stream-deleted') throw eventStoreError('stream-deleted', `The stream ${stream} was deleted for ever.`);
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

/** `from` is settled before the first pull: the end is where the log ended when the subscriber asked. */
async function* follow(
  log: Log,
  source: EventSource,
  options: SubscribeOptions & { readonly from: number },
): AsyncGenerator<SubscriptionBatch, void, undefined> {
  const { batchSize = BATCH_EVENTS, signal } = options;
  let next = options.from;
  let live = false;
  let silent = 0;
  while (!log.flushed.closed && signal?.aborted !== true) {
    const end = source.end();
    if (next >= end && live) {
      await log.flushed.nextFlush(source.stream, signal);
      continue;
    }
    if (live && log.idempotency === 'eventstoredb' && end - next > FORGETFUL_LAG_EVENTS_MAX) {
      throw eventStoreError('consumer-too-slow', `The subscriber fell ${end - next} events behind and is dropped; it may subscribe again from where it is.`);
    }
    const from = next;
    const found = from < end ? source.read(from, batchSize) : { events: [], next };
    next = found.next;
    silent += next - from;
    const caughtUp = next >= source.end();
    if (found.events.length > 0 || caughtUp || silent >= UNMATCHED_RECORDS_MAX) {
      live ||= caughtUp;
      silent = 0;
      yield { events: found.events, position: next - 1, caughtUp };
    } else await yieldToEventLoop();
  }
}
