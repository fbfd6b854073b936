/**
 * The log on EventStoreDB, through the official client. What the client leaves open is closed here: a deadline for every append,
 * whole outages as `LogUnavailable`, subscriptions that come back from where they were, and no checkpoint that runs ahead of events.
 */
import { EventStoreDBClient, ErrorType, isCommandError, jsonEvent, type RecordedEvent, type AppendResult } from '@eventstore/db-client';
import { LogUnavailable, type EventLog, type NewEvent, type Position, type StoredEvent, type SubscribeOptions } from './port.ts';
import { catchUp } from './eventstore-catch-up.ts';
import { reconnectDelayMs, pause } from './eventstore-reconnect.ts';
import { startTail } from './eventstore-tail.ts';
import { offsetIn, positionAt } from './position.ts';

/** The client itself waits for an answer for ever. */
const APPEND_DEADLINE_MS = 10_000;
const APPEND_TRIES_MAX = 4;
const APPEND_AGAIN_MS = 25;
/** `dispose` may wait for ever for a call that is broken off. */
const DISPOSE_MAX_MS = 1_000;
const BATCH_EVENTS_MAX = 1_000;

export type EventStoreLogOptions = {
  /** `esdb://…` */
  readonly connectionString: string;
  /** The log's name and number where there are several. */
  readonly name?: string;
  readonly log?: number;
  /**
   * There are other clusters in this process. The client keeps the batched appends of all its connections in one place, where one
   * connection's end takes the others' answers with it; with credentials on each call it appends one by one, each on its own.
   */
  readonly isOneOfSeveral?: boolean;
  readonly onReconnect?: (error: unknown, delayMs: number) => void;
};

export function startEventStoreLog({
  connectionString,
  name = 'main',
  log = 0,
  isOneOfSeveral = false,
  onReconnect = () => {},
}: EventStoreLogOptions): EventLog {
  const client = EventStoreDBClient.connectionString(connectionString);
  const stopping = new AbortController();
  const tail = startTail(client, { signal: stopping.signal, onReconnect });
  const apart = isOneOfSeveral ? { credentials: credentialsIn(connectionString) } : {};

  const positionOf = (event: { readonly position?: { readonly commit: bigint } }): Position => positionAt(log, event.position?.commit ?? 0n);
  const stored = (event: RecordedEvent): StoredEvent => ({
    id: event.id,
    type: event.type,
    stream: event.streamId,
    revision: Number(event.revision),
    position: positionOf(event),
    data: bytesOf(event.data),
    metadata: bytesOf(event.metadata),
  });

  const readStream: EventLog['readStream'] = async function* (stream, { from, direction = 'forwards', limit } = {}) {
    const options = {
      fromRevision: from === undefined ? (direction === 'forwards' ? 'start' : 'end') : from === 'end' ? 'end' : BigInt(from),
      direction,
      ...(limit === undefined ? {} : { maxCount: limit }),
    } as const;
    try {
      for await (const { event } of whole(client.readStream(stream, options))) if (event !== undefined) yield stored(event);
    } catch (error) {
      if (isOf(error, ErrorType.STREAM_NOT_FOUND) || isOf(error, ErrorType.STREAM_DELETED)) return;
      throw unavailable(error);
    }
  };

  return {
    logs: [name],
    readStream,

    append: async (stream, events, expected) => {
      const options = { expectedRevision: expected === 'no-stream' ? ('no_stream' as const) : BigInt(expected), ...apart };
      const result = await untilAnswered(() => client.appendToStream(stream, events.map(proposed), options), stopping.signal);
      if (result === 'conflict') return { outcome: 'conflict' };
      const revision = Number(result.nextExpectedRevision);
      if (result.position !== undefined) return { outcome: 'appended', revision, position: positionAt(log, result.position.commit) };
      for await (const event of readStream(stream, { from: revision, limit: 1 })) return { outcome: 'appended', revision, position: event.position };
      throw new LogUnavailable(`what was appended to ${stream} can’t be read`);
    },

    async *readAll(_log, { from, direction = 'forwards', limit } = {}) {
      const fromPosition = from === undefined ? (direction === 'forwards' ? 'start' : 'end') : placeAt(from, log);
      let count = 0;
      try {
        for await (const { event } of whole(client.readAll({ fromPosition, direction }))) {
          if (event === undefined || event.type.startsWith('$')) continue;
          yield stored(event);
          if (++count === limit) return;
        }
      } catch (error) {
        throw unavailable(error);
      }
    },

    head: async () => {
      try {
        for await (const { event } of client.readAll({ fromPosition: 'end', direction: 'backwards', maxCount: 1 }))
          if (event !== undefined) return positionOf(event);
        return undefined;
      } catch (error) {
        throw unavailable(error);
      }
    },

    keepLast: async (stream, events) => {
      try {
        const { metadata } = await client.getStreamMetadata(stream);
        if (metadata?.maxCount !== events) await client.setStreamMetadata(stream, { ...metadata, maxCount: events });
      } catch (error) {
        throw unavailable(error);
      }
    },

    async *subscribe(_log, { after, types, batchEventsMax = BATCH_EVENTS_MAX, signal }: SubscribeOptions) {
      const signals = signal === undefined ? stopping.signal : AbortSignal.any([stopping.signal, signal]);
      const wanted = types === undefined ? undefined : new Set(types);
      let reached: bigint | undefined;
      let isAtEnd = after === 'end';
      if (after !== undefined && after !== 'end') reached = placeAt(after, log).commit;
      for (let failures = 0; !signals.aborted;) {
        try {
          const begun = await tail.head();
          if (isAtEnd) reached = begun;
          if (!isAtEnd && !tail.covers(reached)) {
            for await (const batch of catchUp(client, { after: reached, types, batchEventsMax, signal: signals })) {
              reached = batch.looked ?? reached;
              yield { events: batch.events.map(stored), position: positionUpTo(log, reached), caughtUp: false };
            }
            // It has seen all that was there when it began, so it has passed the tail's head of that time.
            if (begun !== undefined && (reached === undefined || begun > reached)) reached = begun;
          }
          isAtEnd = false;
          for await (const batch of tail.follow(reached, { wanted, batchEventsMax, signal: signals })) {
            failures = 0;
            reached = batch.looked ?? reached;
            yield { events: batch.events.map(stored), position: positionUpTo(log, reached), caughtUp: batch.caughtUp };
          }
        } catch (error) {
          const delayMs = reconnectDelayMs(failures++);
          onReconnect(error, delayMs);
          await pause(delayMs, signals);
        }
      }
    },

    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.race([client.dispose(), new Promise((resolve) => setTimeout(resolve, DISPOSE_MAX_MS))]);
    },
  };
}

