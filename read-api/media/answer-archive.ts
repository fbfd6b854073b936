/** Answers an archive, whole or from any byte on: its parts one behind the other, each decrypted as it is read, and the directory behind them. */
import { Readable } from 'node:stream';
import type { OpenArchive } from '../../domain/exports/layout.ts';
import { exportPlaceOf } from '../../domain/exports/place.ts';
import { readEncrypted } from '../../ports/media/encrypted-objects.ts';
import type { ByteRange, MediaStore } from '../../ports/media/port.ts';
import { rangeIn } from './byte-range.ts';

type Store = Pick<MediaStore, 'read'>;
type Asked = { readonly tag: string; readonly range: string | undefined; readonly ifNoneMatch: string | undefined };

/** Throws `MediaUnavailable`, or the stream fails with it, also where the store has lost a part. */
export function answerArchive(store: Store, archive: OpenArchive, { tag, range: asked, ifNoneMatch }: Asked) {
  const told = {
    'Content-Type': 'application/zip',
    'Content-Disposition': 'attachment; filename="export.zip"',
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, no-store',
    'Content-Security-Policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    ETag: `"${tag}"`,
  };
  if (ifNoneMatch?.includes(told.ETag) === true) return { status: 304 as const, headers: told };
  const range = rangeIn(asked, archive.bytes);
  if (range.asked === 'unsatisfiable') return { status: 416 as const, headers: { ...told, 'Content-Range': `bytes */${archive.bytes}` } };
  if (range.asked !== 'range') {
    const bytes = streamOf(store, archive, { from: 0, to: archive.bytes - 1 });
    return { status: 200 as const, headers: { ...told, 'Content-Length': String(archive.bytes) }, bytes };
  }
  const headers = { ...told, 'Content-Length': String(range.to - range.from + 1), 'Content-Range': `bytes ${range.from}-${range.to}/${archive.bytes}` };
  return { status: 206 as const, headers, bytes: streamOf(store, archive, range) };
}

const streamOf = (store: Store, archive: OpenArchive, range: ByteRange): Readable => Readable.from(bytesOf(store, archive, range), { objectMode: false });

async function* bytesOf(store: Store, { parts, directory, secret }: OpenArchive, { from, to }: ByteRange): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const { object, bytes, iv } of parts) {
    const within = { from: Math.max(from - at, 0), to: Math.min(to - at, bytes - 1) };
    at += bytes;
    if (within.from > within.to) continue;
    for await (const chunk of await readEncrypted(store, exportPlaceOf(object), { secret, iv }, within)) yield chunk as Uint8Array;
  }
  if (to >= at) yield directory.subarray(Math.max(from - at, 0), to - at + 1);
}
