/** Which folder is in which, however links name them. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { isMissing } from '../backup/durable-files.ts';

/** Without links; of what isn't there yet, where it would be. */
export async function realPathOf(path: string): Promise<string> {
  const whole = resolve(path);
  try {
    return await realpath(whole);
  } catch (error) {
    const parent = dirname(whole);
    if (!isMissing(error) || parent === whole) throw error;
    return join(await realPathOf(parent), basename(whole));
  }
}

/** Whether it is that folder, or below it; both are absolute paths. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}
