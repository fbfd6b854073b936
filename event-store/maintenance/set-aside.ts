/** Sets a damaged record aside, and finds out which event it was as far as the damage allows. */
import type { GroupCommit } from '../append/group-commit.ts';
import { eventStoreError } from '../errors.ts';
import { yieldToEventLoop } from '../event-loop.ts';
import { checkRecord, isHole, recordRevision, recordStream } from '../storage/record.ts';
import { endOfHoleAt } from '../read/scan.ts';
import { TOMBSTONE_REVISION, type SetAsideResult } from '../store.ts';
import type { Log } from '../storage/log.ts';
import { isRevisionKey, nameKey, revisionKey, revisionOfKey, streamNumberOfKey, TOMBSTONE_KEY_REVISION } from '../storage/tables.ts';

const REASON_CHARACTERS_MAX = 1_000;
const INDEX_ENTRIES = 10_000; // searched without yielding

/** Throws `position-unknown`, `record-intact` or `reason-invalid`. */
export async function setAside(log: Log, commits: GroupCommit, position: number, reason: string): Promise<SetAsideResult> {
  if (reason.trim() === '' || reason.length > REASON_CHARACTERS_MAX) {
    throw eventStoreError('reason-invalid', `Say in 1 to ${REASON_CHARACTERS_MAX} characters why the event is set aside.`);
  }
  throwUnlessDamaged(log, position);
  const { stream, revision } = fromRecord(log, position) ?? (await fromIndex(log, position)) ?? {};
  const notice = await commits.submit({ kind: 'set-aside', position, stream, revision, reason, check: () => throwUnlessDamaged(log, position) }, 0);
  if (notice.outcome !== 'appended') throw new Error(`The notice of an event set aside was answered ${notice.outcome}.`);
  return { position, stream, revision, noticePosition: notice.position };
}

function throwUnlessDamaged(log: Log, position: number): void {
  if (!Number.isSafeInteger(position) || position < 0 || position >= log.flushed.head.nextPosition) {
    throw eventStoreError('position-unknown', `The log has no position ${position}.`);
  }
  if (!isDamaged(log, position)) {
    throw eventStoreError('record-intact', `The record at position ${position} is intact, or was removed before. Only damaged records can be set aside.`);
  }
}

function isDamaged({ tables }: Log, position: number): boolean {
  const record = tables.log.get(position);
  if (record === undefined) return endOfHoleAt(tables, position) === undefined;
  try {
    checkRecord(record, position);
    return false;
  } catch {
    return true;
  }
}

type EventKey = { readonly stream: string; readonly revision: number };

/** Stream and revision from the damaged record itself, if the index confirms them. */
function fromRecord({ tables }: Log, position: number): EventKey | undefined {
  try {
    const record = tables.log.get(position);
    if (record === undefined || isHole(record)) return undefined;
    const [stream, revision] = [recordStream(record), recordRevision(record)];
    const number = tables.names.get(nameKey(stream));
    const isConfirmed = number !== undefined && tables.index.get(revisionKey(number, revision)) === position;
    return isConfirmed ? { stream, revision } : undefined;
  } catch {
    return undefined; // the lengths in it are damaged
  }
}

async function fromIndex(log: Log, position: number): Promise<EventKey | undefined> {
  let start: Uint8Array = Buffer.alloc(0);
  for (let isDone = false; !isDone;) {
    let seen = 0;
    for (const { key, value } of log.tables.index.getRange({ start, limit: INDEX_ENTRIES })) {
      if (value === position && isRevisionKey(key)) return eventKeyOf(log, key);
      start = Buffer.from(key);
      seen++;
    }
    isDone = seen < INDEX_ENTRIES;
    await yieldToEventLoop();
  }
  return undefined;
}

function eventKeyOf({ tables }: Log, key: Uint8Array): EventKey | undefined {
  const [number, revision] = [streamNumberOfKey(key), revisionOfKey(key)];
  for (const { key: name, value } of tables.names.getRange({})) {
    if (value === number) return { stream: Buffer.from(name).toString('utf8'), revision: revision === TOMBSTONE_KEY_REVISION ? TOMBSTONE_REVISION : revision };
  }
  return undefined;
}
