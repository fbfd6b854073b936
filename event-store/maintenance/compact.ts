/** Compaction: copies the used pages into a new file and switches to it. Nothing else writes meanwhile. */
import { checkFileLength, isCurrent, makeCurrent, nextDataFile, removeOtherDataFiles, syncFile } from '../storage/data-file.ts';
import type { Head } from '../storage/head-record.ts';
import { loadHead, openDataFile } from './integrity.ts';
import type { Log } from '../storage/log.ts';
import type { Tables } from '../storage/tables.ts';

/**
 * After a failure the log stays in its old file, where that is still current. Where the new file already is, a write to either
 * could be lost at the next opening, so the store must refuse writes until then.
 */
export async function compact(folder: string, log: Log): Promise<Head> {
  const old = log.tables;
  const { copy, head } = await copyAndName(folder, old);
  log.tables = copy;
  await old.close();
  try {
    removeOtherDataFiles(folder, copy.file);
  } catch {
    // The log has already moved; the next opening removes what is left.
  }
  return head;
}

async function copyAndName(folder: string, old: Tables): Promise<{ readonly copy: Tables; readonly head: Head }> {
  const path = nextDataFile(folder, old.file);
  let copy: Tables | undefined;
  try {
    removeOtherDataFiles(folder, old.file); // left over from a failed compaction
    copy = await copyTo(path, old);
    const head = loadHead(copy);
    makeCurrent(folder, path); // from here on the new file is current
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
