/** The log in this process, on the embedded event store. */
import { isEventStoreError } from '../../event-store/errors.ts';
import type {
  EventFilter,
  EventStore,
  EventStoreErrorCode,
  ReadAllOptions,
  StoredEvent as EventInStore,
  SubscribeOptions as StoreSubscribeOptions,
} from '../../event-store/store.ts';
import { LogUnavailable, type EventLog, type Position, type StoredEvent } from './port.ts';
import { offsetIn, positionAt } from './position.ts';

/** Each log has its own number and name where there are several. */
type WhichLog = { readonly log?: number; readonly name?: string };

/** Takes over the store: disposing of the log closes it. */
export function startEmbeddedLog(store: EventStore, which: WhichLog = {}): EventLog {
  const { log = 0 } = which;
  return {
    ...readEmbeddedLog(store, which),

    append: async (stream, events, expected) => {
      const result = await orUnavailable(() => store.append(stream, events, expected));
      if (result.outcome !== 'appended') return { outcome: 'conflict' };
      return { outcome: 'appended', revision: result.revision, position: positionAt(log, result.position) };
    },

    keepLast: async (stream, events) => {
      const { metadata } = store.streamMetadata(stream);
      if (metadata.$maxCount !== events) await orUnavailable(() => store.setStreamMetadata(stream, { ...metadata, $maxCount: events }));
    },

    truncate: async (stream, before) => {
      const { metadata } = store.streamMetadata(stream);
      if ((metadata.$tb ?? 0) < before) await orUnavailable(() => store.setStreamMetadata(stream, { ...metadata, $tb: before }));
    },

    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

/** What of the log needs no more than a store that reads. */
export function readEmbeddedLog(
  store: Pick<EventStore, 'head' | 'readStream' | 'readAll' | 'subscribeToAll'>,
  { log = 0, name = 'main' }: WhichLog = {},
): Pick<EventLog, 'logs' | 'head' | 'readStream' | 'readAll' | 'subscribe'> {
  const fromStore = ({ id, type, data, metadata, stream, revision, position }: EventInStore): StoredEvent => ({
    id,
    type,
    data,
    metadata,
    stream,
    revision,
    position: positionAt(log, position),
  });
  const offsetOf = (position: Position): number => {
    const offset = offsetIn(position, log);
    if (offset === undefined) throw new Error(`the position ${position} names no offset in the log ${name}`);
    return Number(offset);
  };

  const headOf = () => {
    const head = store.head();
    return head === undefined ? undefined : positionAt(log, head);
  };

  return {
    logs: [name],

    async *readStream(stream, options = {}) {
      const result = store.readStream(stream, {
        ...(options.from === undefined ? {} : { from: options.from }),
        direction: options.direction ?? 'forwards',
        ...(options.limit === undefined ? {} : { limit: options.limit }),
      });
      if (result.outcome === 'found') for (const event of result.events) yield fromStore(event);
    },

    async *readAll(_log, { from, direction = 'forwards', limit } = {}) {
      const start = from === undefined ? (direction === 'forwards' ? 'start' : 'end') : offsetOf(from);
      const options: ReadAllOptions = { from: start, direction, filter: NOT_SYSTEM_EVENTS, ...(limit === undefined ? {} : { limit }) };
      for await (const event of store.readAll(options)) yield fromStore(event);
    },

    head: async () => headOf(),

    async *subscribe(_log, { after, types, batchEventsMax, signal, onQuiet }) {
      const options: StoreSubscribeOptions = {
        ...(after === undefined ? {} : { after: after === 'end' ? 'end' : offsetOf(after) }),
        ...(types === undefined ? {} : { filter: { on: 'type', names: types } }),
        ...(batchEventsMax === undefined ? {} : { batchSize: batchEventsMax }),
        ...(signal === undefined ? {} : { signal }),
        ...(onQuiet === undefined ? {} : { onQuiet: (isQuiet: boolean) => onQuiet(isQuiet ? headOf : undefined) }),
      };
      for await (const { events, position, caughtUp } of store.subscribeToAll(options)) {
        yield {
          events: events.filter((event) => !isSystemEvent(event)).map(fromStore),
          position: position < 0 ? undefined : positionAt(log, position),
          caughtUp,
        };
      }
    },
  };
}

/** System events of EventStoreDB: stream metadata, links, statistics. */
const isSystemEvent = (event: EventInStore): boolean => event.type.startsWith('$');
/** For reading: where the store itself leaves system events out, a limit counts the remaining events. */
const NOT_SYSTEM_EVENTS: EventFilter = { on: 'type', exceptPrefixes: ['$'] };

/** Errors of the caller are no outage: a retry would fail again. */
const CALLER_ERRORS: ReadonlySet<EventStoreErrorCode> = new Set(['append-too-large', 'event-invalid', 'stream-name-invalid', 'metadata-invalid']);

async function orUnavailable<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (isEventStoreError(error) && CALLER_ERRORS.has(error.code)) throw error;
    throw new LogUnavailable('the event store can’t write', { cause: error });
  }
}
