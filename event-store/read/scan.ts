/** Reading `$all`, a bounded part at a time, in either direction. Every position is accounted for: by an event, or by a hole that a scavenge left. */
import { eventStoreError } from '../errors.ts';
import type { RecordFilter } from './filter.ts';
import { checkRecord, positionAfterHole, isHole } from '../storage/record.ts';
import type { Tables } from '../storage/tables.ts';

const SCAN_RECORDS_MAX = 2_048; // looked at in one go, some milliseconds
export const SCAN_BYTES_MAX = 4 * 1_048_576; // of passing records, in one go

export type ScanLimits = { readonly events: number; readonly filter?: RecordFilter | undefined };
export type ScanResult = {
  readonly records: readonly Buffer[]; // of events that pass the filter
  readonly next: number; // where to go on: forwards the first position that wasn't looked at, backwards the last one that was
  readonly looked: number; // records
};

/** From a position, inclusive, up to but not including `end`. Throws `store-corrupted` at a record that is damaged or missing. */
export function scanForwards(tables: Tables, from: number, end: number, { events, filter }: ScanLimits): ScanResult {
  const records: Buffer[] = [];
  let next = from;
  let looked = 0;
  let bytes = 0;
  for (const { key, value } of tables.log.getRange({ start: from, end, limit: SCAN_RECORDS_MAX })) {
    if (key !== next && looked === 0) next = endOfHoleAt(tables, from) ?? next;
    if (key !== next) throw missingRecord(next);
    checkRecord(value, key);
    looked++;
    if (isHole(value)) {
      next = positionAfterHole(value);
      continue;
    }
    next = key + 1;
    if (filter !== undefined && !filter(value)) continue;
    records.push(value);
    bytes += value.length;
    if (records.length >= events || bytes >= SCAN_BYTES_MAX) break;
  }
  // What the range didn't give may be the rest of a hole; anything else between here and the end ought to be there.
  if (looked === 0 && from < end) next = endOfHoleAt(tables, from) ?? next;
  if (next < end && looked < SCAN_RECORDS_MAX && records.length < events && bytes < SCAN_BYTES_MAX) throw missingRecord(next);
  return { records, next: Math.min(next, end), looked };
}

/** From just below a position down to 0. */
export function scanBackwards(tables: Tables, from: number, { events, filter }: ScanLimits): ScanResult {
  const records: Buffer[] = [];
  let next = from;
  let looked = 0;
  let bytes = 0;
  for (const { key, value } of tables.log.getRange({ start: from - 1, end: BEFORE_FIRST, reverse: true, limit: SCAN_RECORDS_MAX })) {
    checkRecord(value, key);
    const end = isHole(value) ? positionAfterHole(value) : key + 1;
    if (end !== next && !(looked === 0 && isHole(value) && end > next)) throw missingRecord(next - 1);
    looked++;
    next = key;
    if (isHole(value) || (filter !== undefined && !filter(value))) continue;
    records.push(value);
    bytes += value.length;
    if (records.length >= events || bytes >= SCAN_BYTES_MAX) break;
  }
  if (next > 0 && looked < SCAN_RECORDS_MAX && records.length < events && bytes < SCAN_BYTES_MAX) throw missingRecord(next - 1);
  return { records, next, looked };
}

const BEFORE_FIRST = -1;

/** The end of the hole that a position lies in, when it lies in one. */
export function endOfHoleAt(tables: Tables, position: number): number | undefined {
  for (const { key, value } of tables.log.getRange({ start: position, end: BEFORE_FIRST, reverse: true, limit: 1 })) {
    checkRecord(value, key);
    if (isHole(value) && positionAfterHole(value) > position) return positionAfterHole(value);
  }
  return undefined;
}

const missingRecord = (position: number): Error =>
  eventStoreError('store-corrupted', `The record at position ${position} is missing: the log should be whole up to its head.`);
