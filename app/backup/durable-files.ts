/** Files of a backup: written whole or not at all, flushed, for their owner alone. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

const OWNER_ONLY = 0o600;
export const FOLDER_OWNER_ONLY = 0o700;
/** A log on the same disk waits for what is flushed before it. */
const UNFLUSHED_BYTES_MAX = 2 * 1_048_576;
/** Behind the name of a file that isn't whole yet. */
export const ARRIVING = '.arriving';

export type WrittenFile = { readonly bytes: number; readonly sha256: string };

/** Adds to the file; each write is in its checksum. */
export type ArrivingFile = { readonly write: (bytes: Uint8Array) => Promise<void> };

/** The file is there, flushed, when this resolves, and takes the place of one with its name; where `fill` throws, nothing has changed. */
export async function writeWhole(path: string, fill: (file: ArrivingFile) => Promise<void>): Promise<WrittenFile> {
  const arriving = path + ARRIVING;
  await mkdir(dirname(path), { recursive: true, mode: FOLDER_OWNER_ONLY });
  const sum: Hash = createHash('sha256');
  let bytes = 0;
  let unflushed = 0;
  try {
    await using file: FileHandle = await open(arriving, 'w', OWNER_ONLY);
    await fill({
      write: async (chunk) => {
        sum.update(chunk);
        bytes += chunk.length;
        await file.writeFile(chunk);
        unflushed += chunk.length;
        if (unflushed < UNFLUSHED_BYTES_MAX) return;
        await file.datasync();
        unflushed = 0;
      },
    });
    await file.sync();
  } catch (error) {
    await rm(arriving, { force: true });
    throw error;
  }
  await rename(arriving, path);
  await flushFolder(dirname(path));
  return { bytes, sha256: sum.digest('hex') };
}

export async function flushFolder(folder: string): Promise<void> {
  await using opened = await open(folder, 'r');
  await opened.sync();
}

/** Of the bytes as they are read. Undefined where there is no such file. */
export async function sumOfFile(path: string): Promise<WrittenFile | undefined> {
  if ((await sizeOf(path)) === undefined) return undefined;
  const sum = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    sum.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: sum.digest('hex') };
}

/** The name of a file that takes the place of another one, which stays until it does. */
export const otherFile = (name: string, before: { readonly file: string } | undefined): string =>
  before?.file === `${name}-1.ndjson` ? `${name}-2.ndjson` : `${name}-1.ndjson`;

/** Undefined where there is no such file. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
