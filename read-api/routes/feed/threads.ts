/** Replies: those to a post, and the thread around one. */
import { z } from 'zod';
import type { PersonId, PostId } from '../../../domain/shared/ids.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { postId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { createPipeline, showPosts, skeletonOf } from '../../feed/pipeline.ts';
import { EXAMPLE_POST, postSchema, type PostView } from '../../feed/post-view.ts';
import { maySee } from '../../feed/rules.ts';
import { CURSOR, jsonBytesOf, limitParam, next } from '../../pages.ts';
import { query, refused } from '../../query.ts';
import { READ_FOR_POSTS } from './posts.ts';
import { visiblePost } from './visible-post.ts';

/** The nearest ones; for those above, a client asks for the thread of the highest. */
export const ANCESTORS_MAX = 20;

const onePost = z.strictObject({ post: postId });
const page = z.strictObject({ after: postId.optional().meta(CURSOR), limit: limitParam() });
const EXAMPLE_REPLY: PostView = {
  ...EXAMPLE_POST,
  id: EXAMPLE.reply,
  isReply: true,
  replyTo: EXAMPLE.post,
  text: 'Hello, Bob',
  author: { id: EXAMPLE.ada, name: 'Ada' },
  likes: 0,
  replies: 0,
  liked: false,
};

export function threadRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, pageBytesMax } = dependencies;
  const ofPost = { callers: ['person'], tag: 'Posts', reads: READ_FOR_POSTS, params: onePost, refusals: ['post-unknown'] } as const;

  const repliesTo = (post: PostId, bytesMax = pageBytesMax) =>
    createPipeline(
      { ...dependencies, pageBytesMax: bytesMax },
      {
        rule: maySee,
        skeleton: async ({ cursor, limit }) => {
          const range = cursor === undefined ? {} : { range: { field: '_id', after: cursor } };
          return skeletonOf(await views.find('posts', { where: { replyTo: post }, ...range, order: { _id: 1 }, limit }), limit);
        },
      },
    );

  /** From the highest down, as many of the nearest as there is room for. They end at the first that the reader can't see: alike, whatever the reason. */
  const ancestorsOf = async (reader: PersonId, { replyTo }: PostView, bytesMax: number): Promise<readonly PostView[]> => {
    const ids: PostId[] = [];
    for (let id = replyTo as PostId | null; id !== null && ids.length < ANCESTORS_MAX; id = (await views.get('posts', id))?.replyTo ?? null) ids.push(id);
    const shown = new Map((await showPosts(dependencies, { reader, ids, rule: maySee })).map((post) => [post.id, post]));
    const gap = ids.findIndex((id) => !shown.has(id));
    const nearest = ids.slice(0, gap === -1 ? ids.length : gap).flatMap((id) => shown.get(id) ?? []);
    let bytes = 0;
    const tooMuch = nearest.findIndex((post) => (bytes += jsonBytesOf(post)) > bytesMax);
    return nearest.slice(0, tooMuch === -1 ? nearest.length : tooMuch).toReversed();
  };

  return [
    query(dependencies, {
      ...ofPost,
      path: '/v1/posts/:post/replies',
      operationId: 'getReplies',
      summary: 'List the replies to a post, oldest first',
      description: 'Returns a page of the replies to a post that you may see.',
      example: { posts: [EXAMPLE_REPLY], next: null },
      query: page,
      response: z.object({ posts: z.array(postSchema), next }),
      handle: async ({ caller: { person }, params: { post }, query: { after, limit } }) => {
        if ((await visiblePost(dependencies, person, post)) === undefined) return refused('post-unknown');
        return repliesTo(post)({ reader: person, limit, ...(after === undefined ? {} : { cursor: after }) });
      },
    }),

    query(dependencies, {
      ...ofPost,
      path: '/v1/posts/:post/thread',
      operationId: 'getThread',
      summary: 'Get the thread around a post',
      description: `Returns the post, the posts that it replies to from the highest down (the nearest ${ANCESTORS_MAX}, fewer where they are long, and none above one that you can’t see), and the first page of its replies. \`next\` is the cursor for more of its replies. Where the first ancestor, or the post without one, has a \`replyTo\`, the thread of that has more of them.`,
      example: { ancestors: [EXAMPLE_POST], post: EXAMPLE_REPLY, replies: [], next: null },
      query: z.strictObject({ limit: limitParam() }),
      response: z.object({ ancestors: z.array(postSchema), post: postSchema, replies: z.array(postSchema), next }),
      handle: async ({ caller: { person }, params: { post }, query: { limit } }) => {
        const found = await visiblePost(dependencies, person, post);
        if (found === undefined) return refused('post-unknown');
        // All three share a response: a post is never half of one, so one reply has room beside it, however long both are.
        const ownBytes = jsonBytesOf(found);
        const ancestors = await ancestorsOf(person, found, pageBytesMax / 2 - ownBytes);
        const replies = await repliesTo(post, pageBytesMax - ownBytes - jsonBytesOf(ancestors))({ reader: person, limit });
        return { ancestors: [...ancestors], post: found, replies: [...replies.posts], next: replies.next };
      },
    }),
  ];
}
