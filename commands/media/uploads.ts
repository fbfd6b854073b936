/**
 * Uploads that are under way: what was announced, and the pieces that have arrived, each an object of its own that is named by where it
 * begins, in a folder of the attempt. A piece is stored where nothing has its name, so of several writers at one place one goes on and
 * the others are told; no lock is needed, and any process goes on where another was cut off.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { MediaPurpose } from '../../domain/media/media-facts.ts';
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

const purpose = z.discriminatedUnion('kind', [z.object({ kind: z.literal('audio') }), z.object({ kind: z.literal('file'), type: z.string() })]);
/** `attempt`: absent in uploads that were begun before there were any. */
const about = z.object({ owner: z.string(), bytes: z.int(), purpose: purpose.optional(), attempt: z.string().optional() });

export type Upload = {
  readonly media: MediaId;
  readonly owner: PersonId;
  readonly bytes: number;
  /** As many have arrived. */
  readonly offset: number;
  /** Names what was begun: an upload that is discarded and begun again has another, and nothing that comes late for the first is part of it. */
  readonly attempt: string;
  readonly purpose?: MediaPurpose;
};

export type Uploads = {
  /** `differs`: it was begun before, by somebody else or with another length. */
  begin(upload: Omit<Upload, 'offset' | 'attempt'>): Promise<'begun' | 'differs'>;
  /** Undefined where none was begun, or it was discarded. */
  find(media: MediaId): Promise<Upload | undefined>;
  /** `conflict`: another piece begins there. `full`: there are too many pieces. */
  append(to: Pick<Upload, 'media' | 'offset' | 'attempt'>, bytes: Uint8Array): Promise<'appended' | 'conflict' | 'full'>;
  /** Writes all that has arrived into a file. */
  readInto(file: string, media: MediaId): Promise<void>;
  /** Begun or not; repeating it changes nothing. */
  discard(media: MediaId): Promise<void>;
};

export function createUploads({ store }: { readonly store: MediaStore }): Uploads {
  const folderOf = (media: MediaId) => `${UPLOADS}/${media}`;
  const aboutOf = (media: MediaId) => `${folderOf(media)}/${ABOUT}`;
  const piecesFolderOf = (media: MediaId, attempt: string) => (attempt === '' ? folderOf(media) : `${folderOf(media)}/${attempt}`);
  const pieceOf = (media: MediaId, attempt: string, offset: number) => `${piecesFolderOf(media, attempt)}/${String(offset).padStart(OFFSET_DIGITS, '0')}`;
  /** Those that follow one another from the beginning on. */
  const piecesOf = async (media: MediaId, attempt: string): Promise<{ readonly keys: readonly string[]; readonly offset: number }> => {
    const keys: string[] = [];
    let offset = 0;
    for (const { key, bytes } of await store.list(piecesFolderOf(media, attempt))) {
      if (key !== pieceOf(media, attempt, offset)) continue;
      keys.push(key);
      offset += bytes;
    }
    return { keys, offset };
  };

  const find = async (media: MediaId): Promise<Upload | undefined> => {
    const found = await store.read(aboutOf(media));
    if (found === undefined) return undefined;
    const { owner, bytes, purpose, attempt = '' } = about.parse(JSON.parse(await text(found.stream)));
    const { offset } = await piecesOf(media, attempt);
    return { media, owner: owner as PersonId, bytes, offset, attempt, ...(purpose !== undefined && { purpose }) };
  };

  return {
    begin: async ({ media, owner, bytes, purpose }) => {
      const stored = await store.put(aboutOf(media), new TextEncoder().encode(JSON.stringify({ owner, bytes, purpose, attempt: randomUUID() })));
      if (stored === 'stored') return 'begun';
      const before = await find(media);
      return before?.owner === owner && before.bytes === bytes ? 'begun' : 'differs';
    },
    find,
    append: async ({ media, offset, attempt }, bytes) => {
      if (offset > 0 && (await piecesOf(media, attempt)).keys.length >= PIECES_MAX) return 'full';
      return (await store.put(pieceOf(media, attempt, offset), bytes)) === 'stored' ? 'appended' : 'conflict';
    },
    readInto: async (file, media) => {
      const found = await find(media);
      const { keys } = found === undefined ? { keys: [] } : await piecesOf(media, found.attempt);
      await pipeline(Readable.from(bytesOf(store, keys)), createWriteStream(file));
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
