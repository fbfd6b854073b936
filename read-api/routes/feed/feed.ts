/** The feed of the caller, by the page and live. */
import { z } from 'zod';
import { postId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { createFeed } from '../../feed/create-feed.ts';
import { showPosts } from '../../feed/pipeline.ts';
import { EXAMPLE_POST, postSchema } from '../../feed/post-view.ts';
import { mayBeInFeed } from '../../feed/rules.ts';
import { whileCached } from '../../feed/while-cached.ts';
import { liveQuery } from '../../live/live-query.ts';
import { CURSOR, limitParam, next } from '../../pages.ts';
import { query } from '../../query.ts';
import { READ_FOR_POSTS } from './posts.ts';

const page = z.strictObject({ before: postId.optional().meta(CURSOR), limit: limitParam() });
const READS = [...READ_FOR_POSTS, 'delivery-modes'] as const;

export function feedRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { feedCache } = dependencies;
  const readFeed = createFeed(dependencies);
  return [
    query(dependencies, {
      path: '/v1/me/feed',
      operationId: 'getFeed',
      revalidates: true,
      summary: 'List my feed, newest first',
      description:
        'Returns a page of the posts of your friends, of the people that you follow, and of yourself. A page can have fewer posts than you asked for; the feed ends where `next` is null.',
      tag: 'Feed',
      example: { posts: [EXAMPLE_POST], next: null },
      callers: ['person'],
      query: page,
      response: z.object({ posts: z.array(postSchema), next }),
      reads: READS,
      handle: ({ caller, query: { before: cursor, limit }, headers: { 'min-position': upTo } }) =>
        readFeed({ reader: caller.person, limit, ...(cursor === undefined ? {} : { cursor }), ...(upTo === undefined ? {} : { upTo }) }),
    }),

    liveQuery(dependencies, {
      path: '/v1/me/feed/live',
      operationId: 'followFeed',
      summary: 'Follow my feed',
      description: 'Streams the new posts of your feed. For those before `ready`, list your feed.',
      tag: 'Feed',
      example: EXAMPLE_POST,
      reads: READS,
      hint: 'post',
      event: 'post',
      data: postSchema,
      load: async (reader, { post }) => (await showPosts(dependencies, { reader, ids: [post], rule: mayBeInFeed }))[0],
      // Hints of posts are published as posts are written into the feed, and only a warm feed is written into.
      // While the cache is away nobody knows which hints come, so that each check tells the client to fetch.
      renew: (reader) =>
        whileCached(async () => {
          const token = await feedCache.warmToken(reader);
          if (token !== undefined) return token;
          await readFeed({ reader, limit: 1 });
          return await feedCache.warmToken(reader);
        }),
      lapsed: 'feed-dropped',
      // A pulled post is written into no feed, and hinted to its author.
      others: {
        of: async (reader) => (await whileCached(() => feedCache.page(reader, { limit: 1 })))?.pulled ?? [],
        concerns: ({ author }, of) => author === of,
        changed: 'feed-pulls',
        nameOf: ({ post }) => post,
      },
    }),
  ];
}
