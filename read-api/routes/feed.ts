/** One's feed, by the page and live. */
import { z } from 'zod';
import { postId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { createFeed } from '../feed/create-feed.ts';
import { postView } from '../feed/present.ts';
import { mayBeInFeed } from '../feed/rules.ts';
import { liveQuery } from '../live/live-query.ts';
import { limitOf, next } from '../pages.ts';
import { READ_FOR_POSTS, showPosts } from './posts.ts';
import { query } from '../query.ts';

const page = z.strictObject({ before: postId.optional().meta({ description: 'The `next` of the page before.' }), limit: limitOf() });
const READS = [...READ_FOR_POSTS, 'authors'];

export function feedRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { feedCache } = dependencies;
  const readFeed = createFeed(dependencies);
  return [
    query(dependencies, {
      path: '/v1/me/feed',
      operationId: 'getFeed',
      summary: 'The posts of friends, of those one follows, and one’s own, newest first. A page may be shorter than asked for and not be the last.',
      callers: ['person'],
      query: page,
      answer: z.object({ posts: z.array(postView), next }),
      reads: READS,
      handle: ({ caller, query: { before, limit } }) => readFeed({ reader: caller.person, limit, ...(before === undefined ? {} : { before }) }),
    }),

    liveQuery(dependencies, {
      path: '/v1/me/feed/live',
      operationId: 'followFeed',
      summary: 'New posts of one’s feed as they come. What was before `ready` is in the feed.',
      reads: READS,
      hint: 'post',
      event: 'post',
      view: postView,
      show: async (reader, { post }) => (await showPosts(dependencies.views, { reader, ids: [post], may: mayBeInFeed }))[0],
      // Posts are told of as they are written into the feed, and are written only into one that is warm.
      keep: async (reader) => {
        const token = await feedCache.warmedBy(reader);
        if (token !== undefined) return token;
        await readFeed({ reader, limit: 1 });
        return feedCache.warmedBy(reader);
      },
      ceased: 'feed-dropped',
    }),
  ];
}
