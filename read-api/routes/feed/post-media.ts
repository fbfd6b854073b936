/** The bytes of a post's pictures and videos. */
import { z } from 'zod';
import { ATTACHMENTS_MAX } from '../../../domain/media/attachments.ts';
import { VARIANTS } from '../../../domain/media/media-facts.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../domain/shared/instant.ts';
import { mediaId, personId, postId } from '../../../edge/fields.ts';
import { route, type Route } from '../../../edge/http/routes.ts';
import type { PostDocument } from '../../../projections/read-models/posts.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { answerMedia, ofBytes } from '../../media/answer-media.ts';
import type { MediaAddress, Signed } from '../../media/media-urls.ts';
import { isForEverybody } from '../../media/media-view.ts';
import { query, refused } from '../../query.ts';
import { visiblePost } from './visible-post.ts';

const PUBLIC = `public, max-age=${DAY_MS / SECOND_MS}, immutable`;
/** An edit brings another picture under this address. */
const PUBLIC_PREVIEW = `public, max-age=${(10 * MINUTE_MS) / SECOND_MS}`;
/** Kept by who asked, and no longer than its address is good. */
const PRIVATE = 'private, max-age=600';

const params = z.strictObject({
  post: postId,
  place: z
    .union([
      z.literal('preview'),
      z.coerce
        .number()
        .int()
        .min(0)
        .max(ATTACHMENTS_MAX - 1),
    ])
    .meta({ description: 'Which of its pictures and videos, from 0; or `preview`, the picture of the page that its first link leads to.', examples: [0] }),
  variant: z.enum(VARIANTS).meta({ description: 'In which size: all of it, or a smaller picture where there is one.', examples: ['medium'] }),
});
const signed = z.strictObject({
  for: personId.optional().meta({ description: 'Whose address it is.' }),
  until: z.coerce.number().int().positive().optional().meta({ description: 'Until when it is good, in seconds since 1970.' }),
  signature: z.string().max(100).optional().meta({ description: 'What makes the address good.' }),
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
      ...ofBytes,
      refusals: ['post-unknown', 'views-not-ready', 'views-damaged', 'store-unavailable'],
      handle: async ({ params: address, query: given, headers }) => {
        const document = await visibleDocument(address, given as Partial<Signed>);
        const one = address.place === 'preview' ? document?.preview?.image : document?.media?.[address.place];
        const variant = one?.variants.find(({ name }) => name === address.variant);
        if (document === undefined || one === undefined || variant === undefined) return refused('post-unknown');
        return answerMedia(
          media,
          { of: one, variant, cacheControl: !isForEverybody(document) ? PRIVATE : address.place === 'preview' ? PUBLIC_PREVIEW : PUBLIC },
          headers,
        );
      },
    }),

    query(dependencies, {
      callers: ['person'],
      tag: 'Posts',
      reads: ['media'],
      path: '/v1/me/media/:media',
      operationId: 'getMyMedia',
      summary: 'Ask what became of an upload',
      description: 'Tells whether a picture, a video or a file of yours can be used in a post or a message, is still being prepared, or can’t be used and why.',
      example: { status: 'ready', fault: null, kind: 'image', width: 4000, height: 3000, blurHash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', durationMs: null },
      params: z.strictObject({ media: mediaId }),
      response: z.object({
        status: z.enum(['preparing', 'ready', 'refused']),
        fault: z.string().nullable().meta({ description: 'The code of why it was refused.' }),
        kind: z.enum(['image', 'video', 'audio', 'file']).nullable(),
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
