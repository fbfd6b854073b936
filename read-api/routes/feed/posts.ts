/** Posts outside the feed: one of them, its replies, and those of one person. */
import { z } from 'zod';
import type { PersonId, PostId } from '../../../domain/shared/ids.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { personId, postId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { isAcrossBlock, isUnknownTo } from '../../across-blocks.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { createPipeline, showPosts, type Skeleton, type Stages } from '../../feed/pipeline.ts';
import { EXAMPLE_POST, postSchema, type PostView } from '../../feed/post-view.ts';
import { maySee } from '../../feed/rules.ts';
import { CURSOR, limitParam, next } from '../../pages.ts';
import { query, refused } from '../../query.ts';

export const READ_FOR_POSTS = ['posts', 'friends', 'relationships', 'profile'] as const;

const onePost = z.strictObject({ post: postId });
const posts = z.object({ posts: z.array(postSchema), next });
const EXAMPLE_REPLY = {
  ...EXAMPLE_POST,
  id: EXAMPLE.reply,
  replyTo: EXAMPLE.post,
  text: 'Hello, Bob',
  author: { id: EXAMPLE.ada, name: 'Ada' },
  likes: 0,
  replies: 0,
  liked: false,
};

export function postRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, logFacts } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'Posts', reads: READ_FOR_POSTS } as const;
  const listOf = (skeleton: Stages['skeleton']) => createPipeline(dependencies, { skeleton, rule: maySee });

  /** By the log behind the views, so that a block holds from the moment in which it is acknowledged. */
  const visiblePost = async (reader: PersonId, post: PostId): Promise<PostView | undefined> => {
    const [found] = await showPosts(dependencies, { reader, ids: [post], rule: maySee });
    return found === undefined || (await isAcrossBlock(logFacts, { reader, person: found.author.id as PersonId })) ? undefined : found;
  };

  const repliesTo = (post: PostId) =>
    listOf(async ({ cursor, limit }) => {
      const range = cursor === undefined ? {} : { range: { field: '_id', after: cursor } };
      return skeletonOf(await views.find('posts', { where: { replyTo: post }, ...range, order: { _id: 1 }, limit }), limit);
    });

  const postsOf = (author: string) =>
    listOf(async ({ cursor, limit }) => {
      const range = cursor === undefined ? {} : { range: { field: '_id', before: cursor } };
      return skeletonOf(await views.find('posts', { where: { author }, ...range, order: { _id: -1 }, limit }), limit);
    });

  return [
    query(dependencies, {
      ...ofPerson,
      path: '/v1/posts/:post',
      operationId: 'getPost',
      summary: 'Get a post',
      description: 'Returns a post, unless you or its author has blocked the other.',
      example: EXAMPLE_POST,
      params: onePost,
      response: postSchema,
      refusals: ['post-unknown'],
      handle: async ({ caller: { person }, params: { post } }) => (await visiblePost(person, post)) ?? refused('post-unknown'),
    }),

    query(dependencies, {
      ...ofPerson,
      path: '/v1/posts/:post/replies',
      operationId: 'getReplies',
      summary: 'List the replies to a post, oldest first',
      description: 'Returns a page of the replies to a post that you may see.',
      example: { posts: [EXAMPLE_REPLY], next: null },
      params: onePost,
      query: z.strictObject({ after: postId.optional().meta(CURSOR), limit: limitParam() }),
      response: posts,
      refusals: ['post-unknown'],
      handle: async ({ caller: { person }, params: { post }, query: { after, limit } }) => {
        if ((await visiblePost(person, post)) === undefined) return refused('post-unknown');
        return repliesTo(post)({ reader: person, limit, ...(after === undefined ? {} : { cursor: after }) });
      },
    }),

    query(dependencies, {
      ...ofPerson,
      path: '/v1/people/:person/posts',
      operationId: 'getPostsOfPerson',
      summary: 'List a person’s posts, newest first',
      description: 'Returns a page of the posts and replies of one person. A person who blocks you is unknown to you; of one whom you block you see none.',
      example: { posts: [EXAMPLE_POST], next: null },
      params: z.strictObject({ person: personId }),
      query: z.strictObject({ before: postId.optional().meta(CURSOR), limit: limitParam() }),
      response: posts,
      refusals: ['person-unknown'],
      handle: async ({ caller, params: { person: author }, query: { before, limit } }) => {
        const pair = { reader: caller.person, person: author };
        if ((await views.get('profiles', author)) === undefined || (await isUnknownTo(logFacts, pair))) return refused('person-unknown');
        if (await isAcrossBlock(logFacts, pair)) return { posts: [], next: null };
        return postsOf(author)({ reader: caller.person, limit, ...(before === undefined ? {} : { cursor: before }) });
      },
    }),
  ];
}

const skeletonOf = (found: readonly { readonly post: PostId }[], limit: number): Skeleton => ({
  ids: found.map(({ post }) => post),
  complete: found.length < limit,
});
