/**
 * Reads a Mastodon archive without unpacking it: nothing is written to a disk, so no name in it leads anywhere, and what is read is
 * bounded, whatever the archive claims of itself.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl';
import { CliFailure, EXIT } from '../../failure.ts';

const MIB_BYTES = 1_024 * 1_024;
const ENTRIES_MAX = 1_000_000;
/** Of `outbox.json`, unpacked: some millions of posts. */
const OUTBOX_BYTES_MAX = 4_096 * MIB_BYTES;
/** Text is seldom packed to less than a twentieth of itself; what unpacks to a thousand times as much is there to fill a memory or a disk. */
const RATIO_MAX = 200;
/** Below it no ratio is judged: a short file of one character is well packed. */
const RATIO_FROM_BYTES = MIB_BYTES;

const OUTBOX = 'outbox.json';
const MEDIA_FOLDER = 'media_attachments/';

export type Archive = AsyncDisposable & {
  /** Its bytes, from the start at each call. */
  outbox(): AsyncIterable<Uint8Array>;
  /** The bytes of a file that a post names; undefined where the archive has none, and `too-large` where it is longer than `bytesMax`. */
  media(path: string, bytesMax: number): Promise<Uint8Array | 'too-large' | undefined>;
};

/** Throws `CliFailure`: it can't be read, is no archive of Mastodon, or isn't what it claims. */
export async function openArchive(path: string): Promise<Archive> {
  await using opening = new AsyncDisposableStack();
  const file = opening.adopt(await opened(path), (handle) => handle.close());
  const zip = await fromFdPromise(file.fd, { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: false }).catch((error: unknown) =>
    fault(path, `is no ZIP archive: ${messageOf(error)}`),
  );
  const entries = await entriesOf(zip, path);
  const outbox = entries.get(OUTBOX) ?? fault(path, `has no ${OUTBOX}: it is no archive of Mastodon. Ask for one under 'Import and export'.`);
  if (outbox.uncompressedSize > OUTBOX_BYTES_MAX) fault(path, `has an ${OUTBOX} of more than ${OUTBOX_BYTES_MAX / MIB_BYTES} MiB.`);
  const inUse = opening.move();
  return {
    outbox: () => bytesOf(zip, outbox, path),
    media: async (name, bytesMax) => {
      const entry = entries.get(name);
      if (entry === undefined || !name.startsWith(MEDIA_FOLDER)) return undefined;
      if (entry.uncompressedSize > bytesMax) return 'too-large';
      return buffer(bytesOf(zip, entry, path));
    },
    [Symbol.asyncDispose]: () => inUse[Symbol.asyncDispose](),
  };
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    return fault(path, `can’t be read: ${messageOf(error)}`);
  }
}

/** Those that an import reads. Names with `..`, or from the root of a disk, end it: no archive of Mastodon has one. */
async function entriesOf(zip: ZipFile, path: string): Promise<ReadonlyMap<string, Entry>> {
  if (zip.entryCount > ENTRIES_MAX) fault(path, `has more than ${ENTRIES_MAX} files in it.`);
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      const { fileName } = entry;
      if (fileName === OUTBOX || fileName.startsWith(MEDIA_FOLDER)) entries.set(fileName, entry);
    }
  } catch (error) {
    fault(path, `can’t be read: ${messageOf(error)}`);
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
    fault(path, `: ${entry.fileName} can’t be read: ${messageOf(error)}`);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function fault(path: string, what: string): never {
  throw new CliFailure(EXIT.usage, `${path}${what.startsWith(':') ? '' : ' '}${what}`);
}
