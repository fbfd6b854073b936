/**
 * Reads a ZIP archive without unpacking it: nothing is written to a disk, so no name in it leads anywhere, and what is read is bounded,
 * whatever the archive claims of itself.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl';
import { CliFailure, EXIT } from '../failure.ts';

export const MIB_BYTES = 1_024 * 1_024;
const ENTRIES_MAX = 1_000_000;
/** Text is seldom packed to less than a twentieth of itself; what unpacks to a thousand times as much is there to fill a memory or a disk. */
const RATIO_MAX = 200;
/** Below it no ratio is judged: a short file of one character is well packed. */
const RATIO_FROM_BYTES = MIB_BYTES;

export type ZipArchive = AsyncDisposable & {
  /** Of the files that were asked for, in the order of the archive. */
  readonly names: readonly string[];
  /** As it claims, unpacked; undefined where there is no such file. */
  bytesOf(name: string): number | undefined;
  /** From the start at each call. Throws `CliFailure` where there is no such file. */
  read(name: string): AsyncIterable<Uint8Array>;
};

/** `isWanted`: whether a file of this name is read. Throws `CliFailure`: it can't be read, or isn't what it claims. */
export async function openZip(path: string, isWanted: (name: string) => boolean): Promise<ZipArchive> {
  await using opening = new AsyncDisposableStack();
  const file = opening.adopt(await opened(path), (handle) => handle.close());
  const zip = await fromFdPromise(file.fd, { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: false }).catch((error: unknown) =>
    archiveFault(path, `is no ZIP archive: ${messageOf(error)}`),
  );
  const entries = await entriesOf(zip, path, isWanted);
  const inUse = opening.move();
  return {
    names: [...entries.keys()],
    bytesOf: (name) => entries.get(name)?.uncompressedSize,
    read: (name) => bytesOf(zip, entries.get(name) ?? archiveFault(path, `has no ${name}.`), path),
    [Symbol.asyncDispose]: () => inUse[Symbol.asyncDispose](),
  };
}

export function archiveFault(path: string, what: string): never {
  throw new CliFailure(EXIT.usage, `${path}${what.startsWith(':') ? '' : ' '}${what}`);
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    return archiveFault(path, `can’t be read: ${messageOf(error)}`);
  }
}

/** Names with `..`, or from the root of a disk, end it: no honest archive has one. */
async function entriesOf(zip: ZipFile, path: string, isWanted: (name: string) => boolean): Promise<ReadonlyMap<string, Entry>> {
  if (zip.entryCount > ENTRIES_MAX) archiveFault(path, `has more than ${ENTRIES_MAX} files in it.`);
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) if (isWanted(entry.fileName)) entries.set(entry.fileName, entry);
  } catch (error) {
    archiveFault(path, `can’t be read: ${messageOf(error)}`);
  }
  return entries;
}

/** As they come from the disk, never more than the entry declares, and never out of proportion to what it takes there. */
async function* bytesOf(zip: ZipFile, entry: Entry, path: string): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  try {
    if (entry.isEncrypted()) throw new Error('it is encrypted.');
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > RATIO_FROM_BYTES && bytes > entry.compressedSize * RATIO_MAX)
        throw new Error(`it unpacks to more than ${RATIO_MAX} times its size, so it isn’t what it claims to be.`);
      yield chunk as Uint8Array;
    }
  } catch (error) {
    archiveFault(path, `: ${entry.fileName} can’t be read: ${messageOf(error)}`);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
