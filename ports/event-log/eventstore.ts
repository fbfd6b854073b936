/**
 * The log on EventStoreDB, through the official client. What the client leaves open is closed here: a deadline for every append,
 * whole outages as `LogUnavailable`, subscriptions that come back from where they were, and no checkpoint that runs ahead of events.
 */
import {
  EventStoreDBClient,
  eventTypeFilter,
  ErrorType,
  isCommandError,
  jsonEvent,
  type AllStreamRecordedEvent,
  type AllStreamSubscription,
  type RecordedEvent,
  type AppendResult,
} from '@eventstore/db-client';
import { LogUnavailable, type Batch, type EventLog, type NewEvent, type Position, type StoredEvent, type SubscribeOptions } from './port.ts';
import { placeIn, positionIn } from './position.ts';

/** The client itself waits for an answer for ever. */
const APPEND_DEADLINE_MS = 10_000;
const APPEND_TRIES_MAX = 4;
const APPEND_AGAIN_MS = 25;
const RECONNECT_FIRST_MS = 100;
const RECONNECT_MAX_MS = 10_000;
/** `dispose` may wait for ever for a call that is broken off. */
const DISPOSE_MAX_MS = 1_000;
const BATCH_EVENTS_MAX = 1_000;
/** Checkpoints under a filter come after every 32 × this many events that were looked at. */
const CHECKPOINT_INTERVAL = 10;

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
  readonly amongOthers?: boolean;
  readonly onReconnect?: (error: unknown, delayMs: number) => void;
};

export function startEventStoreLog({ connectionString, name = 'main', log = 0, amongOthers = false, onReconnect = () => {} }: EventStoreLogOptions): EventLog {
  const client = EventStoreDBClient.connectionString(connectionString);
  const stopping = new AbortController();
  const apart = amongOthers ? { credentials: credentialsIn(connectionString) } : {};

  const positionOf = (event: { readonly position?: { readonly commit: bigint } }): Position => positionIn(log, event.position?.commit ?? 0n);
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
      if (result.position !== undefined) return { outcome: 'appended', revision, position: positionIn(log, result.position.commit) };
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
      let reached = after;
      for (let failures = 0; !signals.aborted; failures++) {
        const live = startCollecting(client, { log, after: reached, types, batchEventsMax, signal: signals, stored });
        try {
          for (;;) {
            const batch = await live.next();
            if (batch === undefined) return;
            failures = 0;
            reached = batch.position ?? reached;
            yield batch;
          }
        } catch (error) {
          const delayMs = Math.min(RECONNECT_FIRST_MS * 2 ** failures, RECONNECT_MAX_MS) * (0.5 + Math.random() / 2);
          onReconnect(error, delayMs);
          await pause(delayMs, signals);
        } finally {
          await live.stop();
        }
      }
    },

    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.race([client.dispose(), new Promise((resolve) => setTimeout(resolve, DISPOSE_MAX_MS))]);
    },
  };
}

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

type Collecting = {
  readonly log: number;
  readonly after: Position | 'end' | undefined;
  readonly types: readonly string[] | undefined;
  readonly batchEventsMax: number;
  readonly signal: AbortSignal;
  readonly stored: (event: RecordedEvent) => StoredEvent;
};

/** One subscription of the client's as batches that are pulled; while nobody pulls, it is paused. */
function startCollecting(client: EventStoreDBClient, { log, after, types, batchEventsMax, signal, stored }: Collecting) {
  const wanted = types === undefined ? undefined : new Set(types);
  const waiting: StoredEvent[] = [];
  let looked: bigint | undefined; // how far, also past what the filter dropped
  let told: bigint | undefined;
  let isLive = false;
  let saidLive = false;
  let failure: unknown;
  let wake = () => {};

  const subscription: AllStreamSubscription = client.subscribeToAll({
    fromPosition: after === undefined ? 'start' : after === 'end' ? 'end' : placeAt(after, log),
    ...(types === undefined
      ? {}
      : {
          filter: eventTypeFilter({
            prefixes: [...types],
            checkpointInterval: CHECKPOINT_INTERVAL,
            checkpointReached: (_, { commit }) => {
              looked = commit;
              wake();
            },
          }),
        }),
  });
  subscription.on('data', ({ event }: { event?: AllStreamRecordedEvent }) => {
    if (event === undefined) return;
    looked = event.position.commit;
    if (!event.type.startsWith('$') && (wanted === undefined || wanted.has(event.type))) waiting.push(stored(event));
    if (waiting.length >= batchEventsMax) subscription.pause();
    wake();
  });
  subscription.on('caughtUp', () => {
    isLive = true;
    wake();
  });
  subscription.on('fellBehind', () => (isLive = saidLive = false));
  subscription.on('error', (error) => {
    failure = error;
    wake();
  });
  subscription.on('end', () => {
    failure ??= new Error('the subscription ended');
    wake();
  });
  signal.addEventListener('abort', () => wake(), { once: true });

  /** What the stream has buffered has not come here yet, and the client tells checkpoints ahead of it: only then is how far it looked the truth. */
  const lookedThrough = () => (subscription.readableLength === 0 && waiting.length === 0 ? looked : undefined);

  return {
    next: async (): Promise<Batch | undefined> => {
      for (;;) {
        if (signal.aborted) return undefined;
        if (failure !== undefined) throw failure;
        const events = waiting.splice(0, batchEventsMax);
        const through = lookedThrough();
        const caughtUp = isLive && through !== undefined;
        const last = events.at(-1)?.position;
        const position = through === undefined ? last : positionIn(log, through);
        if (waiting.length < batchEventsMax) subscription.resume();
        if (events.length > 0 || (through !== undefined && through !== told) || (isLive && !saidLive && subscription.readableLength === 0)) {
          if (through !== undefined) told = through;
          saidLive ||= caughtUp || (isLive && through === undefined && subscription.readableLength === 0);
          return { events, position: position ?? (after === 'end' ? undefined : after), caughtUp: caughtUp || saidLive };
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    /** `dispose` can hang on a subscription that was only broken off: always unsubscribe. */
    stop: async () => {
      subscription.removeAllListeners('data');
      subscription.resume();
      await subscription.unsubscribe().catch(() => {});
    },
  };
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
  const place = placeIn(position, log);
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

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
