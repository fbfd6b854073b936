/**
 * Removes events that no stream read can return: hidden by the stream's metadata, by a tombstone, or replaced by newer
 * metadata. It never removes the last event of a stream, from which revisions continue, nor the last record of the log.
 */
import { statSync } from 'node:fs';
import { eventStoreError } from '../errors.ts';
import { encodeHead, HEAD_FACT, type Head } from '../storage/head-record.ts';
import type { GroupCommit } from '../append/group-commit.ts';
import { checkRecord, encodeHole, positionAfterHole, isHole, recordCreated, recordIdBytes, recordRevision, recordStream } from '../storage/record.ts';
import { yieldToEventLoop } from '../event-loop.ts';
import { readableRange } from '../read/read-stream.ts';
import { endOfHoleAt } from '../read/scan.ts';
import type { ScavengeOptions, ScavengeResult } from '../store.ts';
import { isTombstoned, streamState } from '../storage/stream-state.ts';
import type { Log } from '../storage/log.ts';
import { idKey, revisionKey } from '../storage/tables.ts';

const SCAVENGE_RECORDS = 1_024; // examined without yielding; also the most that one commit removes

/** `compact` copies the log into a new, smaller file while appends wait. */
export async function scavenge(log: Log, commits: GroupCommit, options: ScavengeOptions, compact: () => Promise<Head>): Promise<ScavengeResult> {
  const fileBytesBefore = statSync(log.tables.file).size;
  const end = log.flushed.head.nextPosition;
  const total = { looked: 0, removed: 0, bytesRemoved: 0 };
  for (let next = 0; next < end;) {
    options.signal?.throwIfAborted();
    const part = findRemovable(log, next, end);
    total.looked += part.looked;
    if (part.events > 0) {
      await commits.runExclusively(async () => {
        const removed = await removeWithin(log, next, end);
        total.removed += removed.events;
        total.bytesRemoved += removed.bytes;
        return removed.head;
      });
    } else await yieldToEventLoop();
    next = part.next;
    options.onProgress?.({ looked: total.looked, removed: total.removed, head: end });
  }
  if (options.compact === true) await commits.runExclusively(compact);
  return { ...total, fileBytesBefore, fileBytesAfter: statSync(log.tables.file).size };
}

/** Adjacent positions that become one hole. `keys` are the positions of its records, holes included; `records` are those of events. */
type RemovableRun = { readonly keys: number[]; next: number; readonly records: Buffer[] };
type RemovablePart = { readonly runs: readonly RemovableRun[]; readonly next: number; readonly looked: number; readonly events: number };

function findRemovable(log: Log, from: number, end: number): RemovablePart {
  const runs: RemovableRun[] = [];
  let run: RemovableRun | undefined;
  let next = endOfHoleAt(log.tables, from) ?? from;
  let looked = 0;
  let events = 0;
  for (const { key, value } of log.tables.log.getRange({ start: next, end, limit: SCAVENGE_RECORDS })) {
    checkRecord(value, key);
    if (key !== next) throw eventStoreError('store-corrupted', `The record at position ${next} is missing.`);
    const hole = isHole(value);
    next = hole ? positionAfterHole(value) : key + 1;
    looked++;
    if (!hole && !isRemovable(log, value, key)) {
      run = undefined;
      continue;
    }
    if (run === undefined) runs.push((run = { keys: [], next, records: [] }));
    run.keys.push(key);
    run.next = next;
    if (hole) continue;
    run.records.push(value);
    events++;
  }
  return { runs: runs.filter(({ records }) => records.length > 0), next: Math.max(next, from + 1), looked, events };
}

/** Decides again while no commit is in progress, since the metadata may have changed. */
async function removeWithin(log: Log, from: number, end: number): Promise<{ readonly events: number; readonly bytes: number; readonly head: Head }> {
  const part = findRemovable(log, from, end);
  const head: Head = { ...log.flushed.head, scavengedBelow: Math.max(log.flushed.head.scavengedBelow, part.next) };
  if (part.events === 0) return { events: 0, bytes: 0, head: log.flushed.head };
  const removed = part.runs.flatMap(({ records }) => records);
  const keys = removed.flatMap((record) => indexKeysOf(log, record)); // before anything is written, since reading a damaged log may throw
  const { log: records, index, facts, root } = log.tables;
  log.flushed.expectScavenged(head.scavengedBelow);
  await root.batch(() => {
    for (const key of keys) void index.remove(key);
    for (const run of part.runs) {
      for (const position of run.keys) void records.remove(position);
      const first = run.keys[0]!;
      void records.put(first, encodeHole(first, run.next));
    }
    void facts.put(HEAD_FACT, encodeHead(head));
  });
  return { events: part.events, bytes: removed.reduce((sum, { length }) => sum + length, 0), head };
}

/** The index entries that refer to the event. */
function indexKeysOf(log: Log, record: Buffer): Uint8Array[] {
  const { number } = streamState(log, recordStream(record));
  const revision = recordRevision(record);
  const byRevision = revisionKey(number, revision);
  const byId = idKey(number, recordIdBytes(record));
  return log.tables.index.get(byId) === revision ? [byRevision, byId] : [byRevision]; // a later event may have the same id
}

function isRemovable(log: Log, record: Buffer, position: number): boolean {
  if (position === log.flushed.head.nextPosition - 1) return false;
  const stream = recordStream(record);
  const { lastPosition } = streamState(log, stream);
  if (position === lastPosition) return false;
  if (isTombstoned(streamState(log, stream))) return true;
  const { first, expiredBefore } = readableRange(log, stream);
  return recordRevision(record) < first || recordCreated(record) < expiredBefore;
}
