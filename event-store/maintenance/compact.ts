/** Copying what is used into a new file, without the free pages between, and going on with that. Nothing is written meanwhile. */
import { checkFileLength, isCurrent, makeCurrent, nextDataFile, removeOtherDataFiles, syncFile } from '../storage/data-file.ts';
import type { Head } from '../storage/flushed-head.ts';
import { loadHead, openDataFile } from './integrity.ts';
import type { Log } from '../storage/stream-state.ts';
import type { Tables } from '../storage/tables.ts';

/**
 * When it fails, the log goes on in the file it had, if that is named still. If the new one is named already, what is written
 * to either could be gone at the next opening, so nothing may be written until then.
 */
export async function compact(folder: string, log: Log): Promise<Head> {
  const old = log.tables;
  const { copy, head } = await copyAndName(folder, old);
  log.tables = copy;
  await old.close();
  try {
    removeOtherDataFiles(folder, copy.file);
  } catch {
    // The log has moved already; the next opening removes what is left.
  }
  return head;
}

async function copyAndName(folder: string, old: Tables): Promise<{ readonly copy: Tables; readonly head: Head }> {
  const path = nextDataFile(folder, old.file);
  let copy: Tables | undefined;
  try {
    removeOtherDataFiles(folder, old.file); // of a copy that failed and could not be removed
    copy = await copyTo(path, old);
    const head = loadHead(copy);
    makeCurrent(folder, path); // from here on the new file is the log
    return { copy, head };
  } catch (error) {
    await copy?.close();
    if (isCurrent(old.file)) removeOtherDataFiles(folder, old.file);
    throw error;
  }
}

async function copyTo(path: string, old: Tables): Promise<Tables> {
  await old.root.backup(path, true);
  syncFile(path);
  checkFileLength(path);
  return openDataFile(path, { noSync: false });
}
