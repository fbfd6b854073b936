/** One at a time has a backup open: a run that adds to it takes away what the one before had. */
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isLockTaken, LOCK_FILE, takeLock } from '../data-folder.ts';
import { FOLDER_OWNER_ONLY } from './durable-files.ts';
import { BackupFailed, ERASED_LIST_FILE, LOG_FOLDER, MANIFEST_FILE } from './manifest.ts';

/** Throws `BackupFailed`, also where the folder has something else in it. */
export async function lockBackup(folder: string): Promise<Disposable> {
  try {
    await mkdir(folder, { recursive: true, mode: FOLDER_OWNER_ONLY });
    const others = (await readdir(folder)).filter((name) => !OURS.test(name));
    if (others.length > 0 && !others.includes(MANIFEST_FILE)) throw new BackupFailed(`${folder} isn’t empty and has no backup: name another folder.`);
    const lock = takeLock(join(folder, LOCK_FILE));
    return { [Symbol.dispose]: () => lock.close() };
  } catch (error) {
    if (error instanceof BackupFailed) throw error;
    if (isLockTaken(error)) throw beingWritten(folder, error);
    throw new BackupFailed(`${resolve(folder)} can’t be written: ${String(error)}`, { cause: error });
  }
}

/** Of a first run that was interrupted, or a list from before. */
const OURS = new RegExp(
  `^(lock(-journal)?|${LOG_FOLDER}|media|${ERASED_LIST_FILE.replace('.', String.raw`\.`)}|(media|vault)-[12]\\.ndjson(\\.arriving)?|${MANIFEST_FILE}\\.arriving)$`,
);

const UNLOCKED: Disposable = { [Symbol.dispose]: () => undefined };

/** Nobody adds to a backup that can't be written, as on a disk that is mounted for reading. */
export function lockForReading(folder: string): Disposable {
  if (!existsSync(join(folder, MANIFEST_FILE))) return UNLOCKED;
  try {
    const lock = takeLock(join(folder, LOCK_FILE));
    return { [Symbol.dispose]: () => lock.close() };
  } catch (error) {
    if (isLockTaken(error)) throw beingWritten(folder, error);
    return UNLOCKED;
  }
}

const beingWritten = (folder: string, cause: unknown) => new BackupFailed(`Another backup or restore has ${folder} open.`, { cause });
