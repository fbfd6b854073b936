/**
 * A copy of the log, made beside all other work: the records as the file has them, each with its checksum, position and time, so that a
 * log made of them (`restore-copy.ts`) is the same log. In a part each record stands behind its length (u32, little-endian). Holes are
 * not copied: a position that no part has is one that was removed.
 */
import { eventStoreError } from '../errors.ts';
import { yieldToEventLoop } from '../event-loop.ts';
import { scanForwards, SHORT_SCAN } from '../read/scan.ts';
import type { CopiedPart, LogCopy, StoredEvent } from '../store.ts';
import type { Log } from '../storage/log.ts';
import { wordsOf } from '../storage/packing/words.ts';
import { checkedPosition, encodeEvent, recordCreated, recordId } from '../storage/record.ts';
import { parseUuid } from '../storage/uuid.ts';

const LENGTH_BYTES = 4;

/** `from`: the position at which an earlier copy ended; 0 for a whole one. Throws `position-unknown` where the log ends before it. */
export function copyLog(log: Log, from: number): LogCopy {
  const end = log.flushed.head.nextPosition;
  if (!Number.isSafeInteger(from) || from < 0 || from > end) throw eventStoreError('position-unknown', `The log ends before position ${from}.`);
  return {
    parts: partsOf(log, from, end),
    facts: () => ({
      words: log.tables.words.all,
      scavengedBelow: log.flushed.head.scavengedBelow,
      setAside: [...log.setAside].toSorted((one, other) => one - other),
    }),
  };
}

async function* partsOf(log: Log, from: number, end: number): AsyncGenerator<CopiedPart, void, undefined> {
  for (let next = from; next < end;) {
    const scanned = scanForwards(log.tables, next, end, SHORT_SCAN);
    next = scanned.next;
    yield partOf(scanned.records, next);
    await yieldToEventLoop();
    if (log.flushed.closed) throw eventStoreError('store-closed', 'The event store was closed while it was copied.');
  }
}

/** Makes parts of events that another store has kept: each gets the position, the revision and the time that it is given with. */
export function partsWith(words: readonly string[]): (events: readonly StoredEvent[], next: number) => CopiedPart {
  const known = wordsOf(words);
  return (events, next) =>
    partOf(
      events.map((event) => encodeEvent(event, idBytesOf(event), event, known)),
      next,
    );
}

function idBytesOf({ id, position }: StoredEvent): Uint8Array {
  const bytes = parseUuid(id);
  if (bytes === undefined) throw eventStoreError('event-invalid', `The event at position ${position} has an id that is no UUID.`);
  return bytes;
}

function partOf(records: readonly Buffer[], next: number): CopiedPart {
  const last = records.at(-1);
  return {
    bytes: framed(records),
    events: records.length,
    next,
    newestMs: records.reduce((newest, record) => Math.max(newest, recordCreated(record)), 0),
    last: last && { position: checkedPosition(last), id: recordId(last) },
  };
}

function framed(records: readonly Buffer[]): Buffer {
  const bytes = Buffer.allocUnsafe(records.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0));
  let at = 0;
  for (const record of records) {
    at = bytes.writeUInt32LE(record.length, at);
    at += record.copy(bytes, at);
  }
  return bytes;
}

/** `created`: milliseconds since 1970, by the store's clock. */
export type CopiedRecord = { readonly record: Buffer; readonly position: number; readonly created: number; readonly id: string };

/** The records of parts that were copied one behind the other. Throws `store-corrupted` where one isn't what was copied. */
export function* recordsOfCopy(bytes: Buffer): Generator<CopiedRecord, void, undefined> {
  let before = -1;
  for (let at = 0; at < bytes.length;) {
    const start = at + LENGTH_BYTES;
    const end = start <= bytes.length ? start + bytes.readUInt32LE(at) : start;
    if (end > bytes.length) throw eventStoreError('store-corrupted', `The copy of the log ends within a record, behind position ${before}.`);
    const record = bytes.subarray(start, end);
    const position = checkedPosition(record);
    if (position <= before) throw eventStoreError('store-corrupted', `The copy of the log is out of order behind position ${before}.`);
    yield { record, position, created: recordCreated(record), id: recordId(record) };
    before = position;
    at = end;
  }
}
