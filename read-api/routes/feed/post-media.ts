/** The bytes of a post's pictures and videos. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { placeOf } from '../../../domain/media/object-place.ts';
import { ATTACHMENTS_MAX } from '../../../domain/media/attachments.ts';
import { VARIANTS, type MediaVariant, type PostMedia } from '../../../domain/media/media-facts.ts';
import { DAY_MS, SECOND_MS } from '../../../domain/shared/instant.ts';
import { mediaId, personId, postId } from '../../../edge/fields.ts';
import { noContent, route, type Route } from '../../../edge/http/routes.ts';
import { MediaUnavailable } from '../../../ports/media/port.ts';
import type { PostDocument } from '../../../projections/read-models/posts.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { rangeIn } from '../../media/byte-range.ts';
import type { MediaAddress, Signed } from '../../media/media-urls.ts';
import { isForEverybody } from '../../media/media-view.ts';
import { query, refused } from '../../query.ts';
import { visiblePost } from './visible-post.ts';

/** Whatever is in it, it is shown alone: it runs nothing, and is part of no page of ours. */
const POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'";
const PUBLIC = `public, max-age=${DAY_MS / SECOND_MS}, immutable`;
/** Kept by who asked, and no longer than its address is good. */
const PRIVATE = 'private, max-age=600';

const params = z.strictObject({
  post: postId,
  place: z.coerce
    .number()
    .int()
    .min(0)
    .max(ATTACHMENTS_MAX - 1)
    .meta({ description: 'Which of its pictures and videos, from 0.', examples: [0] }),
  variant: z.enum(VARIANTS).meta({ description: 'In which size: all of it, or a smaller picture where there is one.', examples: ['medium'] }),
});
const signed = z.strictObject({
  for: personId.optional().meta({ description: 'Whose address it is.' }),
  until: z.coerce.number().int().positive().optional().meta({ description: 'Until when it is good, in seconds since 1970.' }),
  signature: z.string().max(100).optional().meta({ description: 'What makes the address good.' }),
});
const conditions = z.strictObject({
  range: z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'Which bytes of it (RFC 9110); one range.', examples: ['bytes=0-1023'] }),
  'if-none-match': z.string().max(1_000).optional().meta({ description: 'The `ETag` of what you have: where it is the same, the answer is 304.' }),
});
const bytesSchema = z.string().meta({ description: 'The bytes, of the type that the post says.', format: 'binary' });
const responseHeaders = z.object({
  'Content-Range': z.string().optional(),
  'Accept-Ranges': z.string().optional(),
  ETag: z.string().optional(),
  'Content-Disposition': z.string().optional().meta({ description: 'A video is kept as it was sent, and offered to be saved.' }),
});

