/**
 * The log on EventStoreDB, through the official client. Added here, because the client leaves them open: a deadline for every append
 * and read, outages as `LogUnavailable`, subscriptions that reconnect and continue, and no checkpoint that runs ahead of events.
 */
import { EventStoreDBClient, type StreamMetadata } from '@eventstore/db-client';
import { appendWithRetries, toEventData } from './eventstore/append.ts';
import { answerWithin, DEADLINES, type Deadlines } from './eventstore/deadline.ts';
import { toUnavailable } from './eventstore/errors.ts';
import { readAll, readLast, readStream } from './eventstore/reads.ts';
import { subscribeSparsely } from './eventstore/sparse.ts';
import { disposeOf, storedIn } from './eventstore/stored.ts';
import { subscribe } from './eventstore/subscribe.ts';
import { startTail } from './eventstore/tail.ts';
import { LogUnavailable, type EventLog, type Position, type ReadOptions, type SubscribeOptions } from './port.ts';
import { offsetIn, positionAt } from './position.ts';

const BATCH_EVENTS_MAX = 1_000;

export type EventStoreLogOptions = {
  /** `esdb://…` */
  readonly connectionString: string;
  /** The log's name and number where there are several. */
  readonly name?: string;
  readonly log?: number;
  /**
   * This process connects to other clusters too. The client keeps the batched appends of all its connections in one place, where the
   * end of one connection takes the answers of the others with it; with credentials on each call it appends one by one instead.
   */
  readonly isOneOfSeveral?: boolean;
  readonly deadlines?: Deadlines;
  readonly onReconnect?: (error: unknown, delayMs: number) => void;
};

export function startEventStoreLog({
  connectionString,
  name = 'main',
  log = 0,
  isOneOfSeveral = false,
  deadlines = DEADLINES,
  onReconnect = () => {},
}: EventStoreLogOptions): EventLog {
  const client = EventStoreDBClient.connectionString(connectionString);
  const reader = { client, deadlines };
  const stopping = new AbortController();
  const tail = startTail(client, { signal: stopping.signal, onReconnect });
  const unbatched = isOneOfSeveral ? { credentials: credentialsIn(connectionString) } : {};

  const { positionOf, stored } = storedIn(log);

  const readStored = async function* (stream: string, options: ReadOptions = {}) {
    for await (const event of readStream(reader, stream, options)) yield stored(event);
  };

  return {
    logs: [name],
    readStream: readStored,

    append: async (stream, events, expected) => {
      const options = { expectedRevision: expected === 'no-stream' ? ('no_stream' as const) : BigInt(expected), ...unbatched };
      const result = await appendWithRetries(() => client.appendToStream(stream, events.map(toEventData), options), deadlines, stopping.signal);
      if (result === 'conflict') return { outcome: 'conflict' };
      const revision = Number(result.nextExpectedRevision);
      if (result.position !== undefined) return { outcome: 'appended', revision, position: positionAt(log, result.position.commit) };
      for await (const event of readStored(stream, { from: revision, limit: 1 })) return { outcome: 'appended', revision, position: event.position };
      throw new LogUnavailable(`the events appended to ${stream} can’t be read`);
    },

    async *readAll(_log, { from, direction = 'forwards', limit } = {}) {
      const offset = from === undefined ? undefined : offsetOf(from, log);
      for await (const event of readAll(reader, { from: offset, direction, limit })) yield stored(event);
    },

    head: async () => {
      const last = await readLast(reader);
      return last === undefined ? undefined : positionOf(last);
    },

    keepLast: (stream, events) => boundStream(reader, stream, ({ maxCount }) => (maxCount === events ? undefined : { maxCount: events })),

    truncate: (stream, before) =>
      boundStream(reader, stream, ({ truncateBefore }) => (isBefore(truncateBefore, before) ? { truncateBefore: before } : undefined)),

    async *subscribe(_log, { after, types, batchEventsMax = BATCH_EVENTS_MAX, isSparse, signal }: SubscribeOptions) {
      const offset: bigint | 'end' | undefined = after === undefined ? undefined : after === 'end' ? 'end' : offsetOf(after, log);
      const either = signal === undefined ? stopping.signal : AbortSignal.any([stopping.signal, signal]);
      const options = { after: offset, batchEventsMax, signal: either, onReconnect };
      const isAlone = isSparse === true && types !== undefined;
      for await (const batch of isAlone ? subscribeSparsely(client, { ...options, types }) : subscribe(client, tail, { ...options, types })) {
        const position = batch.readTo === undefined ? undefined : positionAt(log, batch.readTo);
        yield { events: batch.events.map(stored), position, caughtUp: batch.caughtUp };
      }
    },

    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await disposeOf(client);
    },
  };
}

type Bounds = { readonly maxCount?: number | undefined; readonly truncateBefore?: number | 'start' | 'end' | undefined };

/** `end`: the stream is truncated entirely. */
const isBefore = (truncated: Bounds['truncateBefore'] = 'start', before: number): boolean =>
  truncated === 'start' || (truncated !== 'end' && truncated < before);

/** `change`: undefined where the stream is bounded so already. */
async function boundStream(
  { client, deadlines }: { readonly client: EventStoreDBClient; readonly deadlines: Deadlines },
  stream: string,
  change: (bounds: Bounds) => Bounds | undefined,
): Promise<void> {
  try {
    const { metadata } = await answerWithin(deadlines, client.getStreamMetadata(stream));
    const bounds = change(metadata ?? {});
    if (bounds !== undefined) await answerWithin(deadlines, client.setStreamMetadata(stream, { ...metadata, ...(bounds as StreamMetadata) }));
  } catch (error) {
    throw toUnavailable(error);
  }
}

/** An insecure server asks for no credentials, and accepts any. */
function credentialsIn(connectionString: string): { readonly username: string; readonly password: string } {
  const { username, password } = new URL(connectionString.replace(/^esdb(\+discover)?:/, 'http:'));
  return { username: decodeURIComponent(username) || 'anonymous', password: decodeURIComponent(password) };
}

function offsetOf(position: Position, log: number): bigint {
  const offset = offsetIn(position, log);
  if (offset === undefined) throw new Error(`the position ${position} names no offset in log ${log}`);
  return offset;
}
