/**
 * Finds the data file in the folder and checks its length before LMDB maps it: touching a memory map beyond the end of a
 * truncated file kills the process.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  fstatSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { eventStoreError } from '../errors.ts';
import { findMissingPage } from './page-walk.ts';

const CURRENT_FILE = 'current'; // holds the name of the data file; replaced atomically
export const FIRST_DATA_FILE = 'log-1.mdb';
const DATA_FILE = /^log-(\d+)\.mdb(-lock)?$/;

// The head of an LMDB meta page, data version 2, on a 64-bit machine (`MDB_meta` in lmdb's mdb.c).
const META_MAGIC = 0xbeefc0de;
const META_MAGIC_AT = 24;
const META_PAGE_SIZE_AT = 48;
const META_ROOTS_AT = [88, 136] as const;
const META_LAST_PAGE_AT = 144;
const META_TRANSACTION_AT = 152;
const META_BYTES = 160;
const PAGE_SIZE_MIN = 4_096; // bytes

export type DataFile = { readonly path: string; readonly isNew: boolean };

/** Throws `store-corrupted` when the current data file is missing or shorter than its meta page says. */
export function findDataFile(folder: string): DataFile {
  if (!hasCurrentFile(folder)) return findFirstDataFile(folder);
  const path = currentDataFile(folder);
  if (!existsSync(path)) throw eventStoreError('store-corrupted', `The data file ${path} is missing.`);
  checkFileLength(path);
  return { path, isNew: false };
}

/** Of a store that is open. Throws `store-corrupted` where it doesn't say which. */
export function currentDataFile(folder: string): string {
  const name = readPointer(join(folder, CURRENT_FILE));
  if (!DATA_FILE.test(name)) throw eventStoreError('store-corrupted', `${join(folder, CURRENT_FILE)} should hold the name of a data file and holds "${name}".`);
  return join(folder, name);
}

/** Whether the folder has a store: nothing is acknowledged before it says which file that is. */
export const hasCurrentFile = (folder: string): boolean => existsSync(join(folder, CURRENT_FILE));

/** Whether opening the store would use this file. */
export function isCurrent(path: string): boolean {
  return readPointer(join(dirname(path), CURRENT_FILE)) === basename(path);
}

const readPointer = (pointer: string): string => readFileSync(pointer, 'utf8').trim();

/**
 * Makes this the file that is opened from now on. After a failure `isCurrent` tells whether it took effect; where it did, the
 * folder may not be flushed, and after a power cut the earlier file may be current again.
 */
export function makeCurrent(folder: string, path: string): void {
  const name = path.slice(folder.length + 1);
  const draft = join(folder, `${CURRENT_FILE}.new`);
  const file = openSync(draft, 'w');
  try {
    writeSync(file, `${name}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, join(folder, CURRENT_FILE));
  syncFolder(folder);
}

export function removeOtherDataFiles(folder: string, path: string): void {
  for (const name of readdirSync(folder)) {
    if (DATA_FILE.test(name) && !join(folder, name).startsWith(path)) rmSync(join(folder, name));
  }
}

/** The file that a compaction writes to. */
export function nextDataFile(folder: string, path: string): string {
  const generation = Number(DATA_FILE.exec(path.slice(folder.length + 1))?.[1] ?? 0);
  return join(folder, `log-${generation + 1}.mdb`);
}

export function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // folders can't be flushed there
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Nothing is acknowledged before `current` is written, so a file without it is left over from a first opening that was interrupted. */
function findFirstDataFile(folder: string): DataFile {
  const others = readdirSync(folder).filter((name) => DATA_FILE.test(name) && !name.startsWith(FIRST_DATA_FILE));
  if (others.length > 0) throw eventStoreError('store-corrupted', `The file ${join(folder, CURRENT_FILE)} is missing beside ${others.join(', ')}.`);
  const path = join(folder, FIRST_DATA_FILE);
  if (existsSync(path) && !isWhole(path)) rmSync(path);
  return { path, isNew: true };
}

function isWhole(path: string): boolean {
  try {
    checkFileLength(path);
    return true;
  } catch {
    return false;
  }
}

/** Throws `store-corrupted` when the file is truncated: when it lacks a page that is in use. */
export function checkFileLength(path: string): void {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const newest = newestMeta(file);
    if (newest === undefined) throw eventStoreError('store-corrupted', `${path} is not a data file of the event store, or its first pages are damaged.`);
    const { pageSize, lastPage, roots } = newest;
    if (size >= (lastPage + 1) * pageSize) return;
    const missing = findMissingPage({ file, pageSize, pages: Math.floor(size / pageSize) }, roots);
    if (missing === undefined) return;
    throw eventStoreError('store-corrupted', `${path} is truncated: it has ${size} bytes, and page ${missing} of ${pageSize} bytes is in use.`);
  } finally {
    closeSync(file);
  }
}

/**
 * Gives the file the length that its meta page says, so that the next opening need not search it for missing pages. For a file that is
 * closed. Where the disk refuses, nothing is lost but that time.
 */
export function extendToLastPage(path: string): void {
  try {
    const file = openSync(path, 'r+');
    try {
      const newest = newestMeta(file);
      if (newest === undefined) return;
      const length = (newest.lastPage + 1) * newest.pageSize;
      if (fstatSync(file).size < length) ftruncateSync(file, length);
    } finally {
      closeSync(file);
    }
  } catch {
    // The next opening takes longer.
  }
}

/** `roots`: of the tree of free pages and of the main tree. */
type Meta = { readonly pageSize: number; readonly lastPage: number; readonly transaction: number; readonly roots: readonly bigint[] };

function newestMeta(file: number): Meta | undefined {
  const first = readMeta(file, 0);
  const second = readMeta(file, first?.pageSize ?? PAGE_SIZE_MIN);
  if (first === undefined || second === undefined) return undefined;
  return second.transaction > first.transaction ? second : first;
}

function readMeta(file: number, at: number): Meta | undefined {
  const bytes = Buffer.alloc(META_BYTES);
  if (readSync(file, bytes, 0, META_BYTES, at) < META_BYTES || bytes.readUInt32LE(META_MAGIC_AT) !== META_MAGIC) return undefined;
  const number = (offset: number) => Number(bytes.readBigUInt64LE(offset));
  return {
    pageSize: bytes.readUInt32LE(META_PAGE_SIZE_AT),
    lastPage: number(META_LAST_PAGE_AT),
    transaction: number(META_TRANSACTION_AT),
    roots: META_ROOTS_AT.map((offset) => bytes.readBigUInt64LE(offset)),
  };
}