const positionUpTo = (log: number, commit: bigint | undefined): Position | undefined => (commit === undefined ? undefined : positionAt(log, commit));

/** A read that is broken off is cancelled, or the connection would never be free of it. */
async function* whole<Item>(read: AsyncIterable<Item> & { cancel(): Promise<void> }): AsyncIterable<Item> {
  let isWhole = false;
  try {
    yield* read;
    isWhole = true;
  } finally {
    if (!isWhole) await read.cancel();
  }
}

/** An insecure server asks for none, and takes any. */
function credentialsIn(connectionString: string): { readonly username: string; readonly password: string } {
  const { username, password } = new URL(connectionString.replace(/^esdb(\+discover)?:/, 'http:'));
  return { username: decodeURIComponent(username) || 'anonymous', password: decodeURIComponent(password) };
}

const proposed = ({ id, type, data, metadata }: NewEvent) =>
  // A plain Uint8Array of metadata is sent as it is; a Buffer would be taken for an object.
  jsonEvent({ id, type, data: JSON.parse(Buffer.from(data).toString()) as Record<string, unknown>, metadata: new Uint8Array(metadata) });

const bytesOf = (content: unknown): Uint8Array => (content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content ?? {})));

function placeAt(position: Position, log: number): { readonly commit: bigint; readonly prepare: bigint } {
  const place = offsetIn(position, log);
  if (place === undefined) throw new Error(`the position ${position} says nothing of log ${log}`);
  return { commit: place, prepare: place };
}

/**
 * An append whose answer was lost may have happened; under the same ids at the same revision it is answered as the first time.
 */
async function untilAnswered(append: () => Promise<AppendResult>, signal: AbortSignal): Promise<AppendResult | 'conflict'> {
  for (let tries = 1; ; tries++) {
    try {
      return await inTime(append());
    } catch (error) {
      if (isOf(error, ErrorType.WRONG_EXPECTED_VERSION) || isOf(error, ErrorType.STREAM_DELETED)) return 'conflict';
      if (isOf(error, ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED)) throw error; // however often it is tried
      if (tries >= APPEND_TRIES_MAX || signal.aborted) throw unavailable(error);
      await pause(APPEND_AGAIN_MS * 2 ** tries * Math.random(), signal);
    }
  }
}

async function inTime(append: Promise<AppendResult>): Promise<AppendResult> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LogUnavailable(`no answer to an append within ${APPEND_DEADLINE_MS} ms`)), APPEND_DEADLINE_MS);
  });
  try {
    return await Promise.race([append, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

const isOf = (error: unknown, type: ErrorType): boolean => error instanceof Error && isCommandError(error) && error.type === type;

const unavailable = (error: unknown): LogUnavailable =>
  error instanceof LogUnavailable ? error : new LogUnavailable('EventStoreDB can’t be reached', { cause: error });
