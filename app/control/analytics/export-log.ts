/** Reads the log for an export: everything between two positions, filtered here, with places in between from which it can be resumed. */
import type { Recorded } from '../../../domain/shared/event.ts';
import { writtenAs } from '../../../domain/upcast.ts';
import type { EventLog, StoredEvent } from '../../../ports/event-log/port.ts';
import { covers } from '../../../ports/event-log/position.ts';
import type { OperationRequest } from '../protocol.ts';
import { decodeFor, lineOf, selectLog, type LogDecoder } from '../read-log.ts';
import { paceOf } from './paced.ts';
import type { ExportLine } from './protocol.ts';

/** So few that whoever else asks this process for something waits for a millisecond, at each of several turns. */
const BATCH_EVENTS_MAX = 50;

type Dependencies = { readonly log: Pick<EventLog, 'logs' | 'subscribe'>; readonly codec: LogDecoder; readonly batchEventsMax?: number };

export async function* exportLog(
  { log, codec, batchEventsMax = BATCH_EVENTS_MAX }: Dependencies,
  request: OperationRequest<'export-log'>,
  signal: AbortSignal,
): AsyncIterable<ExportLine> {
  const { after, until, types } = request;
  const pace = paceOf(request.share, signal);
  const isOfStream = streamFilter(request.streams);
  const over = new AbortController();
  const options = {
    batchEventsMax,
    signal: AbortSignal.any([signal, over.signal]),
    ...(after === undefined ? {} : { after }),
    ...(types === undefined ? {} : { types: writtenAs(types) }),
  };
  let looked = 0;
  pace.begin();
  for await (const batch of log.subscribe(selectLog(log, request.log), options)) {
    const isBefore = batch.position !== undefined && covers(until, batch.position);
    const wanted = batch.events.filter((event) => (isBefore || covers(until, event.position)) && isOfStream(event));
    const decoded = await decodeFor(codec, wanted, request);
    pace.end();
    for (const [index, stored] of wanted.entries()) {
      const event = decoded[index] ?? new Error('The event was not decoded.');
      if (isWithin(event, request)) yield { is: 'event', event: lineOf(stored, event, request) };
    }
    looked += batch.events.length;
    const isDone = batch.caughtUp || (batch.position !== undefined && covers(batch.position, until));
    const place = isDone ? until : batch.position;
    if (place !== undefined) yield { is: 'place', place, looked };
    if (isDone) break;
    await pace.pause();
    pace.begin();
  }
  over.abort();
}

/** An event that can't be decoded has no time, and is told whichever is asked for. */
function isWithin(event: Recorded | Error, { from, to }: OperationRequest<'export-log'>): boolean {
  if (event instanceof Error) return true;
  const { at } = event.metadata;
  return (from === undefined || at >= from) && (to === undefined || at < to);
}

function streamFilter(wanted: readonly string[] | undefined): (event: StoredEvent) => boolean {
  if (wanted === undefined) return () => true;
  const names = new Set(wanted.filter((name) => !name.endsWith('*')));
  const prefixes = wanted.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  return ({ stream }) => names.has(stream) || prefixes.some((prefix) => stream.startsWith(prefix));
}
