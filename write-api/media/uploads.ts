/** Uploads of pictures, videos, recordings and files, by tus. The bytes go past the log; that they are all there is recorded in it. */
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { commandIdOf, createdIdOf } from '../../commands/handling/deterministic-ids.ts';
import type { Upload } from '../../commands/media/uploads.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { MediaId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { mediaId } from '../../edge/fields.ts';
import { noContent, route, type Route } from '../../edge/http/routes.ts';
import { limitAtOnce } from '../../edge/overload/at-once.ts';
import { AT_ONCE_RETRY_AFTER_SECONDS } from '../../edge/overload/limits.ts';
import type { WriteDependencies } from '../dependencies.ts';
import { UPLOAD_BYTES_MAX } from './limits.ts';
import { purposeIn, UPLOAD_METADATA_LENGTH_MAX } from './upload-metadata.ts';
import { createTus, TUS_VERSION, type TusResponse } from './tus.ts';

/** Each holds a piece in memory. */
export const UPLOADS_AT_ONCE_MAX = 64;
/** Of one person: a few slow ones take the places of nobody else. */
export const UPLOADS_OF_PERSON_AT_ONCE_MAX = 8;

const params = z.strictObject({ media: mediaId });
const tusResumable = z.literal(TUS_VERSION).meta({ description: 'The version of the protocol.' });
const uploadHeaders = z.object({
  'Tus-Resumable': z.literal(TUS_VERSION).optional(),
  'Upload-Offset': z.string().optional().meta({ description: 'How many bytes have arrived.' }),
  'Upload-Length': z.string().optional().meta({ description: 'How many there are.' }),
  Location: z.string().optional().meta({ description: 'Where the bytes are sent; its last part is the id of the picture or video.' }),
  'Tidings-Position': z.string().optional().meta({ description: 'Of the end of the upload.' }),
});
const REFUSALS = ['media-unknown', 'upload-conflict', 'log-unavailable', 'store-unavailable'] as const;

type Asked = { readonly media: MediaId; readonly owner: PersonId; readonly at: Instant; readonly requestId: string };

