/**
 * Pictures, videos, recordings and files, by the tus protocol (tus.io, 1.0.0): in pieces, from where the server says that it has come,
 * however often the network is cut. Loaded with the first upload.
 */
import type { Api } from '../http/api.ts';
import { backoffMs, sleep, type Backoff } from '../http/backoff.ts';
import { TidingsProblem, TidingsUnreachable } from '../http/problem.ts';

export type UploadProgress = {
  /** `preparing`: all bytes are there, and the server makes what is shown of them. */
  readonly phase: 'sending' | 'preparing';
  readonly sentBytes: number;
  readonly totalBytes: number;
};

export type UploadOptions = {
  /** For what only messages can show: a recording, or a file that is kept as it is. Without it a picture or a video, as its bytes say. */
  readonly as?: 'audio' | 'file';
  /** What has arrived is discarded. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: UploadProgress) => void;
  /** An upload that is begun again under its key, with the same bytes, goes on where it was: also after a reload. */
  readonly key?: string;
};

type Uploading = { readonly api: Pick<Api, 'read' | 'write' | 'newId'>; readonly media: string; readonly file: Blob; readonly signal: AbortSignal | undefined };

const TUS = { 'Tus-Resumable': '1.0.0' } as const;
/** A piece is to take about a second: progress is told by piece, and what is cut off costs little. */
const FIRST_PIECE_BYTES = 256 * 1_024;
const PIECE_MIN_BYTES = 32 * 1_024;
const PIECE_MAX_BYTES = 8 * 1_024 * 1_024;
const PIECE_GROWS_UNDER_MS = 500;
/** How long it waits for a network that doesn't come back, or for a server that takes nothing. */
const PATIENCE_MS = 10 * 60_000;
const AGAIN: Backoff = { firstMs: 250, maxMs: 10_000 };
const READY: Backoff = { firstMs: 300, maxMs: 3_000 };

/**
 * Resolves with the media's id when it can be used in a post or a message. Throws a `TidingsProblem` where the server can't use it (its
 * `code` says why: `media-damaged`, `upload-too-large`), and the signal's reason.
 */
export async function upload(api: Uploading['api'], file: Blob, { as, signal, onProgress, key = api.newId() }: UploadOptions = {}): Promise<string> {
  const media = await begin(api, file, { as, signal, key });
  const uploading: Uploading = { api, media, file, signal };
  const tell = (phase: UploadProgress['phase'], sentBytes: number) => onProgress?.({ phase, sentBytes, totalBytes: file.size });
  try {
    await sendAll(uploading, (sentBytes) => tell('sending', sentBytes));
    tell('preparing', file.size);
    await untilReady(uploading);
    return media;
  } catch (error) {
    if (signal?.aborted === true) void discard(uploading);
    throw error;
  }
}

type Beginning = { readonly as: UploadOptions['as'] | undefined; readonly signal: AbortSignal | undefined; readonly key: string };

async function begin(api: Uploading['api'], file: Blob, { as, signal, key }: Beginning): Promise<string> {
  const told = { ...(as === undefined ? {} : { as }), ...(as === 'file' && file.type !== '' ? { filetype: file.type } : {}) };
  const metadata = Object.entries(told).map(([name, value]) => `${name} ${btoa(value)}`);
  const header = {
    ...TUS,
    'Idempotency-Key': key,
    'Upload-Length': String(file.size),
    ...(metadata.length === 0 ? {} : { 'Upload-Metadata': metadata.join(',') }),
  };
  const { response } = await api.write.POST('/v1/me/uploads', { params: { header }, ...signalled(signal) });
  const media = response.headers.get('Location')?.split('/').at(-1);
  if (media === undefined) throw new Error('The answer doesn’t say where to send the bytes: what stands between leaves out its Location.');
  return media;
}

async function sendAll(uploading: Uploading, tell: (sentBytes: number) => void): Promise<void> {
  const { file, signal } = uploading;
  let pieceBytes = FIRST_PIECE_BYTES;
  let cameFurtherAtMs = performance.now();
  let failures = 0;
  let sentBytes = await arrivedBytes(uploading);
  for (tell(sentBytes); sentBytes < file.size; tell(sentBytes)) {
    const begunAtMs = performance.now();
    const before = sentBytes;
    try {
      sentBytes = failures > 0 ? await arrivedBytes(uploading) : await sendPiece(uploading, sentBytes, pieceBytes);
      if (failures > 0) failures = 0;
      else if (performance.now() - begunAtMs < PIECE_GROWS_UNDER_MS) pieceBytes = Math.min(pieceBytes * 2, PIECE_MAX_BYTES);
    } catch (error) {
      if (signal?.aborted === true || !isPassing(error) || performance.now() - cameFurtherAtMs > PATIENCE_MS) throw error;
      pieceBytes = Math.max(pieceBytes / 2, PIECE_MIN_BYTES);
      await sleep(backoffMs(AGAIN, ++failures, Math.random), signal);
    }
    if (sentBytes > before) cameFurtherAtMs = performance.now();
  }
}

async function sendPiece({ api, media, file, signal }: Uploading, fromByte: number, bytes: number): Promise<number> {
  const piece = file.slice(fromByte, fromByte + bytes);
  await api.write.PATCH('/v1/me/uploads/{media}', {
    params: { path: { media }, header: { ...TUS, 'Upload-Offset': String(fromByte), 'Content-Type': 'application/offset+octet-stream' } },
    body: piece as never, // the document has no type for bytes
    bodySerializer: (body: unknown) => body as Blob,
    ...signalled(signal),
  });
  return fromByte + piece.size;
}

/** What came through before a connection was cut is kept. */
async function arrivedBytes({ api, media, signal }: Uploading): Promise<number> {
  const { response } = await api.write.HEAD('/v1/me/uploads/{media}', { params: { path: { media }, header: TUS }, ...signalled(signal) });
  return Number(response.headers.get('Upload-Offset'));
}

async function untilReady({ api, media, signal }: Uploading): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (let asked = 1; ; asked++) {
    const { data } = await api.read.GET('/v1/me/media/{media}', { params: { path: { media } }, ...signalled(signal) });
    if (data?.status === 'ready') return;
    if (data?.status === 'refused')
      throw new TidingsProblem({ code: data.fault ?? 'media-damaged', status: 422, detail: 'The server can’t use what was uploaded.' });
    if (performance.now() > untilMs)
      throw new TidingsProblem({ code: 'media-not-ready', status: 409, detail: 'The server is still preparing what was uploaded.' });
    await sleep(backoffMs(READY, asked, Math.random), signal);
  }
}

const discard = ({ api, media }: Uploading): Promise<unknown> =>
  api.write.DELETE('/v1/me/uploads/{media}', { params: { path: { media }, header: TUS } }).catch(() => undefined); // the server sweeps it

/** The same may be taken later, from wherever the server has come to. */
const isPassing = (error: unknown): boolean =>
  error instanceof TidingsUnreachable || (error instanceof TidingsProblem && (error.code === 'upload-conflict' || error.status === 429 || error.status >= 500));

const signalled = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });
