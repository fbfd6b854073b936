/** Pictures of one's own, as a client has uploaded them and the workers have prepared them. */
import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import type { MediaPurpose } from '../../domain/media/media-facts.ts';
import type { MediaId } from '../../domain/shared/ids.ts';
import type { LoggedInPerson, ReadApiFixture } from '../test-fixture.ts';

/** A JPEG of 640 × 480 pixels. */
export const picture = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 640, height: 480, channels: 3, background } })
    .jpeg()
    .toBuffer();

/** Begins and ends an upload, and waits until the workers have prepared it. */
export async function upload(
  { work }: ReadApiFixture,
  { person: owner }: LoggedInPerson,
  bytes: Uint8Array,
  options: { readonly purpose?: MediaPurpose } = {},
): Promise<MediaId> {
  const media = randomUUID() as MediaId;
  await work.uploads.begin({ media, owner, bytes: bytes.length, ...options });
  const begun = await work.uploads.find(media);
  if (begun !== undefined) await work.uploads.append(begun, bytes);
  await work.commands.endUpload({ media, owner, bytes: bytes.length }, work.by(owner));
  await work.advanceUntil(async () => (await work.views.get('media', media))?.status !== 'uploaded');
  return media;
}
