/** The posts that the caller has bookmarked. */
import { z } from 'zod';
import { postId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { createPipeline } from '../../feed/pipeline.ts';
import { EXAMPLE_POST, postSchema } from '../../feed/post-view.ts';
import { maySee } from '../../feed/rules.ts';
import { CURSOR, limitParam, next } from '../../pages.ts';
import { query } from '../../query.ts';
import { READ_FOR_POSTS } from './posts.ts';

export function bookmarkRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  return [
    query(dependencies, {
      callers: ['person'],
      tag: 'Posts',
      reads: [...READ_FOR_POSTS, 'bookmarks'],
      path: '/v1/me/bookmarks',
      operationId: 'getBookmarks',
      summary: 'List the posts that I have bookmarked, the newest post first',
      description: 'Returns a page of the posts that you have bookmarked, as far as you may still see them. Nobody else learns which those are.',
      example: { posts: [EXAMPLE_POST], next: null },
      query: z.strictObject({ before: postId.optional().meta(CURSOR), limit: limitParam() }),
      response: z.object({ posts: z.array(postSchema), next }),
      handle: ({ caller: { person: reader }, query: { before, limit } }) => {
        const read = createPipeline(dependencies, {
          rule: maySee,
          skeleton: async ({ cursor, limit: wanted }) => {
            const range = cursor === undefined ? {} : { range: { field: 'post', before: cursor } };
            const found = await views.find('bookmarks', { where: { person: reader }, ...range, order: { post: -1 }, limit: wanted });
            return { ids: found.map(({ post }) => post), complete: found.length < wanted };
          },
        });
        return read({ reader, limit, ...(before === undefined ? {} : { cursor: before }) });
      },
    }),
  ];
}
