/** Folders in which something was prepared, and that a process left behind which was ended meanwhile: what people sent is in them as it came. */
import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS } from '../../domain/shared/instant.ts';

/** All of them begin so; processes on one machine may share the place. */
export const PREPARING_FOLDER = 'tidings-media-';
/** Much longer than preparing may take. */
const LEFT_BEHIND_AFTER_MS = HOUR_MS;

/** Leaves what can't be removed. Files have the time of the machine. */
export async function removeLeftBehind(place: string = tmpdir()): Promise<void> {
  const names = await readdir(place).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(PREPARING_FOLDER))) {
    const folder = join(place, name);
    const found = await stat(folder).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > LEFT_BEHIND_AFTER_MS) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
