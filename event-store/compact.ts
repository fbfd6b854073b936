/** Copying what is used into a new file, without the free pages between, and going on with that. Nothing is written meanwhile. */
import { rmSync } from 'node:fs';
import { checkLength, nameDataFile, nextDataFile, removeOtherDataFiles, syncFile } from './data-file.ts';
import type { Head } from './head.ts';
import { loadHead, openWhole } from './integrity.ts';
import type { Log } from './stream-state.ts';
import type { Tables } from './tables.ts';

/** When it fails, the log goes on in the file it had. */
export async function compact(folder: string, log: Log): Promise<Head> {
  const old = log.tables;
  const path = nextDataFile(folder, old.file);
  const tables = await copyTo(path, old);
  const head = loadHead(tables);
  nameDataFile(folder, path); // from here on the new file is the log
  log.tables = tables;
  await old.close();
  removeOtherDataFiles(folder, path);
  return head;
}

async function copyTo(path: string, old: Tables): Promise<Tables> {
  rmSync(path, { force: true });
  try {
    await old.root.backup(path, true);
    syncFile(path);
    checkLength(path);
    return openWhole(path, { noSync: false });
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}
