/**
 * Under which keys the store has what was made of an upload: a folder for each media, and in it one object for each variant. Both
 * names are keyed hashes, of the media's id and of the bytes with it, so that a key tells nothing and can't be made up.
 */
import { createHmac } from 'node:crypto';
import type { ObjectKey } from '../../domain/media/media-facts.ts';
import { OBJECTS } from '../../domain/media/object-place.ts';
import type { MediaId } from '../../domain/shared/ids.ts';

const hashOf = (secret: Uint8Array, text: string) => createHmac('sha256', secret).update(text).digest('base64url');

const folderNameOf = (secret: Uint8Array, media: MediaId) => hashOf(secret, `media\n${media}`);

/** `digest`: of the bytes, so that nothing is ever stored over something else. */
export const objectKeyOf = (secret: Uint8Array, { media, digest }: { readonly media: MediaId; readonly digest: string }): ObjectKey =>
  `${folderNameOf(secret, media)}/${hashOf(secret, `object\n${media}\n${digest}`)}` as ObjectKey;

/** Everything that was ever made of one upload, whatever the log knows of it. */
export const placesOf = (secret: Uint8Array, media: MediaId): string => `${OBJECTS}/${folderNameOf(secret, media)}`;
