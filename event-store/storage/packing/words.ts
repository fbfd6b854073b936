/**
 * Words that events have in common: names of fields, and types. Each is kept once in the store, and its number stands for it in the
 * records. The list only grows, when the store is opened, so that a number means the same for ever.
 */
import { crc32c } from '../crc32c.ts';
import { eventStoreError } from '../../errors.ts';

export const WORDS_MAX = 4_096;
export const WORD_BYTES_MAX = 64;
export const WORDS_FACT = 'words'; // their key among the facts

const QUOTE = 0x22;
const COLON = 0x3a;
const NAME_CHARACTER = /[$A-Za-z0-9_-]/;
const IS_NAME_CHARACTER = Uint8Array.from({ length: 256 }, (_, code) => Number(code < 128 && NAME_CHARACTER.test(String.fromCharCode(code))));

export type Words = {
  readonly all: readonly string[];
  /** As they stand in JSON before a value: `"name":`. */
  readonly names: readonly Uint8Array[];
  readonly numberOf: ReadonlyMap<string, number>;
  /** By a hash of the word's bytes; of two words with the same hash only the first is found. */
  readonly byHash: ReadonlyMap<number, number>;
};

export function wordsOf(all: readonly string[]): Words {
  const byHash = new Map<number, number>();
  const names = all.map((word) => Buffer.from(`"${word}":`));
  names.forEach((name, number) => {
    let hash = 0;
    for (let at = 1; at < name.length - 2; at++) hash = nextHash(hash, name[at]!);
    if (!byHash.has(hash)) byHash.set(hash, number);
  });
  return { all, names, numberOf: new Map(all.map((word, number) => [word, number])), byHash };
}

export const NO_WORDS: Words = wordsOf([]);

/** The known words with the new ones after them, as many as there may be; the same object where there is no new one. */
export function withWords(known: Words, given: readonly string[]): Words {
  const added = new Set(given.filter((word) => !known.numberOf.has(word) && isWord(word)));
  const all = [...known.all, ...added].slice(0, WORDS_MAX);
  return all.length === known.all.length ? known : wordsOf(all);
}

const isWord = (word: string): boolean => word.length > 0 && word.length <= WORD_BYTES_MAX && /^[\x21-\x7e]+$/.test(word);

/** The number of the word that stands as the name of a field at `start`, where a quotation mark is; -1 for any other text. */
export function findName(words: Words, source: Uint8Array, start: number, end: number): number {
  let hash = 0;
  let at = start + 1;
  for (; at < end && IS_NAME_CHARACTER[source[at]!] === 1; at++) hash = nextHash(hash, source[at]!);
  if (at + 1 >= end || source[at] !== QUOTE || source[at + 1] !== COLON) return -1;
  const number = words.byHash.get(hash);
  if (number === undefined) return -1;
  const name = words.names[number]!;
  if (name.length !== at + 2 - start) return -1;
  for (let offset = 1; offset < name.length - 2; offset++) if (name[offset] !== source[start + offset]) return -1;
  return number;
}

const nextHash = (hash: number, byte: number): number => (Math.imul(hash, 31) + byte) | 0;

export function encodeWords({ all }: Words): Buffer {
  const bytes = Buffer.from(`    ${JSON.stringify(all)}`);
  bytes.writeUInt32LE(crc32c(bytes, 4, bytes.length), 0);
  return bytes;
}

/** Throws `store-corrupted`: without its words the log can't be read. */
export function decodeWords(stored: Buffer | undefined): Words {
  if (stored === undefined) return NO_WORDS;
  if (stored.length < 4 || stored.readUInt32LE(0) !== crc32c(stored, 4, stored.length)) {
    throw eventStoreError('store-corrupted', 'The list of words, without which events can’t be read, is damaged.');
  }
  return wordsOf(JSON.parse(stored.toString('utf8', 4)) as readonly string[]);
}
