/**
 * The LMDB file and its four tables.
 *
 * - `log`: position → record.
 * - `index`: stream number and revision → position; beside it, in the same leaf while the stream is short, stream number and event id → revision.
 * - `names`: stream name → stream number. Numbers are assigned in order, so that new streams go to the end of `index` and not to random leaves.
 * - `facts`: single values by name; 'head' → where the log ends, 'words' → what numbers in the records stand for.
 *
 * LMDB runs in its classic mode (`overlappingSync: false`): a commit becomes visible only after its pages are on the disk.
 * lmdb's default mode shows a commit before it is flushed, and when the flush fails its promise never settles, or resolves.
 */
import { open, type Database, type Key, type RangeOptions, type RootDatabase } from 'lmdb';
import { eventStoreError } from '../errors.ts';
import { decodeWords, encodeWords, withWords, WORDS_FACT, type Words } from './packing/words.ts';

export type Tables = {
  readonly file: string;
  readonly root: RootDatabase;
  readonly log: Table<Buffer, number>;
  readonly index: Table<number, Uint8Array>;
  readonly names: Table<number, Uint8Array>;
  readonly facts: Table<Buffer, string>;
  /** Those that numbers in the records stand for. Throws `store-corrupted` where their list is damaged. */
  readonly words: Words;
  /** Lets numbers stand for these, too, from now on; resolves when the disk knows them. */
  addWords(given: readonly string[]): Promise<void>;
  close(): Promise<void>;
};

/** Reading throws `store-corrupted` where LMDB itself finds its pages damaged, and `store-closed` after closing. */
export type Table<Value, Key> = {
  get(key: Key): Value | undefined;
  getRange(range: RangeOptions): Iterable<{ readonly key: Key; readonly value: Value }>;
  put(key: Key, value: Value): Promise<boolean>;
  /** Fills pages where `put` leaves them half empty. False, and nothing is put, unless the key is after all others. */
  append(key: Key, value: Value): Promise<boolean>;
  remove(key: Key): Promise<boolean>;
};

const NUMBER_BYTES = 6; // up to 2.8e14 positions, revisions, streams
const KIND_REVISION = 0;
const KIND_ID = 1;

/** A tombstone's revision as it is encoded in a key. */
export const TOMBSTONE_KEY_REVISION = 2 ** 48 - 1;

/** Keys of the log are one more than the position, so that there is a key before the first. */
const positionKey = {
  writeKey: (position: number, target: Buffer, start: number): number => target.writeUIntBE(position + 1, start, NUMBER_BYTES),
  readKey: (source: Buffer, start: number): number => source.readUIntBE(start, NUMBER_BYTES) - 1,
};

/** LMDB's buffer is valid only until the next read, so decoding copies it. */
const recordValue = {
  encode: (record: Buffer): Buffer => record,
  decode: (lent: Buffer): Buffer => {
    const own = Buffer.allocUnsafe(lent.length);
    lent.copy(own, 0, 0, lent.length);
    return own;
  },
};

const numberValue = {
  encode: (value: number): Buffer => {
    const bytes = Buffer.allocUnsafe(NUMBER_BYTES);
    bytes.writeUIntBE(value, 0, NUMBER_BYTES);
    return bytes;
  },
  decode: (lent: Buffer): number => lent.readUIntBE(0, NUMBER_BYTES),
};

/** `readOnly`: another thread of the process has it open, and writes. */
export type TablesOptions = { readonly noSync?: boolean; readonly readOnly?: boolean };

export function openTables(file: string, { noSync = false, readOnly = false }: TablesOptions): Tables {
  const root = open({ path: file, noSubdir: true, maxDbs: 4, overlappingSync: false, noSync, readOnly, eventTurnBatching: false });
  let isClosed = false;
  const readable: ReadGuard = (read) => {
    try {
      return read();
    } catch (error) {
      if (isClosed) throw eventStoreError('store-closed', 'The event store was closed while it was read.', error);
      throw eventStoreError('store-corrupted', `LMDB can't read ${file}: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  };
  const facts = tableOf<Buffer, string>(root.openDB('facts', { encoder: recordValue } as object), readable);
  let words: Words | undefined;
  const knownWords = () => (words ??= decodeWords(facts.get(WORDS_FACT)));
  return {
    file,
    root,
    get words() {
      return knownWords();
    },
    addWords: async (given) => {
      const extended = withWords(knownWords(), given);
      if (extended === words) return;
      await facts.put(WORDS_FACT, encodeWords(extended));
      words = extended;
    },
    log: tableOf(root.openDB('log', { encoder: recordValue, keyEncoder: positionKey } as object), readable),
    index: tableOf(root.openDB('index', { encoder: numberValue, keyEncoding: 'binary' } as object), readable),
    names: tableOf(root.openDB('names', { encoder: numberValue, keyEncoding: 'binary' } as object), readable),
    facts,
    close: () => {
      isClosed = true;
      return root.close();
    },
  };
}

/** lmdb takes options in the place of a version, and its types don't say so. */
const APPEND = { append: true };

/** Turns LMDB's errors into the store's. */
type ReadGuard = <Result>(read: () => Result) => Result;

function tableOf<Value, K extends Key>(tree: Database<Value, K>, readable: ReadGuard): Table<Value, K> {
  return {
    get: (key) => readable(() => tree.get(key)),
    getRange: (range) => {
      const entries = readable(() => tree.getRange(range)[Symbol.iterator]());
      const left = { next: () => readable(() => entries.next()), return: () => entries.return?.() ?? { done: true as const, value: undefined } };
      return { [Symbol.iterator]: () => left };
    },
    put: (key, value) => tree.put(key, value),
    append: (key, value) => tree.put(key, value, APPEND as unknown as number),
    remove: (key) => tree.remove(key),
  };
}

export function revisionKey(streamNumber: number, revision: number): Uint8Array {
  const key = Buffer.allocUnsafe(2 * NUMBER_BYTES + 1);
  key.writeUIntBE(streamNumber, 0, NUMBER_BYTES);
  key[NUMBER_BYTES] = KIND_REVISION;
  key.writeUIntBE(Math.min(revision, TOMBSTONE_KEY_REVISION), NUMBER_BYTES + 1, NUMBER_BYTES);
  return key;
}

export const revisionOfKey = (key: Uint8Array): number => (key as Buffer).readUIntBE(NUMBER_BYTES + 1, NUMBER_BYTES);

export const streamNumberOfKey = (key: Uint8Array): number => (key as Buffer).readUIntBE(0, NUMBER_BYTES);

export const isRevisionKey = (key: Uint8Array): boolean => key[NUMBER_BYTES] === KIND_REVISION;

export function idKey(streamNumber: number, id: Uint8Array): Uint8Array {
  const key = Buffer.allocUnsafe(NUMBER_BYTES + 1 + id.length);
  key.writeUIntBE(streamNumber, 0, NUMBER_BYTES);
  key[NUMBER_BYTES] = KIND_ID;
  key.set(id, NUMBER_BYTES + 1);
  return key;
}

export const nameKey = (stream: string): Uint8Array => Buffer.from(stream, 'utf8');
