import { z } from 'zod';
import { isPostId } from '../../domain/feed/post-id.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { Route } from '../../edge/routes.ts';
import type { ServerSentEvent } from '../../edge/server-sent-events.ts';
import { hintsFor } from '../hints.ts';
import { idParams, limitOf, liveQuery, query, refused, type ReadDependencies } from '../query.ts';
import { getFeed } from './get-feed.ts';
import { hydrate } from './hydrate.ts';
import { postView, present, type PostView } from './present.ts';
import { mayBeInFeed, maySee } from './rules.ts';
import { createSkeletons } from './skeleton.ts';
import type { HydratedPost } from './sources.ts';

const postId = z.string().refine(isPostId, 'not a post id') as unknown as z.ZodType<PostId>;
const page = z.strictObject({
  before: postId.optional().meta({ description: 'The `next` of the page before.' }),
  limit: limitOf(),
});
const posts = z.object({
  posts: z.array(postView),
  next: z.string().nullable().meta({ description: 'Ask on with `before` of this; null: there is nothing older.' }),
});
const READS = ['posts', 'friends', 'connections'];

export function feedRoutes(dependencies: ReadDependencies & { readonly clock: () => Instant }): readonly Route[] {
  const { views, broadcast } = dependencies;
  const skeleton = createSkeletons(dependencies);
  const sources = { skeleton, hydrate: (reader: PersonId, ids: readonly PostId[]) => hydrate(views, reader, ids) };

  return [
    query(dependencies, {
      path: '/v1/me/feed',
      operationId: 'getFeed',
      summary: 'One’s feed: the posts of friends, of those one follows, and one’s own, newest first.',
      callers: ['person'],
      query: page,
      answer: posts,
      reads: READS,
      handle: ({ caller, query: { before, limit } }) => getFeed(sources, { reader: caller.person, limit, ...(before === undefined ? {} : { before }) }),
    }),

    query(dependencies, {
      path: '/v1/people/:id/posts',
      operationId: 'getPostsOfPerson',
      summary: 'The posts and replies of one person, newest first.',
      callers: ['person'],
      params: idParams,
      query: page,
      answer: posts,
      refusals: ['person-unknown'],
      reads: READS,
      handle: async ({ caller, params: { id }, query: { before, limit } }) => {
        if ((await views.get('profiles', id)) === undefined) return refused('person-unknown');
        const range = before === undefined ? {} : { range: { field: '_id', before } };
        const found = await views.find('posts', { where: { author: id }, ...range, order: { _id: -1 }, limit: limit + 1 });
        const ids = found.map(({ post }) => post);
        return { posts: await visible(caller.person, ids.slice(0, limit), maySee), next: ids.length > limit ? (ids[limit - 1] ?? null) : null };
      },
    }),

    query(dependencies, {
      path: '/v1/posts/:id',
      operationId: 'getPost',
      summary: 'One post.',
      callers: ['person'],
      params: idParams,
      answer: postView,
      refusals: ['post-unknown'],
      reads: READS,
      handle: async ({ caller, params: { id } }) => {
        const [found] = isPostId(id) ? await visible(caller.person, [id], maySee) : [];
        return found === undefined ? refused('post-unknown') : found;
      },
    }),

    query(dependencies, {
      path: '/v1/posts/:id/replies',
      operationId: 'getReplies',
      summary: 'The replies to a post, oldest first.',
      callers: ['person'],
      params: idParams,
      query: z.strictObject({ after: postId.optional().meta({ description: 'The `next` of the page before.' }), limit: limitOf() }),
      answer: posts,
      reads: READS,
      handle: async ({ caller, params: { id }, query: { after, limit } }) => {
        const range = after === undefined ? {} : { range: { field: '_id', after } };
        const found = await views.find('posts', { where: { replyTo: id }, ...range, order: { _id: 1 }, limit: limit + 1 });
        const ids = found.map(({ post }) => post);
        return { posts: await visible(caller.person, ids.slice(0, limit), maySee), next: ids.length > limit ? (ids[limit - 1] ?? null) : null };
      },
    }),

    liveQuery({
      path: '/v1/me/feed/live',
      operationId: 'followFeed',
      summary: 'New posts as they come. It begins with `ready`; what was missed before that is in the feed.',
      events: livePosts,
    }),
  ];

  async function visible(reader: PersonId, ids: readonly PostId[], may: typeof maySee): Promise<PostView[]> {
    const hydrated = await hydrate(views, reader, ids);
    return hydrated.posts.filter((post: HydratedPost) => may(reader, post, hydrated.relations)).map(present);
  }

  async function* livePosts(reader: PersonId, signal: AbortSignal): AsyncIterable<ServerSentEvent> {
    yield { event: 'ready', data: {} };
    for await (const hint of hintsFor(broadcast, reader, 'post', signal)) {
      const [post] = await visible(reader, [hint.post], mayBeInFeed);
      if (post !== undefined) yield { event: 'post', data: post, id: post.id };
    }
  }
}
