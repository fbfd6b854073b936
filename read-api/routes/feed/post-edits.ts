/** What a post said before it was edited. */
import { z } from 'zod';
import { EXAMPLE } from '../../../edge/examples.ts';
import { postId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { CURSOR, fillPage, limitParam } from '../../pages.ts';
import { query, refused } from '../../query.ts';
import { timeField } from '../../response-fields.ts';
import { READ_FOR_POSTS } from './posts.ts';
import { visiblePost } from './visible-post.ts';

/** The part of a version's id that the client sees as a cursor: the revision of the edit. */
const cursor = z.string().regex(/^\d{10}$/);

const edit = z.object({
  text: z.string().meta({ examples: ['Helo, world'] }),
  at: timeField('From when on it was so.'),
  until: timeField('When it was edited.'),
});

export function postEditRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, pageBytesMax } = dependencies;
  return [
    query(dependencies, {
      callers: ['person'],
      tag: 'Posts',
      reads: READ_FOR_POSTS,
      path: '/v1/posts/:post/edits',
      operationId: 'getPostEdits',
      summary: 'List what a post said before, newest first',
      description: 'Returns a page of the texts that a post had before it was edited. The present one is in the post.',
      example: { edits: [{ text: 'Helo, world', at: EXAMPLE.at, until: EXAMPLE.at }], next: null },
      params: z.strictObject({ post: postId }),
      query: z.strictObject({ before: cursor.optional().meta(CURSOR), limit: limitParam() }),
      response: z.object({ edits: z.array(edit), next: cursor.nullable().meta({ description: 'The cursor of the next page. null: this is the last one.' }) }),
      refusals: ['post-unknown'],
      handle: async ({ caller: { person }, params: { post }, query: { before, limit } }) => {
        if ((await visiblePost(dependencies, person, post)) === undefined) return refused('post-unknown');
        const range = before === undefined ? {} : { range: { field: '_id', before: `${post}:${before}` } };
        const found = await views.find('post-versions', { where: { post }, ...range, order: { _id: -1 }, limit: limit + 1 });
        const { views: edits, last } = await fillPage(found, {
          limit,
          bytesMax: pageBytesMax,
          present: async (rows) => rows.map(({ text, at, until }) => (text === null ? undefined : { text, at, until })),
        });
        return { edits, next: last === undefined ? null : last._id.slice(post.length + 1) };
      },
    }),
  ];
}
