/**
 * Copies what is new in the folder of media into a backup, and takes out of it what is gone: what was deleted or erased is not to come
 * back. An object is never changed, so one that is listed and has its length is there. The list has a line for each.
 */
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { MEDIA_KEY } from '../../ports/media/port.ts';
import { FOLDER_OWNER_ONLY, isMissing, otherFile, sizeOf, writeWhole, type WrittenFile } from './durable-files.ts';
import { BackupFailed, MEDIA_FOLDER, type Complete } from './manifest.ts';
import type { Pace } from './pace.ts';

const mediaObject = z.object({ key: z.string().regex(/^[\w-]+(\/[\w-]+)*$/), bytes: z.number().int().min(0), sha256: z.hex() });
export type MediaObject = z.infer<typeof mediaObject>;

export type CopyMediaOptions = {
  readonly folder: string;
  readonly before: Complete['media'];
  readonly pace: Pace;
  readonly onCopied: (copied: { readonly objects: number }) => void;
};

export async function copyMediaInto(source: string, { folder, before, pace, onCopied }: CopyMediaOptions): Promise<NonNullable<Complete['media']>> {
  const to = join(folder, MEDIA_FOLDER);
  await mkdir(to, { recursive: true, mode: FOLDER_OWNER_ONLY });
  const known = new Map<string, MediaObject>();
  if (before !== undefined) for await (const one of mediaObjectsIn(folder, before)) known.set(one.key, one);
  const file = otherFile('media', before);
  let objects = 0;
  const written = await writeWhole(join(folder, file), async ({ write }) => {
    for await (const key of keysBelow(source)) {
      if (!MEDIA_KEY.test(key)) continue; // somebody else's file, which no list of media can name
      const copied = (await keptCopy(to, known.get(key))) ?? (await copyFile(join(source, key), join(to, key)));
      if (copied === undefined) continue; // removed since
      objects += 1;
      await write(Buffer.from(`${JSON.stringify({ key, bytes: copied.bytes, sha256: copied.sha256 })}\n`));
      onCopied({ objects });
      if (copied !== known.get(key)) await pace(copied.bytes);
    }
  });
  return { file, ...written, objects };
}

/** Once the manifest names the list. */
export async function removeUnlisted(folder: string, list: NonNullable<Complete['media']>): Promise<void> {
  const listed = new Set<string>();
  for await (const { key } of mediaObjectsIn(folder, list)) listed.add(key);
  for await (const key of keysBelow(join(folder, MEDIA_FOLDER))) if (!listed.has(key)) await rm(join(folder, MEDIA_FOLDER, key), { force: true });
}

async function keptCopy(to: string, known: MediaObject | undefined): Promise<MediaObject | undefined> {
  return known !== undefined && (await sizeOf(join(to, known.key))) === known.bytes ? known : undefined;
}

/** Undefined where it is gone. */
export async function copyFile(from: string, to: string): Promise<WrittenFile | undefined> {
  try {
    return await writeWhole(to, async ({ write }) => {
      for await (const chunk of createReadStream(from) as AsyncIterable<Buffer>) await write(chunk);
    });
  } catch (error) {
    if (isMissing(error) && (await sizeOf(from)) === undefined) return undefined;
    throw error;
  }
}

/** Throws `BackupFailed` at a line that names none. */
export async function* mediaObjectsIn(folder: string, { file }: Pick<NonNullable<Complete['media']>, 'file'>): AsyncGenerator<MediaObject, void, undefined> {
  const lines = createInterface({ input: createReadStream(join(folder, file)), crlfDelay: Infinity });
  for await (const text of lines) {
    try {
      yield mediaObject.parse(JSON.parse(text));
    } catch (error) {
      throw new BackupFailed(`${file} of the backup has a line that names no media.`, { cause: error });
    }
  }
}

/** In order. What arrives at the store of media is in a folder whose name begins with a dot, and is nobody's yet. */
export async function* keysBelow(root: string, below = ''): AsyncGenerator<string, void, undefined> {
  for (const entry of await entriesOf(join(root, below))) {
    const key = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) yield* keysBelow(root, key);
    else yield key;
  }
}

async function entriesOf(folder: string) {
  try {
    return (await readdir(folder, { withFileTypes: true })).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
