/**
 * Lets one process at a time open a folder, which LMDB alone does not ensure. The lock is SQLite's exclusive lock on a separate
 * file, which is a lock of the operating system: taking it is atomic, and it ends when its holder dies, by kill -9 too.
 */
import { DatabaseSync } from 'node:sqlite';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventStoreError } from './errors.ts';

const SQLITE_BUSY = 5;
const LOCK_FILE = 'store.lock';
const HOLDER_FILE = 'store.pid'; // for the error message only; it does not show whether the lock is held

/** Throws `store-locked` while another process, or another store in this process, holds the folder. */
export function lockFolder(folder: string): Disposable {
  const lock = new DatabaseSync(join(folder, LOCK_FILE));
  try {
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!(error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)) throw error;
    throw eventStoreError(
      'store-locked',
      `The event store in ${folder} is already open${holder(folder)}. Only one process at a time can open it; stop the other one first.`,
      error,
    );
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
