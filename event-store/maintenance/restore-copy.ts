/**
 * Makes a log of what `copy.ts` has copied: each event at the position and the revision that it had. Until it is finished the folder has
 * no current data file; a process that was killed goes on where its last commit ended.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventStoreError } from '../errors.ts';
import { lockFolder } from '../lock.ts';
import { FIRST_DATA_FILE, hasCurrentFile, makeCurrent, syncFile } from '../storage/data-file.ts';
import { encodeHead, HEAD_FACT } from '../storage/head-record.ts';
import { encodeWords, WORDS_FACT, wordsOf, type Words } from '../storage/packing/words.ts';
import { decodeEvent, encodeHole, isHole, recordIdBytes, recordRevision, recordStream, recordType } from '../storage/record.ts';
import { SET_ASIDE_EVENT_TYPE, SET_ASIDE_STREAM, setAsideFact } from '../storage/set-aside.ts';
import { idKey, nameKey, revisionKey, type Tables } from '../storage/tables.ts';
import { TOMBSTONE_REVISION, type CopyFacts } from '../store.ts';
import { recordsOfCopy } from './copy.ts';
import { loadUncheckedHead, openDataFile } from './integrity.ts';

const STREAM_NUMBERS_KEPT_MAX = 100_000;

export type RestoringLog = AsyncDisposable & {
  /** The position after the last event that was written: give it what comes from there on. */
  next(): number;
  /** Durable when it resolves. Events before `next`, and from `before` on, are passed over; answers how many were written. */
  write(bytes: Buffer, options?: { readonly before?: number }): Promise<number>;
  /** From now on the folder can be opened as a store. Throws `store-corrupted` where nothing was written. */
  finish(): Promise<void>;
};

/** Throws `store-locked`, and `store-corrupted` where the folder has a whole store. */
export async function openRestoringLog(folder: string, facts: CopyFacts): Promise<RestoringLog> {
  mkdirSync(folder, { recursive: true });
  if (hasCurrentFile(folder)) throw eventStoreError('store-corrupted', `${folder} has an event store already.`);
  const lock = lockFolder(folder);
  try {
    const path = join(folder, FIRST_DATA_FILE);
    const isNew = !existsSync(path);
    const tables = openDataFile(path, { noSync: false });
    const writer = await openWriter(tables, facts, { isNew });
    return {
      next: () => writer.head().nextPosition,
      write: writer.write,
      finish: async () => {
        if (writer.head().nextPosition === 0) throw eventStoreError('store-corrupted', 'The copy of the log has no event.');
        syncFile(path);
        makeCurrent(folder, path);
      },
      [Symbol.asyncDispose]: async () => {
        await tables.close();
        lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

async function openWriter(tables: Tables, { words, scavengedBelow, setAside }: CopyFacts, { isNew }: { readonly isNew: boolean }) {
  const known = wordsOf(words);
  const missing = new Set(setAside);
  const first = { nextPosition: 0, nextStreamNumber: 0, scavengedBelow };
  if (isNew || tables.facts.get(HEAD_FACT) === undefined) {
    await tables.root.batch(() => {
      void tables.facts.put(WORDS_FACT, encodeWords(known));
      void tables.facts.put(HEAD_FACT, encodeHead(first));
    });
  }
  let head = loadUncheckedHead(tables);
  const numbers = new Map<string, number>();

  const write: RestoringLog['write'] = async (bytes, { before = Infinity } = {}) => {
    const plan = { nextPosition: head.nextPosition, nextStreamNumber: head.nextStreamNumber, events: 0, inPlan: new Set<number>() };
    const added: Promise<boolean>[] = [];
    const numberOf = (stream: string): number => {
      const found = numbers.get(stream) ?? tables.names.get(nameKey(stream));
      const number = found ?? plan.nextStreamNumber++;
      if (found === undefined) void tables.names.put(nameKey(stream), number);
      numbers.set(stream, number);
      return number;
    };
    await tables.root.batch(() => {
      for (const { record, position } of recordsOfCopy(bytes)) {
        if (position < plan.nextPosition || position >= before) continue;
        if (position > plan.nextPosition) added.push(tables.log.append(plan.nextPosition, encodeHole(plan.nextPosition, position)));
        added.push(tables.log.append(position, record));
        plan.nextPosition = position + 1;
        plan.inPlan.add(position);
        plan.events += 1;
        index(tables, record, { number: numberOf(recordStream(record)), position });
        const set = setAsideIn(record, known);
        if (set === undefined || !missing.has(set.position) || plan.inPlan.has(set.position) || hasEvent(tables, set.position)) continue;
        void tables.facts.put(setAsideFact(set.position), Buffer.alloc(1));
        if (set.stream !== null && set.revision !== null) void tables.index.put(revisionKey(numberOf(set.stream), set.revision), set.position);
      }
      head = { nextPosition: plan.nextPosition, nextStreamNumber: plan.nextStreamNumber, scavengedBelow: Math.min(scavengedBelow, plan.nextPosition) };
      void tables.facts.put(HEAD_FACT, encodeHead(head));
    });
    if ((await Promise.all(added)).includes(false)) throw eventStoreError('store-corrupted', 'The log that is being restored has records beyond its head.');
    if (numbers.size > STREAM_NUMBERS_KEPT_MAX) numbers.clear();
    return plan.events;
  };
  return { head: () => head, write };
}

function index(tables: Tables, record: Buffer, { number, position }: { readonly number: number; readonly position: number }): void {
  const revision = recordRevision(record);
  void tables.index.put(revisionKey(number, revision), position);
  if (revision !== TOMBSTONE_REVISION) void tables.index.put(idKey(number, recordIdBytes(record)), revision);
}

type SetAside = { readonly position: number; readonly stream: string | null; readonly revision: number | null };

/** What the notice of an event that was set aside says. */
function setAsideIn(record: Buffer, words: Words): SetAside | undefined {
  if (recordStream(record) !== SET_ASIDE_STREAM || recordType(record, words) !== SET_ASIDE_EVENT_TYPE) return undefined;
  return JSON.parse(Buffer.from(decodeEvent(Buffer.from(record), words).data).toString()) as SetAside;
}

/** An earlier copy may have the event from before it was damaged: then it is back. */
function hasEvent(tables: Tables, position: number): boolean {
  const record = tables.log.get(position);
  return record !== undefined && !isHole(record);
}
