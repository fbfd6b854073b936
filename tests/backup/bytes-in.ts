import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** All that the files of a folder say, byte by byte. */
export const bytesIn = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
