/** Reads of the log, in the client's terms. */
import { ErrorType, type EventStoreDBClient, type RecordedEvent } from '@eventstore/db-client';
import { isSystemEvent } from './catch-up.ts';
import { readWithin, type Deadlines } from './deadline.ts';
import { isClientError, toUnavailable } from './errors.ts';
import type { ReadOptions } from '../port.ts';

/** `deadlines`: of each event. */
type Reader = { readonly client: EventStoreDBClient; readonly deadlines: Deadlines };

export async function* readStream(
  { client, deadlines }: Reader,
  stream: string,
  { from, direction = 'forwards', limit }: ReadOptions,
): AsyncIterable<RecordedEvent> {
  const options = {
    fromRevision: from === undefined ? (direction === 'forwards' ? 'start' : 'end') : from === 'end' ? 'end' : BigInt(from),
    direction,
    ...(limit === undefined ? {} : { maxCount: limit }),
  } as const;
  try {
    for await (const { event } of readWithin(deadlines, client.readStream(stream, options))) if (event !== undefined) yield event;
  } catch (error) {
    if (isClientError(error, ErrorType.STREAM_NOT_FOUND) || isClientError(error, ErrorType.STREAM_DELETED)) return;
    throw toUnavailable(error);
  }
}

type ReadAll = { readonly from: bigint | undefined; readonly direction: 'forwards' | 'backwards'; readonly limit: number | undefined };

/** Without system events. */
export async function* readAll(reader: Reader, { limit, ...options }: ReadAll): AsyncIterable<RecordedEvent> {
  let count = 0;
  for await (const event of readWhole(reader, options)) {
    if (isSystemEvent(event)) continue;
    yield event;
    if (++count === limit) return;
  }
}

/** With system events. */
export async function* readWhole({ client, deadlines }: Reader, { from, direction }: Omit<ReadAll, 'limit'>): AsyncIterable<RecordedEvent> {
  const fromPosition = from === undefined ? (direction === 'forwards' ? 'start' : 'end') : { commit: from, prepare: from };
  try {
    for await (const { event } of readWithin(deadlines, client.readAll({ fromPosition, direction }))) if (event !== undefined) yield event;
  } catch (error) {
    throw toUnavailable(error);
  }
}

/** The log's last event, system events included; undefined where the log is empty. */
export async function readLast({ client, deadlines }: Reader): Promise<RecordedEvent | undefined> {
  try {
    for await (const { event } of readWithin(deadlines, client.readAll({ fromPosition: 'end', direction: 'backwards', maxCount: 1 })))
      if (event !== undefined) return event;
    return undefined;
  } catch (error) {
    throw toUnavailable(error);
  }
}
