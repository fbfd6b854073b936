/** Reads the log for an operator: decoded, with personal fields hidden unless they are asked for. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sealing, type TidingsEvent } from '../../domain/events.ts';
import { isErased, type Recorded } from '../../domain/shared/event.ts';
import { sealed, type Codec } from '../../ports/event-log/codec.ts';
import type { EventLog, Position, StoredEvent } from '../../ports/event-log/port.ts';
import type { LogLine } from './log-line.ts';
import { ControlFailure, type OperationRequest } from './protocol.ts';

const BATCH_EVENTS_MAX = 500;
const BATCH_BYTES_MAX = 4 * 1024 * 1024;

type ReadRequest = OperationRequest<'read-log'>;
type Log = Pick<EventLog, 'logs' | 'head' | 'readStream' | 'readAll' | 'subscribe'>;

/** Reads forwards or backwards up to the present end of the log, or follows it until the signal aborts. */
export async function* readLog(
  { log, codec }: { readonly log: Log; readonly codec: LogDecoder },
  request: ReadRequest,
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  let left = request.limit ?? Infinity;
  for await (const batch of readBatches(log, request, signal)) {
    const wanted = batch.filter((event) => isWanted(event, request)).slice(0, left);
    const decoded = await decodeFor(codec, wanted, request);
    for (const [index, stored] of wanted.entries()) yield lineOf(stored, decoded[index] ?? new Error('The event was not decoded.'), request);
    left -= wanted.length;
    if (left === 0 || signal.aborted) return;
    await nextTurn(); // lets the process do its other work between two batches
  }
}

/** Positions of several logs have no order among each other, so the request names the log. */
export function selectLog({ logs }: Pick<EventLog, 'logs'>, wanted: string | undefined): string {
  const named = logs.length === 1 && wanted === undefined ? logs[0] : logs.find((name) => name === wanted);
  if (named === undefined) throw new ControlFailure('bad-request', `The logs here are ${logs.join(', ')}; name one of them with --log.`);
  return named;
}

async function* readBatches(log: Log, request: ReadRequest, signal: AbortSignal): AsyncIterable<readonly StoredEvent[]> {
  const { stream, from, direction } = request;
  if (stream !== undefined) {
    yield* streamBatches(log, stream, request, signal);
    return;
  }
  const name = selectLog(log, request.log);
  if (direction === 'backwards') {
    yield* inBatches(log.readAll(name, { direction }), signal);
  } else {
    const before = typeof from === 'string' ? await positionBefore(log, name, from) : undefined;
    const after = request.after ?? before ?? (from === undefined && request.until === 'stopped' ? 'end' : undefined);
    yield* logBatches(log, name, { after, ...request }, signal);
  }
}

/** The history first, if it is asked for. The head is noted before, so that no event that is appended meanwhile is missed. */
async function* streamBatches(log: Log, stream: string, request: ReadRequest, signal: AbortSignal): AsyncIterable<readonly StoredEvent[]> {
  if (request.until === 'head') {
    yield* streamHistory(log, stream, request, signal);
    return;
  }
  const name = selectLog(log, request.log);
  const after = await log.head(name);
  let last = -1;
  if (request.from !== undefined) {
    for await (const batch of streamHistory(log, stream, request, signal)) {
      last = batch.at(-1)?.revision ?? last;
      yield batch;
    }
  }
  for await (const batch of logBatches(log, name, { ...request, after }, signal))
    yield batch.filter((event) => event.stream === stream && event.revision > last);
}

function streamHistory(log: Log, stream: string, { direction, from }: ReadRequest, signal: AbortSignal): AsyncIterable<readonly StoredEvent[]> {
  const start = typeof from === 'number' ? { from } : direction === 'backwards' ? { from: 'end' as const } : {};
  return inBatches(log.readStream(stream, { direction, ...start }), signal);
}

type FollowOptions = Pick<ReadRequest, 'types' | 'until'> & { readonly after: Position | 'end' | undefined };

async function* logBatches(log: Log, name: string, { after, types, until }: FollowOptions, signal: AbortSignal): AsyncIterable<readonly StoredEvent[]> {
  const options = { batchEventsMax: BATCH_EVENTS_MAX, signal, ...(after === undefined ? {} : { after }), ...(types === undefined ? {} : { types }) };
  for await (const { events, caughtUp } of log.subscribe(name, options)) {
    yield events;
    if (caughtUp && until === 'head') return;
  }
}

/** A subscription begins after a position, and an operator names the first event to show. */
async function positionBefore(log: Log, name: string, from: Position): Promise<Position | undefined> {
  for await (const { position } of log.readAll(name, { from, direction: 'backwards', limit: 1 })) return position;
  return undefined;
}

async function* inBatches(events: AsyncIterable<StoredEvent>, signal: AbortSignal): AsyncIterable<readonly StoredEvent[]> {
  let batch: StoredEvent[] = [];
  let bytes = 0;
  for await (const event of events) {
    batch.push(event);
    bytes += event.data.length;
    if (batch.length < BATCH_EVENTS_MAX && bytes < BATCH_BYTES_MAX) continue;
    yield batch;
    batch = [];
    bytes = 0;
    if (signal.aborted) return;
  }
  yield batch;
}

export type LogDecoder = Pick<Codec, 'decodeAll' | 'decodeSealed'>;

/** Nothing is opened that isn't shown. */
export const decodeFor = (
  codec: LogDecoder,
  stored: readonly StoredEvent[],
  { personal }: Pick<ReadRequest, 'personal'>,
): Promise<readonly (Recorded | Error)[]> => (personal === 'revealed' ? codec.decodeAll(stored) : codec.decodeSealed(stored));

const isWanted = (event: StoredEvent, { types }: ReadRequest): boolean => types === undefined || types.includes(event.type);

/** An event as an operator may see it. */
export function lineOf(stored: StoredEvent, event: Recorded | Error, { personal }: Pick<ReadRequest, 'personal'>): LogLine {
  const { position, stream, revision, id } = stored;
  const place = { position, stream, revision, id };
  if (event instanceof Error) return { ...place, type: stored.type, at: null, actor: null, correlationId: null, data: null, undecodable: event.message };
  const { at, actor, app, $correlationId, $causationId } = event.metadata;
  return {
    ...place,
    type: event.type,
    at,
    actor,
    ...(app === undefined ? {} : { app }),
    correlationId: $correlationId,
    ...($causationId === undefined ? {} : { causationId: $causationId }),
    data: personal === 'revealed' ? event.data : withoutPersonal(event),
  };
}

function withoutPersonal({ type, data: all }: Recorded): object {
  const data: Record<string, unknown> = { ...all };
  for (const field of Object.keys(sealing[type as TidingsEvent['type']])) if (data[field] !== undefined && !isErased(data[field])) data[field] = sealed;
  return data;
}
