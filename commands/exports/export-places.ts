/** Under which keys the store of media has the parts of an export: keyed hashes, as of all media, so that they tell nothing and can't be made up. */
import { createHmac } from 'node:crypto';
import { EXPORTS } from '../../domain/exports/place.ts';
import type { ObjectKey } from '../../domain/media/media-facts.ts';
import type { ExportId } from '../../domain/shared/ids.ts';

const hashOf = (secret: Uint8Array, text: string) => createHmac('sha256', secret).update(text).digest('base64url');

const folderNameOf = (secret: Uint8Array, id: ExportId) => hashOf(secret, `export\n${id}`);

/** `iv` is drawn anew for each attempt at a part, so that no two of them have one key. */
export const partKeyOf = (secret: Uint8Array, { id, part, iv }: { readonly id: ExportId; readonly part: number; readonly iv: string }): ObjectKey =>
  `${folderNameOf(secret, id)}/${hashOf(secret, `part\n${id}\n${part}\n${iv}`)}` as ObjectKey;

/** Everything that was ever stored of it, whatever the log knows. */
export const partPlacesOf = (secret: Uint8Array, id: ExportId): string => `${EXPORTS}/${folderNameOf(secret, id)}`;