export function uploadRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { limits, uploads, uploadBytesMax, commands } = dependencies;
  const tus = createTus(uploads, { bytesMax: uploadBytesMax });
  const ofPerson = { callers: ['person'], tag: 'Media', limits: [{ limit: limits.uploads, by: 'caller' }], responseHeaders: uploadHeaders } as const;
  const ofEach = limitAtOnce(UPLOADS_OF_PERSON_AT_ONCE_MAX);
  let underWay = 0;

  /** The bytes that have arrived, of the upload or of what it ended as; nothing where it is not the person's. */
  const findUpload = async ({ media, owner }: Asked): Promise<(Omit<Upload, 'attempt'> & { readonly isPrepared: boolean }) | undefined> => {
    const found = await uploads.find(media);
    if (found !== undefined) return found.owner === owner ? { ...found, isPrepared: false } : undefined;
    const ended = await commands.findEndedUpload({ media });
    return ended?.owner === owner ? { media, owner, bytes: ended.bytes, offset: ended.bytes, isPrepared: true } : undefined;
  };

  const patch = async (
    asked: Asked,
    headers: { readonly 'upload-offset': string; readonly 'content-type': string },
    body: Readable | undefined,
  ): Promise<Outcome> => {
    const upload = await findUpload(asked);
    if (upload === undefined) return refused({ code: 'media-unknown' });
    if (upload.isPrepared) return refused({ code: 'upload-conflict' });
    if (underWay >= UPLOADS_AT_ONCE_MAX) return refused({ code: 'queue-full', facts: { retryAfterSeconds: AT_ONCE_RETRY_AFTER_SECONDS } });
    using own = ofEach.begin(asked.owner);
    if (own === undefined) return refused({ code: 'rate-limited', facts: { limit: 'uploads-at-once', retryAfterSeconds: AT_ONCE_RETRY_AFTER_SECONDS } });
    underWay++;
    try {
      const sent = { 'tus-resumable': TUS_VERSION, ...headers };
      const response = await tus({ method: 'PATCH', ...asked, headers: sent, body });
      if (response.status >= 400) return refused(refusalOf(response, uploadBytesMax));
      const isEnded = Number(response.headers['Upload-Offset']) === upload.bytes;
      return isEnded ? await withEnd(dependencies, asked, upload, response) : { headers: response.headers };
    } finally {
      underWay--;
    }
  };

  return [
    route({
      ...ofPerson,
      method: 'post',
      path: '/v1/me/uploads',
      operationId: 'createUpload',
      summary: 'Begin to upload a picture, a video or a file',
      description: `Announces an upload by the tus protocol (tus.io, ${TUS_VERSION}), at most ${UPLOAD_BYTES_MAX / 2 ** 20} MiB unless the operator says otherwise. Any tus client does the rest. Begun again under the same Idempotency-Key it is the same upload.`,
      headers: z.strictObject({
        'tus-resumable': tusResumable,
        'upload-length': z
          .string()
          .regex(/^[1-9]\d{0,14}$/)
          .meta({ description: 'How many bytes there are.' }),
        'upload-metadata': z
          .string()
          .max(UPLOAD_METADATA_LENGTH_MAX)
          .optional()
          .meta({
            description:
              'As tus has it. `as` may be `audio` or `file`, for what only messages can show: a recording, or a file that is kept as it is, with its MIME type in `filetype`. Without it the upload is a picture or a video, as its bytes say. Nothing else is read: the name of a file is told with the message.',
            examples: ['as ZmlsZQ==,filetype YXBwbGljYXRpb24vcGRm'],
          }),
        'idempotency-key': z
          .string()
          .min(1)
          .max(255)
          .optional()
          .meta({ description: 'An upload begun again under its key is the same upload: it goes on where it was.', examples: [EXAMPLE.idempotencyKey] }),
      }),
      limits: [...ofPerson.limits, { limit: limits.uploadsBegun, by: 'caller' }],
      responses: { 201: noContent },
      refusals: ['upload-too-large', 'upload-conflict', 'store-unavailable'],
      handle: async ({ caller: { person: owner }, headers, at, requestId }) => {
        const key = headers['idempotency-key'];
        const media = key === undefined ? (randomUUID() as MediaId) : createdIdOf<MediaId>(commandIdOf(owner, 'create-upload', key), 'media');
        const bytes = Number(headers['upload-length']);
        if (bytes > uploadBytesMax) return refused({ code: 'upload-too-large', facts: { maxBytes: uploadBytesMax } });
        const known = key === undefined ? undefined : await findUpload({ media, owner, at, requestId });
        // It isn't begun a second time: nobody would count its bytes, nor look at them.
        if (known?.isPrepared === true) {
          if (known.bytes !== bytes) return refused({ code: 'upload-conflict' });
          return { status: 201 as const, headers: { 'Tus-Resumable': TUS_VERSION, Location: `/v1/me/uploads/${media}` } };
        }
        const limited = known === undefined ? await takeBytes(dependencies, owner, bytes) : undefined;
        if (limited !== undefined) return refused(limited);
        const sent = { 'tus-resumable': TUS_VERSION, 'upload-length': headers['upload-length'] };
        const purpose = purposeIn(headers['upload-metadata']);
        const response = await tus({ method: 'POST', media, owner, headers: sent, ...(purpose !== undefined && { purpose }) });
        return response.status >= 400 ? refused(refusalOf(response, uploadBytesMax)) : { status: 201 as const, headers: response.headers };
      },
    }),

    route({
      ...ofPerson,
      method: 'head',
      path: '/v1/me/uploads/:media',
      operationId: 'getUpload',
      summary: 'Ask how much of an upload has arrived',
      description: 'Tells by its headers where to go on, with whichever server.',
      params,
      headers: z.strictObject({ 'tus-resumable': tusResumable }),
      responses: { 200: noContent },
      refusals: REFUSALS,
      handle: async ({ caller: { person: owner }, params: { media }, at, requestId }) => {
        const asked = { media, owner, at, requestId };
        const upload = await findUpload(asked);
        if (upload === undefined) return refused({ code: 'media-unknown' });
        const headers = { 'Tus-Resumable': TUS_VERSION, 'Upload-Offset': String(upload.offset), 'Upload-Length': String(upload.bytes) };
        // The process that got the last bytes may have been ended before it could record it.
        const isEnded = upload.offset === upload.bytes && !upload.isPrepared;
        return answer(200, isEnded ? await withEnd(dependencies, asked, upload, { headers }) : { headers });
      },
    }),

    route({
      ...ofPerson,
      method: 'patch',
      path: '/v1/me/uploads/:media',
      operationId: 'sendUpload',
      summary: 'Send bytes of an upload',
      description:
        'Takes the bytes from Upload-Offset on. What has arrived when the connection ends is kept. With the last byte the upload ends: GET /v1/me/media/{media} tells what became of it.',
      params,
      headers: z.strictObject({
        'tus-resumable': tusResumable,
        'upload-offset': z
          .string()
          .regex(/^\d{1,15}$/)
          .meta({ description: 'Where these bytes begin.' }),
        'content-type': z.literal('application/offset+octet-stream').meta({ description: 'As tus has it.' }),
      }),
      takes: 'stream',
      responses: { 204: noContent },
      refusals: [...REFUSALS, 'upload-too-large', 'queue-full', 'person-erased', 'write-contention'],
      handle: async ({ caller: { person: owner }, params: { media }, headers, stream, at, requestId }) =>
        answer(
          204,
          await patch({ media, owner, at, requestId }, { 'upload-offset': headers['upload-offset'], 'content-type': headers['content-type'] }, stream),
        ),
    }),

    route({
      ...ofPerson,
      method: 'delete',
      path: '/v1/me/uploads/:media',
      operationId: 'discardUpload',
      summary: 'Discard an upload',
      description: 'Removes the bytes that have arrived. What has been uploaded whole is removed by itself where nothing shows it.',
      params,
      headers: z.strictObject({ 'tus-resumable': tusResumable }),
      responses: { 204: noContent },
      refusals: REFUSALS,
      handle: async ({ caller: { person: owner }, params: { media }, at, requestId }) => {
        const upload = await findUpload({ media, owner, at, requestId });
        if (upload === undefined) return refused({ code: 'media-unknown' });
        if (upload.offset === upload.bytes) return refused({ code: 'upload-conflict' });
        const response = await tus({ method: 'DELETE', media, owner, headers: { 'tus-resumable': TUS_VERSION } });
        return response.status >= 400 ? refused(refusalOf(response, uploadBytesMax)) : { status: 204 as const, headers: response.headers };
      },
    }),
  ];
}

