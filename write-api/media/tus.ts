/**
 * Resumable uploads by the tus protocol (tus.io, 1.0.0), over the pieces of `Uploads`. What speaks the protocol is loaded with the
 * first upload.
 */
import { Readable } from 'node:stream';
import type { Server } from '@tus/server';
import type { Uploads } from '../../commands/media/uploads.ts';
import type { MediaPurpose } from '../../domain/media/media-facts.ts';
import type { MediaId, PersonId } from '../../domain/shared/ids.ts';
import { writePieces } from './write-pieces.ts';

export const TUS_VERSION = '1.0.0';

export type TusRequest = {
  readonly method: 'POST' | 'HEAD' | 'PATCH' | 'DELETE';
  readonly media: MediaId;
  readonly owner: PersonId;
  readonly purpose?: MediaPurpose;
  /** Those of the protocol; names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: Readable | undefined;
};

export type TusResponse = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly text: string };

export type Tus = (request: TusRequest) => Promise<TusResponse>;

const PATH = '/v1/me/uploads';
/** Of requests that are handed on, from us and not from clients. */
const MEDIA_HEADER = 'x-media';
const OWNER_HEADER = 'x-owner';
const PURPOSE_HEADER = 'x-purpose';

export function createTus(uploads: Uploads, { bytesMax }: { readonly bytesMax: number }): Tus {
  let loading: Promise<Server> | undefined;
  return async ({ method, media, owner, purpose, headers, body }) => {
    const server = await (loading ??= loadServer(uploads, bytesMax));
    const sent = new Headers({ [MEDIA_HEADER]: media, [OWNER_HEADER]: owner, ...(purpose !== undefined && { [PURPOSE_HEADER]: JSON.stringify(purpose) }) });
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) sent.set(name, value);
    const url = `http://localhost${PATH}${method === 'POST' ? '' : `/${media}`}`;
    const stream = body === undefined ? {} : { body: Readable.toWeb(body) as ReadableStream, duplex: 'half' as const };
    const response = await server.handleWeb(new Request(url, { method, headers: sent, ...stream }));
    return { status: response.status, headers: protocolHeaders(response.headers), text: await response.text() };
  };
}

async function loadServer(uploads: Uploads, bytesMax: number): Promise<Server> {
  const { DataStore, ERRORS, Server, Upload } = await import('@tus/server');
  const datastore = Object.assign(new DataStore(), {
    extensions: ['creation', 'termination'],
    create: async (upload: InstanceType<typeof Upload>) => {
      const { owner, purpose } = upload.metadata ?? {};
      const told = purpose ? { purpose: JSON.parse(purpose) as MediaPurpose } : {};
      const begun = await uploads.begin({ media: upload.id as MediaId, owner: owner as PersonId, bytes: upload.size ?? 0, ...told });
      if (begun === 'differs') throw ERRORS.INVALID_OFFSET;
      return upload;
    },
    getUpload: async (id: string) => {
      const found = await uploads.find(id as MediaId);
      if (found === undefined) throw ERRORS.FILE_NOT_FOUND;
      return new Upload({ id, size: found.bytes, offset: found.offset });
    },
    write: async (stream: Readable, id: string, offset: number) => {
      // As it is now: it may have been discarded, and begun again, since the client was told how far it has come.
      const found = await uploads.find(id as MediaId);
      if (found?.offset !== offset) throw ERRORS.INVALID_OFFSET;
      const written = await writePieces(uploads, found, stream);
      if (written.outcome === 'conflict') throw ERRORS.INVALID_OFFSET;
      return written.offset;
    },
    remove: (id: string) => uploads.discard(id as MediaId),
  });
  return new Server({
    path: PATH,
    datastore,
    maxSize: bytesMax,
    relativeLocation: true,
    namingFunction: (request) => request.headers.get(MEDIA_HEADER) ?? '',
    // What else a client says of the file is kept nowhere: it may be a name.
    onUploadCreate: async (request) => ({ metadata: { owner: request.headers.get(OWNER_HEADER), purpose: request.headers.get(PURPOSE_HEADER) } }),
    onResponseError: (_, error) => {
      // An outage, or a fault of ours, is not the protocol's to answer.
      if (error instanceof Error) throw error;
      return undefined;
    },
  });
}

/** Who may call from where, and what is exposed, our own listener says. */
function protocolHeaders(headers: Headers): Readonly<Record<string, string>> {
  const names = ['Location', 'Tus-Resumable', 'Upload-Offset', 'Upload-Length', 'Upload-Expires'];
  return Object.fromEntries(names.flatMap((name) => (headers.get(name) === null ? [] : [[name, headers.get(name) ?? '']])));
}
