/** Finds what belongs to one cause in the log: all events with one correlation id, wherever they are. There is no index of them: the log is read back from its end. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { categoryOf } from '../../../domain/deciders.ts';
import { DAY_MS, plus, type Instant } from '../../../domain/shared/instant.ts';
import { webhookMessageStream } from '../../../domain/shared/streams.ts';
import type { Codec } from '../../../ports/event-log/codec.ts';
import type { EventLog, StoredEvent } from '../../../ports/event-log/port.ts';
import type { LogLine } from '../log-line.ts';
import { uuidOfTrace } from '../../telemetry/tracing/span-ids.ts';
import { isStory } from '../../telemetry/tracing/stories.ts';
import { lineOf } from '../read-log.ts';
import type { OperationRequest } from '../protocol.ts';
import type { TraceLines } from './protocol.ts';

const PROGRESS_EVENTS = 20_000;
/** More events than a story has that somebody reads; the newest are told. */
const TRACED_EVENTS_MAX = 10_000;

type Dependencies = {
  readonly clock: () => Instant;
  readonly log: Pick<EventLog, 'logs' | 'readAll' | 'readStream'>;
  readonly codec: Pick<Codec, 'decodeSealed' | 'metadataOf'>;
};

/** `id`: a correlation id, the id of a request, that of a trace, or that of one of the events. */
export async function* traceEvents(
  dependencies: Dependencies,
  { id, days }: OperationRequest<'trace-events'>,
  signal: AbortSignal,
): AsyncIterable<TraceLines['trace-events']> {
  const since = plus(dependencies.clock(), -days * DAY_MS);
  let correlation = id;
  let found = yield* scan(dependencies, { correlation, event: id, since }, signal);
  const named = found.find((stored) => stored.id === id);
  const its = named === undefined ? undefined : dependencies.codec.metadataOf(named).$correlationId;
  if (its !== undefined && its !== id) {
    correlation = its;
    found = yield* scan(dependencies, { correlation, since }, signal);
  }
  for (const stored of await withStories(dependencies, found)) {
    const [decoded = new Error('The event was not decoded.')] = await dependencies.codec.decodeSealed([stored.event]);
    const line: LogLine = lineOf(stored.event, decoded, { personal: 'hidden' });
    yield { is: 'event', ...line, ...(line.causationId === undefined && stored.after !== undefined && { causationId: stored.after }) };
  }
}

/** Deliveries are told to their end, and webhooks' messages about them; what has no cause of its own there stands below the event before it: `after`. */
async function withStories({ log }: Dependencies, found: readonly StoredEvent[]): Promise<readonly { readonly event: StoredEvent; readonly after?: string }[]> {
  const told = new Map<string, { event: StoredEvent; after?: string }>(found.map((event) => [event.id, { event }]));
  const streams = new Set(found.map((one) => one.stream).filter(isStory));
  for (const stream of streams) {
    let before: string | undefined;
    for await (const event of log.readStream(stream)) {
      told.set(event.id, { event, ...(before !== undefined && { after: before }) });
      before = event.id;
      if (categoryOf(stream) === 'delivery') streams.add(webhookMessageStream(event.id)); // where there is one, it has its event's id
    }
  }
  return [...told.values()];
}

type Wanted = { readonly correlation: string; readonly event?: string; readonly since: string };

async function* scan(
  { log, codec }: Dependencies,
  { correlation, event, since }: Wanted,
  signal: AbortSignal,
): AsyncGenerator<TraceLines['trace-events'], readonly StoredEvent[], undefined> {
  const found: StoredEvent[] = [];
  // Metadata is JSON, and an id has nothing that JSON escapes: bytes tell whether it is worth decoding.
  const bytes = Buffer.from(JSON.stringify(correlation).slice(1, -1));
  let read = 0;
  for (const name of log.logs) {
    for await (const stored of log.readAll(name, { direction: 'backwards' })) {
      read += 1;
      if (read % PROGRESS_EVENTS === 0) {
        yield { is: 'progress', events: read, found: found.length };
        await nextTurn();
        if (signal.aborted) return found;
      }
      const isNamed = stored.id === event;
      if (read % 100 === 0 && atOf(codec, stored) < since) break;
      if (!isNamed && !Buffer.from(stored.metadata.buffer, stored.metadata.byteOffset, stored.metadata.byteLength).includes(bytes)) continue;
      if (!isNamed && !isOf(correlation, correlationOf(codec, stored))) continue;
      found.push(stored);
      if (found.length === TRACED_EVENTS_MAX) return found.toReversed();
    }
  }
  return found.toReversed();
}

/** A trace's own id names all its requests. */
const isOf = (asked: string, correlation: string | undefined): boolean =>
  correlation !== undefined && (correlation === asked || uuidOfTrace(correlation) === asked);

const correlationOf = (codec: Pick<Codec, 'metadataOf'>, stored: StoredEvent): string | undefined => {
  try {
    return codec.metadataOf(stored).$correlationId;
  } catch {
    return undefined;
  }
};

/** An event that can't be decoded ends no search. */
const atOf = (codec: Pick<Codec, 'metadataOf'>, stored: StoredEvent): string => {
  try {
    return codec.metadataOf(stored).at;
  } catch {
    return '9999';
  }
};
