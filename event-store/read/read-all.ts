/** Reads `$all` in chunks and yields to the event loop between them. Never reads beyond the flushed head. */
import { yieldToEventLoop } from '../event-loop.ts';
import { compileRecordFilter } from './filter.ts';
import { checkRecord, decodeEvent, isHole } from '../storage/record.ts';
import { scanBackwards, scanForwards } from './scan.ts';
import type { Direction, ReadAllOptions, StoredEvent } from '../store.ts';
import type { Log } from '../storage/log.ts';

const CHUNK_EVENTS = 1_024; // read without yielding, a few milliseconds

export async function* readAllChunks(log: Log, options: ReadAllOptions = {}): AsyncGenerator<readonly StoredEvent[], void, undefined> {
  for await (const records of readAllRecords(log, options)) yield records.map((record) => decodeEvent(record, log.tables.words));
}

export async function* readAll(log: Log, options: ReadAllOptions = {}): AsyncGenerator<StoredEvent, void, undefined> {
  for await (const records of readAllRecords(log, options)) for (const record of records) yield decodeEvent(record, log.tables.words);
}

/** The records, checked but not decoded. */
async function* readAllRecords(log: Log, options: ReadAllOptions = {}): AsyncGenerator<readonly Buffer[], void, undefined> {
  const { direction = 'forwards', limit = Infinity } = options;
  const filter = compileRecordFilter(options.filter, log.tables);
  const end = log.flushed.head.nextPosition; // events appended while reading are left out
  let left = limit;
  let next = startOfAll(options.from, direction, end);
  while (left > 0 && (direction === 'forwards' ? next < end : next > 0)) {
    const limits = { events: Math.min(left, CHUNK_EVENTS), filter };
    const scanned = direction === 'forwards' ? scanForwards(log.tables, next, end, limits) : scanBackwards(log.tables, next, limits);
    if (scanned.records.length > 0) yield scanned.records;
    left -= scanned.records.length;
    next = scanned.next;
    await yieldToEventLoop();
  }
}

function startOfAll(from: number | 'start' | 'end' | undefined, direction: Direction, end: number): number {
  const start = from ?? (direction === 'forwards' ? 'start' : 'end');
  return start === 'start' ? 0 : start === 'end' ? end : Math.min(Math.max(start, 0), end);
}

export function readAt(log: Log, position: number): StoredEvent | undefined {
  if (position < 0 || position >= log.flushed.head.nextPosition) return undefined;
  const record = log.tables.log.get(position);
  if (record === undefined) return undefined;
  checkRecord(record, position);
  return isHole(record) ? undefined : decodeEvent(record, log.tables.words);
}
