/** Scans `$all` in bounded parts, in either direction. Every position must be accounted for: by an event, or by a hole left by a removal. */
import { eventStoreError } from '../errors.ts';
import { startTurn } from '../event-loop.ts';
import type { RecordFilter } from './filter.ts';
import { checkRecord, positionAfterHole, isHole } from '../storage/record.ts';
import type { Tables } from '../storage/tables.ts';

const SCAN_RECORDS_MAX = 2_048; // read without yielding, a few milliseconds
export const SCAN_BYTES_MAX = 4 * 1_048_576; // of records that pass, in one scan

/** `bytes`: of records that pass; `SCAN_BYTES_MAX` by default. */
export type ScanLimits = { readonly events: number; readonly bytes?: number; readonly filter?: RecordFilter | undefined };
/** For what takes its time beside others: whoever is served meanwhile waits a millisecond for it at each of several turns, and not ten. */
export const SHORT_SCAN: ScanLimits = { events: 256, bytes: 262_144 };
export type ScanResult = {
  readonly records: readonly Buffer[]; // of events that pass the filter
  readonly next: number; // where to continue: forwards the first position not read, backwards the last one read
  readonly scanned: number; // records
};

/** From a position, inclusive, up to but not including `end`. Throws `store-corrupted` at a record that is damaged or missing. */
export function scanForwards(tables: Tables, from: number, end: number, { events, bytes: bytesMax = SCAN_BYTES_MAX, filter }: ScanLimits): ScanResult {
  const records: Buffer[] = [];
  let next = from;
  let scanned = 0;
  let bytes = 0;
  const isTurnOver = startTurn();
  let isStopped = false;
  for (const { key, value } of tables.log.getRange({ start: from, end, limit: SCAN_RECORDS_MAX })) {
    if (key !== next && scanned === 0) next = endOfHoleAt(tables, from) ?? next;
    if (key !== next) throw missingRecord(next);
    checkRecord(value, key);
    scanned++;
    if (isHole(value)) {
      next = positionAfterHole(value);
      continue;
    }
    next = key + 1;
    if (filter !== undefined && !filter(value)) {
      if ((isStopped = isTurnOver())) break;
      continue;
    }
    records.push(value);
    bytes += value.length;
    if ((isStopped = records.length >= events || bytes >= bytesMax || (filter !== undefined && isTurnOver()))) break;
  }
  // A range without records may be the rest of a hole; every other position up to the end must have a record.
  if (scanned === 0 && from < end) next = endOfHoleAt(tables, from) ?? next;
  if (next < end && scanned < SCAN_RECORDS_MAX && !isStopped) throw missingRecord(next);
  return { records, next: Math.min(next, end), scanned };
}

/** From just below a position down to 0. Throws as `scanForwards` does. */
export function scanBackwards(tables: Tables, from: number, { events, bytes: bytesMax = SCAN_BYTES_MAX, filter }: ScanLimits): ScanResult {
  const records: Buffer[] = [];
  let next = from;
  let scanned = 0;
  let bytes = 0;
  const isTurnOver = startTurn();
  let isStopped = false;
  for (const { key, value } of tables.log.getRange({ start: from - 1, end: BEFORE_FIRST, reverse: true, limit: SCAN_RECORDS_MAX })) {
    checkRecord(value, key);
    const end = isHole(value) ? positionAfterHole(value) : key + 1;
    if (end !== next && !(scanned === 0 && isHole(value) && end > next)) throw missingRecord(next - 1);
    scanned++;
    next = key;
    if (isHole(value)) continue;
    if (filter !== undefined && !filter(value)) {
      if ((isStopped = isTurnOver())) break;
      continue;
    }
    records.push(value);
    bytes += value.length;
    if ((isStopped = records.length >= events || bytes >= bytesMax || (filter !== undefined && isTurnOver()))) break;
  }
  if (next > 0 && scanned < SCAN_RECORDS_MAX && !isStopped) throw missingRecord(next - 1);
  return { records, next, scanned };
}

const BEFORE_FIRST = -1;

/** The end of the hole that contains a position, if one does. */
export function endOfHoleAt(tables: Tables, position: number): number | undefined {
  for (const { key, value } of tables.log.getRange({ start: position, end: BEFORE_FIRST, reverse: true, limit: 1 })) {
    checkRecord(value, key);
    if (isHole(value) && positionAfterHole(value) > position) return positionAfterHole(value);
  }
  return undefined;
}

const missingRecord = (position: number): Error =>
  eventStoreError('store-corrupted', `The record at position ${position} is missing: the log must be complete up to its head.`);
