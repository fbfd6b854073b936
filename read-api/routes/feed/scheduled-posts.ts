/** The caller's posts that are to be published later. */
import { z } from 'zod';
import { EXAMPLE } from '../../../edge/examples.ts';
import { text } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import type { ScheduledPostDocument } from '../../../projections/read-models/feed/scheduled-posts.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { CURSOR, fillPage, limitParam, next, PAGE_BYTES_MAX } from '../../pages.ts';
import { query } from '../../query.ts';
import { idField, timeField } from '../../response-fields.ts';

/** A time, a colon and an id. */
const PLACE_CHARACTERS_MAX = 61;
/** A page is long where its texts are. */
const PAGE_POSTS_MAX = 50;

const scheduledPostSchema = z
  .object({
    id: idField('The id of the scheduled post.', EXAMPLE.scheduledPost),
    publishAt: timeField('When it is to be published, or was.'),
    text: z.string().meta({ examples: ['Happy new year'] }),
    visibility: z.enum(['public', 'friends', 'self']),
    media: z.array(z.object({ media: z.string(), alt: z.string().nullable() })).meta({ description: 'Uploads of yours.' }),
    replyTo: z.string().nullable().meta({ description: 'The post that it replies to.' }),
    quotes: z.string().nullable().meta({ description: 'The post that it quotes.' }),
    refusal: z
      .string()
      .nullable()
      .meta({ description: 'Why it could not be published, as a code. null: it waits.', examples: ['post-unknown'] }),
  })
  .meta({ id: 'ScheduledPost' });

export const scheduledPostRoutes = (dependencies: ReadDependencies): readonly Route[] => [
  query(dependencies, {
    callers: ['person'],
    tag: 'Posts',
    reads: ['scheduled-posts'],
    path: '/v1/me/scheduled-posts',
    operationId: 'getScheduledPosts',
    summary: 'List my scheduled posts, the next first',
    description: 'Returns a page of your posts that wait to be published, and of those that could not be.',
    example: {
      scheduledPosts: [
        {
          id: EXAMPLE.scheduledPost,
          publishAt: EXAMPLE.at,
          text: 'Happy new year',
          visibility: 'public',
          media: [],
          replyTo: null,
          quotes: null,
          refusal: null,
        },
      ],
      next: null,
    },
    query: z.strictObject({ after: text(PLACE_CHARACTERS_MAX).optional().meta(CURSOR), limit: limitParam(PAGE_POSTS_MAX) }),
    response: z.object({ scheduledPosts: z.array(scheduledPostSchema), next }),
    handle: async ({ caller: { person: author }, query: { after, limit } }) => {
      const range = after === undefined ? {} : { range: { field: 'place', after } };
      const found = await dependencies.views.find('scheduled-posts', { where: { author }, ...range, order: { place: 1 }, limit: limit + 1 });
      const { views: scheduledPosts, last } = await fillPage(found, {
        limit,
        bytesMax: dependencies.pageBytesMax ?? PAGE_BYTES_MAX,
        present: async (rows) => rows.map(viewOf),
      });
      return { scheduledPosts, next: last?.place ?? null };
    },
  }),
];

function viewOf({ scheduled, publishAt, draft, refusal }: ScheduledPostDocument) {
  if (draft === null) return undefined;
  const { text: said, visibility = 'public', media = [], replyTo = null, quotes = null } = draft;
  return {
    id: scheduled,
    publishAt,
    text: said,
    visibility,
    media: media.map(({ media: id, alt }) => ({ media: id, alt: alt ?? null })),
    replyTo,
    quotes,
    refusal,
  };
}
