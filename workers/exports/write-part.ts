/**
 * Writes one part of an archive into a file, encrypted: whole files of the archive, each behind its header. A text is packed in memory; a
 * picture or a video passes through a file, for what stands before it has to know its length and its checksum.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';
import { ZIP_FILE_BYTES_MAX, zipBytesOf, zipHeaderOf, type ZipEntry } from '../../domain/exports/zip.ts';
import { placeOf } from '../../domain/media/object-place.ts';
import type { ObjectKey } from '../../domain/media/media-facts.ts';
import { encrypting, type ObjectSecret } from '../../ports/media/encrypted-objects.ts';
import type { MediaStore } from '../../ports/media/port.ts';

export type ArchiveText = { readonly name: string; readonly text: string };
export type ArchiveMedia = { readonly name: string; readonly object: ObjectKey };

export type WrittenPart = { readonly file: string; readonly bytes: number; readonly entries: readonly ZipEntry[] };

const deflate = promisify(deflateRaw);

/**
 * The media first: `texts` is told which of them are in the archive, for one may be gone from the store. Everything stands in the folder,
 * which is the caller's to remove. Throws `MediaUnavailable`.
 */
export async function writePart(
  store: Pick<MediaStore, 'read'>,
  {
    folder,
    secret,
    media,
    texts,
  }: {
    readonly folder: string;
    readonly secret: ObjectSecret;
    readonly media: readonly ArchiveMedia[];
    readonly texts: (written: ReadonlySet<string>) => readonly ArchiveText[];
  },
): Promise<WrittenPart> {
  const file = join(folder, 'part');
  const entries: ZipEntry[] = [];
  const cipher = encrypting(secret);
  const written = pipeline(cipher, createWriteStream(file));
  // Whoever writes to the cipher learns of a failure by it; the promise is awaited at the end.
  written.catch(() => undefined);
  try {
    for (const { name, object } of media) {
      const entry = await writeMedia(store, cipher, { name, object, copy: join(folder, 'copy') });
      if (entry !== undefined) entries.push(entry);
    }
    for (const one of texts(new Set(entries.map(({ name }) => name)))) entries.push(await writeText(cipher, one));
    cipher.end();
    await written;
  } finally {
    cipher.destroy();
  }
  return { file, bytes: entries.reduce((sum, entry) => sum + zipBytesOf(entry), 0), entries };
}

async function writeText(to: Transform, { name, text }: ArchiveText): Promise<ZipEntry> {
  const plain = Buffer.from(text);
  const packed = await deflate(plain);
  const isSmaller = packed.length < plain.length;
  const stored = isSmaller ? packed : plain;
  const entry: ZipEntry = { name, bytes: plain.length, packedBytes: stored.length, crc32: crc32(plain), method: isSmaller ? 'deflated' : 'stored' };
  await write(to, zipHeaderOf(entry));
  await write(to, stored);
  return entry;
}

/** Undefined where the store has it no more: nothing of it is written. */
async function writeMedia(
  store: Pick<MediaStore, 'read'>,
  to: Transform,
  { name, object, copy }: ArchiveMedia & { readonly copy: string },
): Promise<ZipEntry | undefined> {
  const found = await store.read(placeOf(object));
  if (found === undefined) return undefined;
  if (found.bytes > ZIP_FILE_BYTES_MAX) {
    found.stream.destroy();
    return undefined;
  }
  let [sum, bytes] = [0, 0];
  const counted = async function* (chunks: Readable) {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      sum = crc32(chunk, sum);
      bytes += chunk.length;
      yield chunk;
    }
  };
  await pipeline(found.stream, counted, createWriteStream(copy));
  const entry: ZipEntry = { name, bytes, packedBytes: bytes, crc32: sum, method: 'stored' };
  await write(to, zipHeaderOf(entry));
  for await (const chunk of createReadStream(copy)) await write(to, chunk as Buffer);
  await rm(copy);
  return entry;
}

/** Waits where the file is slower. */
function write(to: Transform, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    to.write(bytes, (error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}
