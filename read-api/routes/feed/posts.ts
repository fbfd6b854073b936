/** Posts outside the feed: one of them, and those of one person. */
import { z } from 'zod';
import { personId, postId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { isAcrossBlock, isUnknownTo } from '../../across-blocks.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { createPipeline, skeletonOf } from '../../feed/pipeline.ts';
import { EXAMPLE_POST, postSchema } from '../../feed/post-view.ts';
import { maySee } from '../../feed/rules.ts';
import { CURSOR, limitParam, next } from '../../pages.ts';
import { query, refused } from '../../query.ts';
import { visiblePost } from './visible-post.ts';

export const READ_FOR_POSTS = ['posts', 'friends', 'relationships', 'profile'] as const;

const posts = z.object({ posts: z.array(postSchema), next });

export function postRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, logFacts } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'Posts', reads: READ_FOR_POSTS } as const;

  const postsOf = (author: string) =>
    createPipeline(dependencies, {
      rule: maySee,
      skeleton: async ({ cursor, limit }) => {
        const range = cursor === undefined ? {} : { range: { field: '_id', before: cursor } };
        return skeletonOf(await views.find('posts', { where: { author }, ...range, order: { _id: -1 }, limit }), limit);
      },
    });

  return [
    query(dependencies, {
      ...ofPerson,
      path: '/v1/posts/:post',
      operationId: 'getPost',
      revalidates: true,
      summary: 'Get a post',
      description: 'Returns a post that you may see: none that is for others, and none across a block.',
      example: EXAMPLE_POST,
      params: z.strictObject({ post: postId }),
      response: postSchema,
      refusals: ['post-unknown'],
      handle: async ({ caller: { person }, params: { post } }) => (await visiblePost(dependencies, person, post)) ?? refused('post-unknown'),
    }),

    query(dependencies, {
      ...ofPerson,
      path: '/v1/people/:person/posts',
      operationId: 'getPostsOfPerson',
      revalidates: true,
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