export function postMediaRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, media, mediaUrls, limits } = dependencies;

  /** The document, where whoever has this address may see the post now. */
  const visibleDocument = async (address: MediaAddress, { for: reader, until = 0, signature = '' }: Partial<Signed>): Promise<PostDocument | undefined> => {
    const document = await views.get('posts', address.post);
    if (document === undefined || isForEverybody(document)) return document;
    if (reader === undefined || !mediaUrls.isGood(address, { for: reader, until, signature })) return undefined;
    return (await visiblePost(dependencies, reader, address.post)) === undefined ? undefined : document;
  };

  return [
    route({
      callers: ['public'],
      tag: 'Posts',
      limits: [{ limit: limits.media, by: 'address' }],
      method: 'get',
      path: '/v1/posts/:post/media/:place/:variant',
      operationId: 'getPostMedia',
      summary: 'Get a picture or a video of a post',
      description:
        'Posts have these addresses. That of a post that everybody may see needs nothing; any other is signed for one reader, is good for an hour, and no longer than that reader may see the post. Ranges are answered.',
      params,
      query: signed,
      headers: conditions,
      example: { response: 'the bytes' },
      responses: { 200: bytesSchema, 206: bytesSchema, 304: noContent, 416: noContent },
      responseDescriptions: { 206: 'The range that was asked for.', 304: 'You have it still.', 416: 'The range begins behind the end.' },
      produces: 'application/octet-stream',
      responseHeaders,
      refusals: ['post-unknown', 'views-not-ready', 'views-damaged', 'store-unavailable'],
      handle: async ({ params: address, query: given, headers }) => {
        const document = await visibleDocument(address, given as Partial<Signed>);
        const one = document?.media?.[address.place];
        const variant = one?.variants.find(({ name }) => name === address.variant);
        if (document === undefined || one === undefined || variant === undefined) return refused('post-unknown');
        const told = headersOf(one, variant, { isPublic: isForEverybody(document) });
        if (headers['if-none-match']?.includes(told.ETag) === true) return { status: 304 as const, headers: told };
        const range = rangeIn(headers.range, variant.bytes);
        if (range.asked === 'unsatisfiable') return { status: 416 as const, headers: { ...told, 'Content-Range': `bytes */${variant.bytes}` } };
        const found = await media.read(placeOf(variant.object), range.asked === 'range' ? range : undefined);
        if (found === undefined) throw new MediaUnavailable('The store has nothing under the key of media that a post shows.');
        return range.asked === 'range'
          ? {
              status: 206 as const,
              headers: { ...told, ...lengthOf(range), 'Content-Range': `bytes ${range.from}-${range.to}/${variant.bytes}` },
              bytes: found.stream,
            }
          : { status: 200 as const, headers: { ...told, 'Content-Length': String(variant.bytes) }, bytes: found.stream };
      },
    }),

    query(dependencies, {
      callers: ['person'],
      tag: 'Posts',
      reads: ['media'],
      path: '/v1/me/media/:media',
      operationId: 'getMyMedia',
      summary: 'Ask what became of an upload',
      description: 'Tells whether a picture or a video of yours can be used in a post, is still being prepared, or can’t be used and why.',
      example: { status: 'ready', fault: null, kind: 'image', width: 4000, height: 3000, blurHash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', durationMs: null },
      params: z.strictObject({ media: mediaId }),
      response: z.object({
        status: z.enum(['preparing', 'ready', 'refused']),
        fault: z.string().nullable().meta({ description: 'The code of why it was refused.' }),
        kind: z.enum(['image', 'video']).nullable(),
        width: z.int().nullable(),
        height: z.int().nullable(),
        blurHash: z.string().nullable(),
        durationMs: z.int().nullable(),
      }),
      refusals: ['media-unknown'],
      handle: async ({ caller: { person }, params: { media: id } }) => {
        const found = await views.get('media', id);
        if (found === undefined || found.owner !== person || found.status === 'leaving') return refused('media-unknown');
        const full = found.facts?.variants.find(({ name }) => name === 'full');
        return {
          status: found.status === 'uploaded' ? ('preparing' as const) : found.status,
          fault: found.fault,
          kind: found.facts?.kind ?? null,
          width: full?.width ?? null,
          height: full?.height ?? null,
          blurHash: found.facts?.blurHash ?? null,
          durationMs: found.facts?.durationMs ?? null,
        };
      },
    }),
  ];
}

function headersOf({ kind }: PostMedia, { object, type, name }: MediaVariant, { isPublic }: { readonly isPublic: boolean }) {
  const isAsItCame = kind === 'video' && name === 'full';
  return {
    'Content-Type': type,
    'Accept-Ranges': 'bytes',
    'Cache-Control': isPublic ? PUBLIC : PRIVATE,
    'Content-Security-Policy': POLICY,
    // Of the key, which nobody learns: it is of the bytes.
    ETag: `"${createHash('sha256').update(object).digest('base64url').slice(0, 22)}"`,
    ...(isAsItCame && { 'Content-Disposition': 'attachment' }),
  };
}

const lengthOf = ({ from, to }: { readonly from: number; readonly to: number }) => ({ 'Content-Length': String(to - from + 1) });