type Outcome = { readonly refusal: Refusal } | { readonly headers: Readonly<Record<string, string>> };

const refused = (refusal: Refusal) => ({ refusal });

const answer = <const Status extends number>(status: Status, outcome: Outcome) => ('refusal' in outcome ? outcome : { status, ...outcome });

/** Records the end of an upload, and answers with its place in the log. */
async function withEnd(
  { commands, contextFor, positions }: WriteDependencies,
  { media, owner, at, requestId }: Asked,
  { bytes }: Pick<Upload, 'bytes'>,
  { headers }: Pick<TusResponse, 'headers'>,
): Promise<Outcome> {
  const made = contextFor({ actor: owner, type: 'end-upload', key: media, body: { bytes }, at, correlationId: requestId });
  if (made.outcome === 'refused') return refused(made.refusal);
  const handled = await commands.endUpload({ media, owner, bytes }, made.context);
  if (handled.outcome === 'refused') return refused(handled.refusal);
  const position = handled.position === undefined ? undefined : positions.tokenOf(handled.position);
  return { headers: { ...headers, ...(position !== undefined && { 'Tidings-Position': position }) } };
}

/** What a person may upload in a day. Where the counts are away, the upload is let through. */
async function takeBytes({ quotaCounts, limits }: WriteDependencies, owner: PersonId, bytes: number): Promise<Refusal | undefined> {
  const limit = limits.uploadBytes;
  try {
    const taken = await quotaCounts.rateLimit.take(limit, owner, bytes);
    if (taken.allowed) return undefined;
    return { code: 'rate-limited', facts: { limit: limit.name, retryAfterSeconds: Math.ceil(taken.retryAfterMs / 1_000) } };
  } catch (error) {
    quotaCounts.onUnavailable?.(limit.name, error);
    return undefined;
  }
}

/** What the protocol refused, as a problem of ours. */
function refusalOf({ status, text }: TusResponse, maxBytes: number): Refusal {
  switch (status) {
    case 404:
    case 410:
      return { code: 'media-unknown' };
    case 409:
      return { code: 'upload-conflict' };
    case 413:
      return { code: 'upload-too-large', facts: { maxBytes } };
    default:
      return { code: 'bad-request', facts: { detail: text.trim() } };
  }
}
