/**
 * Uploads that are under way: what was announced, and the pieces that have arrived, each an object of its own that is named by where it
 * begins. A piece is stored where nothing has its name, so of several writers at one place one goes on and the others are told; no
 * lock is needed, and any process goes on where another was cut off.
 */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { MediaId, PersonId } from '../../domain/shared/ids.ts';
import { LISTED_MAX, MediaUnavailable, REMOVED_AT_ONCE_MAX, type MediaStore } from '../../ports/media/port.ts';

export const UPLOADS = 'uploads';
/** Held in memory while it arrives. */
export const PIECE_BYTES_MAX = 2 * 1_024 * 1_024;
/** One list of the store has all of them; a client that sends byte by byte is ended. */
export const PIECES_MAX = LISTED_MAX - 1;
const OFFSET_DIGITS = 15;
/** Behind all digits in order. */
const ABOUT = 'about';

const about = z.object({ owner: z.string(), bytes: z.int() });

export type Upload = { readonly media: MediaId; readonly owner: PersonId; readonly bytes: number; /** As many have arrived. */ readonly offset: number };

export type Uploads = {
  /** `differs`: it was begun before, by somebody else or with another length. */
  begin(upload: Omit<Upload, 'offset'>): Promise<'begun' | 'differs'>;
  /** Undefined where none was begun, or it was discarded. */
  find(media: MediaId): Promise<Upload | undefined>;
  /** `conflict`: another piece begins there. `full`: there are too many pieces. */
  append(to: { readonly media: MediaId; readonly offset: number }, bytes: Uint8Array): Promise<'appended' | 'conflict' | 'full'>;
  /** Writes all that has arrived into a file. */
  readInto(file: string, media: MediaId): Promise<void>;
  /** Begun or not; repeating it changes nothing. */
  discard(media: MediaId): Promise<void>;
};

export function createUploads({ store }: { readonly store: MediaStore }): Uploads {
  const folderOf = (media: MediaId) => `${UPLOADS}/${media}`;
  const aboutOf = (media: MediaId) => `${folderOf(media)}/${ABOUT}`;
  const piecesOf = async (media: MediaId) => (await store.list(folderOf(media))).filter(({ key }) => key !== aboutOf(media));

  const find = async (media: MediaId): Promise<Upload | undefined> => {
    const [found, pieces] = await Promise.all([store.read(aboutOf(media)), piecesOf(media)]);
    if (found === undefined) return undefined;
    const { owner, bytes } = about.parse(JSON.parse(await text(found.stream)));
    return { media, owner: owner as PersonId, bytes, offset: pieces.reduce((sum, piece) => sum + piece.bytes, 0) };
  };

  return {
    begin: async ({ media, owner, bytes }) => {
      const stored = await store.put(aboutOf(media), new TextEncoder().encode(JSON.stringify({ owner, bytes })));
      if (stored === 'stored') return 'begun';
      const before = await find(media);
      return before?.owner === owner && before.bytes === bytes ? 'begun' : 'differs';
    },
    find,
    append: async ({ media, offset }, bytes) => {
      if (offset > 0 && (await piecesOf(media)).length >= PIECES_MAX) return 'full';
      const name = String(offset).padStart(OFFSET_DIGITS, '0');
      return (await store.put(`${folderOf(media)}/${name}`, bytes)) === 'stored' ? 'appended' : 'conflict';
    },
    readInto: async (file, media) => {
      const pieces = await piecesOf(media);
      await pipeline(
        Readable.from(
          bytesOf(
            store,
            pieces.map(({ key }) => key),
          ),
        ),
        createWriteStream(file),
      );
    },
    discard: async (media) => {
      for (;;) {
        const keys = (await store.list(folderOf(media), { limit: REMOVED_AT_ONCE_MAX })).map(({ key }) => key);
        if (keys.length === 0) return;
        // Without it nobody finds the upload any more: whatever else is left when this is interrupted, a sweep removes.
        await store.remove(keys);
      }
    },
  };
}

async function* bytesOf(store: MediaStore, keys: readonly string[]): AsyncIterable<Buffer> {
  for (const key of keys) {
    const found = await store.read(key);
    if (found === undefined) throw new MediaUnavailable('A piece of an upload was removed while it was read.');
    yield* found.stream as AsyncIterable<Buffer>;
  }
}
