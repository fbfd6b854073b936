/**
 * One process at a time: LMDB itself lets a second one in. The lock is SQLite's exclusive lock on a file of ours, which is
 * the operating system's own: taking it is atomic, and it is gone the moment its holder dies, by kill -9 too.
 */
import { DatabaseSync } from 'node:sqlite';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventStoreError } from './errors.ts';

const SQLITE_BUSY = 5;
const LOCK_FILE = 'store.lock';
const HOLDER_FILE = 'store.pid'; // only for the message; it says nothing about whether the lock is held

/** Throws `store-locked` when another process, or another store in this one, holds the folder. */
export function lockFolder(folder: string): Disposable {
  const lock = new DatabaseSync(join(folder, LOCK_FILE));
  try {
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!(error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)) throw error;
    throw eventStoreError('store-locked', `The event store in ${folder} is open already${holder(folder)}. Only one process at a time may open it.`, error);
  }
  writeFileSync(join(folder, HOLDER_FILE), `${process.pid}\n`);
  return { [Symbol.dispose]: () => lock.close() };
}

function holder(folder: string): string {
  try {
    return `, by process ${readFileSync(join(folder, HOLDER_FILE), 'utf8').trim()}`;
  } catch {
    return '';
  }
}
