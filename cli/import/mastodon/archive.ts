/** What an import reads of a Mastodon archive. */
import { buffer } from 'node:stream/consumers';
import { archiveFault, MIB_BYTES, openZip } from '../zip-archive.ts';

/** Of `outbox.json`, unpacked: some millions of posts. */
const OUTBOX_BYTES_MAX = 4_096 * MIB_BYTES;

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
  const zip = opening.use(await openZip(path, (name) => name === OUTBOX || name.startsWith(MEDIA_FOLDER)));
  const bytes = zip.bytesOf(OUTBOX) ?? archiveFault(path, `has no ${OUTBOX}: it is no archive of Mastodon. Ask for one under 'Import and export'.`);
  if (bytes > OUTBOX_BYTES_MAX) archiveFault(path, `has an ${OUTBOX} of more than ${OUTBOX_BYTES_MAX / MIB_BYTES} MiB.`);
  const inUse = opening.move();
  return {
    outbox: () => zip.read(OUTBOX),
    media: async (name, bytesMax) => {
      const size = zip.bytesOf(name);
      if (size === undefined || !name.startsWith(MEDIA_FOLDER)) return undefined;
      return size > bytesMax ? 'too-large' : buffer(zip.read(name));
    },
    [Symbol.asyncDispose]: () => inUse[Symbol.asyncDispose](),
  };
}
