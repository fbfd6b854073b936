/**
 * The store of media: bytes under keys, never changed once they are there. What they are and who may read them is the caller's to
 * know; a key is nothing that a client ever sees. Uploads that are under way are kept here as well, piece by piece, so that any process
 * goes on with one that another began.
 */
import type { Readable } from 'node:stream';
import { Outage } from '../outage.ts';

/** The store can't be reached, doesn't answer in time, or has no room. What was to be stored or removed may or may not have been. */
export class MediaUnavailable extends Outage {
  override readonly name = 'MediaUnavailable';
}

/** Parts of letters, digits, `-` and `_`, with `/` between them. */
export const MEDIA_KEY = /^[\w-]{1,64}(\/[\w-]{1,64}){0,3}$/;
/** Of one call of `list`. */
export const LISTED_MAX = 1_000;
/** Of one call of `remove`. */
export const REMOVED_AT_ONCE_MAX = 1_000;

/** Bytes in memory, or a file of this machine that nobody changes meanwhile. */
export type MediaBytes = Uint8Array | { readonly file: string; readonly bytes: number };

/** Both inclusive, as in HTTP; `to` may lie beyond the end. */
export type ByteRange = { readonly from: number; readonly to: number };

/** `bytes`: of the whole, whatever part the stream has. Whoever asked reads the stream to its end, or destroys it. */
export type StoredMedia = { readonly bytes: number; readonly stream: Readable };

/** `storedMs`: milliseconds since 1970, by the store's clock. */
export type ListedMedia = { readonly key: string; readonly bytes: number; readonly storedMs: number };

/** Whatever is asked of it may be answered with `MediaUnavailable`; a stream that was handed out may fail with it as well. */
export type MediaStore = AsyncDisposable & {
  /**
   * Stores them whole and durably, or not at all, and only where nothing has the key: of several callers at once, in whatever
   * processes, one is answered `stored` and the others `exists`.
   */
  put(key: string, bytes: MediaBytes): Promise<'stored' | 'exists'>;
  /** All of it, or a range that begins within it; undefined where nothing has the key. Throws `RangeError` for a range that begins beyond the end. */
  read(key: string, range?: ByteRange): Promise<StoredMedia | undefined>;
  /** Those that aren't there are left out. At most `REMOVED_AT_ONCE_MAX`. */
  remove(keys: readonly string[]): Promise<void>;
  /** What stands below the folder with this name, in the order of its keys, from behind `after` on; at most `LISTED_MAX`. Whatever was stored before is among them. */
  list(folder: string, options?: { readonly after?: string; readonly limit?: number }): Promise<readonly ListedMedia[]>;
};

/** Throws on a key that no adapter takes: it is a fault of the caller. */
export function checkKey(key: string): void {
  if (!MEDIA_KEY.test(key)) throw new Error(`${JSON.stringify(key)} is no key of media.`);
}

export function checkRemove(keys: readonly string[]): void {
  if (keys.length > REMOVED_AT_ONCE_MAX) throw new RangeError(`${keys.length} objects are more than ${REMOVED_AT_ONCE_MAX}, which can be removed at once.`);
  keys.forEach(checkKey);
}

export function checkList(
  folder: string,
  { after, limit = LISTED_MAX }: { readonly after?: string; readonly limit?: number } = {},
): {
  readonly after: string | undefined;
  readonly limit: number;
} {
  if (limit > LISTED_MAX) throw new RangeError(`${limit} objects are more than ${LISTED_MAX}, which can be listed at once.`);
  checkKey(folder);
  if (after !== undefined) checkKey(after);
  return { after, limit };
}
