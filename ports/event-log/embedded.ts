/** The log in this process, on the embedded event store. */
import { isEventStoreError } from '../../event-store/errors.ts';
import type {
  EventFilter,
  EventStore,
  EventStoreErrorCode,
  ReadAllOptions,
  StoredEvent as InStore,
  SubscribeOptions as StoreSubscribeOptions,
} from '../../event-store/store.ts';
import { LogUnavailable, type EventLog, type Position, type StoredEvent } from './port.ts';
import { offsetIn, positionAt } from './position.ts';

/** Takes over the store: disposing of the log closes it. A log has a number and a name of its own where there are several. */
export function startEmbeddedLog(store: EventStore, { log = 0, name = 'main' }: { readonly log?: number; readonly name?: string } = {}): EventLog {
  const fromStore = ({ id, type, data, metadata, stream, revision, position }: InStore): StoredEvent => ({
    id,
    type,
    data,
    metadata,
    stream,
    revision,
    position: positionAt(log, position),
  });
  const placeOf = (position: Position): number => {
    const place = offsetIn(position, log);
    if (place === undefined) throw new Error(`the position ${position} says nothing of the log ${name}`);
    return Number(place);
  };

  return {
    logs: [name],

    append: async (stream, events, expected) => {
      const result = await unavailable(() => store.append(stream, events, expected));
      if (result.outcome !== 'appended') return { outcome: 'conflict' };
      return { outcome: 'appended', revision: result.revision, position: positionAt(log, result.position) };
    },

    async *readStream(stream, options = {}) {
      const result = store.readStream(stream, {
        ...(options.from === undefined ? {} : { from: options.from }),
        direction: options.direction ?? 'forwards',
        ...(options.limit === undefined ? {} : { limit: options.limit }),
      });
      if (result.outcome === 'found') for (const event of result.events) yield fromStore(event);
    },

    async *readAll(_log, { from, direction = 'forwards', limit } = {}) {
      const place = from === undefined ? (direction === 'forwards' ? 'start' : 'end') : placeOf(from);
      const options: ReadAllOptions = { from: place, direction, filter: NOT_OF_THE_STORE, ...(limit === undefined ? {} : { limit }) };
      for await (const event of store.readAll(options)) yield fromStore(event);
    },

    head: async () => {
      const head = store.head();
      return head === undefined ? undefined : positionAt(log, head);
    },

    async *subscribe(_log, { after, types, batchEventsMax, signal }) {
      const options: StoreSubscribeOptions = {
        ...(after === undefined ? {} : { after: after === 'end' ? 'end' : placeOf(after) }),
        ...(types === undefined ? {} : { filter: { on: 'type', names: types } }),
        ...(batchEventsMax === undefined ? {} : { batchSize: batchEventsMax }),
        ...(signal === undefined ? {} : { signal }),
      };
      for await (const { events, position, caughtUp } of store.subscribeToAll(options)) {
        yield {
          events: events.filter((event) => !isOfTheStore(event)).map(fromStore),
          position: position < 0 ? undefined : positionAt(log, position),
          caughtUp,
        };
      }
    },

    keepLast: async (stream, events) => {
      const { metadata } = store.streamMetadata(stream);
      if (metadata.$maxCount !== events) await unavailable(() => store.setStreamMetadata(stream, { ...metadata, $maxCount: events }));
    },

    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

/** EventStoreDB's own events: stream metadata, links, statistics. */
const isOfTheStore = (event: InStore): boolean => event.type.startsWith('$');
/** For reading: where the store itself leaves them out, a limit counts what is left. */
const NOT_OF_THE_STORE: EventFilter = { on: 'type', pattern: '^(?!\\$)' };

/** What the caller asks wrongly is no outage, and fails again however often it is asked. */
const ASKED_WRONGLY: ReadonlySet<EventStoreErrorCode> = new Set(['append-too-large', 'event-invalid', 'stream-name-invalid', 'metadata-invalid']);

async function unavailable<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (isEventStoreError(error) && ASKED_WRONGLY.has(error.code)) throw error;
    throw new LogUnavailable('the event store can’t write', { cause: error });
  }
}
