/** Integrity checks: of the end of the log when it is opened, and of every record on request. */
import { eventStoreError } from '../errors.ts';
import { decodeHead, HEAD_FACT, type Head } from '../storage/head-record.ts';
import { yieldToEventLoop } from '../event-loop.ts';
import { checkRecord, isHole, recordRevision, recordStream } from '../storage/record.ts';
import { scanForwards, SHORT_SCAN } from '../read/scan.ts';
import { streamState } from '../storage/stream-state.ts';
import type { Log } from '../storage/log.ts';
import { openTables, revisionKey, type Tables, type TablesOptions } from '../storage/tables.ts';

const BEYOND_ALL = 2 ** 47; // positions

/** Throws `store-corrupted` when LMDB can't open the file. */
export function openDataFile(path: string, options: TablesOptions): Tables {
  try {
    return openTables(path, options);
  } catch (error) {
    throw eventStoreError('store-corrupted', `LMDB can't open ${path}: ${String(error)}`, error);
  }
}

/** Throws `store-corrupted` unless the log ends with the record that its head says. Takes constant time. */
export function loadHead(tables: Tables): Head {
  const head = loadUncheckedHead(tables);
  for (const { key } of tables.log.getRange({ start: head.nextPosition, end: BEYOND_ALL, limit: 1 })) {
    throw eventStoreError('store-corrupted', `The log should end before position ${head.nextPosition}, and there is a record at ${key}.`);
  }
  if (head.nextPosition === 0) return head;
  const last = head.nextPosition - 1;
  const record = tables.log.get(last);
  if (record === undefined) throw eventStoreError('store-corrupted', `The last record of the log, at position ${last}, is missing.`);
  checkRecord(record, last);
  if (isHole(record)) throw eventStoreError('store-corrupted', `The last record of the log, at position ${last}, is not an event.`);
  return head;
}

/** The head, whether or not the log ends with the record that it says. */
export function loadUncheckedHead(tables: Tables): Head {
  const stored = tables.facts.get(HEAD_FACT);
  if (stored === undefined) throw eventStoreError('store-corrupted', `${tables.file} has no head record, which says where the log ends.`);
  return decodeHead(stored);
}

/** Checks every flushed record and its index entry; yields to the event loop between chunks. */
export async function verifyLog(log: Log, signal?: AbortSignal): Promise<{ readonly events: number }> {
  const end = log.flushed.head.nextPosition;
  let events = 0;
  for (let next = 0; next < end;) {
    signal?.throwIfAborted();
    const scanned = scanForwards(log.tables, next, end, SHORT_SCAN);
    for (const record of scanned.records) checkIndexed(log, record);
    events += scanned.records.length;
    next = scanned.next;
    await yieldToEventLoop();
  }
  return { events };
}

function checkIndexed(log: Log, record: Buffer): void {
  const stream = recordStream(record);
  const revision = recordRevision(record);
  const position = log.tables.index.get(revisionKey(streamState(log, stream).number, revision));
  if (position === undefined || log.tables.log.get(position)?.equals(record) !== true) {
    throw eventStoreError('store-corrupted', `The index has no entry, or a wrong one, for revision ${revision} of the stream ${stream}.`);
  }
}
