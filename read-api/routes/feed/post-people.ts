/** Who likes a post, and who shares it. */
import { z } from 'zod';
import type { PersonId, PostId } from '../../../domain/shared/ids.ts';
import { personId, postId } from '../../../edge/fields.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { likeId, referenceId } from '../../../projections/read-models/posts.ts';
import { blockedAmong } from '../../../projections/view-access/blocks.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { loadNames, namedPersonSchema } from '../../named-person.ts';
import { CURSOR, limitParam, next } from '../../pages.ts';
import { query, refused } from '../../query.ts';
import { READ_FOR_POSTS } from './posts.ts';
import { visiblePost } from './visible-post.ts';

const response = z.object({ people: z.array(namedPersonSchema), next });
const example = { people: [{ id: EXAMPLE.ada, name: 'Ada' }], next: null };
const params = z.strictObject({ post: postId });

export function postPeopleRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  const ofPost = { callers: ['person'], tag: 'Posts', reads: READ_FOR_POSTS, params, response, refusals: ['post-unknown'] } as const;

  /** Those on the reader's side of every block, whatever the page's rows say; a page may be short, and even empty, before the last. */
  const shown = async (reader: PersonId, people: readonly PersonId[]) => {
    const blocked = await blockedAmong(views, reader, people);
    const named = await loadNames(
      views,
      people.filter((person) => !blocked.has(person)),
    );
    return named.filter(({ name }) => name !== null);
  };

  return [
    query(dependencies, {
      ...ofPost,
      path: '/v1/posts/:post/likes',
      operationId: 'getLikes',
      summary: 'List who likes a post',
      description: 'Returns a page of the people who like a post that you may see, without those that a block hides from you; in no order that means anything.',
      example,
      query: z.strictObject({ after: personId.optional().meta(CURSOR), limit: limitParam() }),
      handle: async ({ caller: { person: reader }, params: { post }, query: { after, limit } }) => {
        if ((await visiblePost(dependencies, reader, post)) === undefined) return refused('post-unknown');
        const range = after === undefined ? {} : { range: { field: '_id', after: likeId(post, after) } };
        const found = await views.find('likes', { where: { post }, ...range, order: { _id: 1 }, limit: limit + 1 });
        const page = found.slice(0, limit).map(({ person }) => person);
        return { people: await shown(reader, page), next: found.length > limit ? (page.at(-1) ?? null) : null };
      },
    }),

    query(dependencies, {
      ...ofPost,
      path: '/v1/posts/:post/shares',
      operationId: 'getShares',
      summary: 'List who shares a post, the newest first',
      description: 'Returns a page of the people who share a post that you may see, without those that a block hides from you.',
      example,
      query: z.strictObject({ before: postId.optional().meta(CURSOR), limit: limitParam() }),
      handle: async ({ caller: { person: reader }, params: { post }, query: { before, limit } }) => {
        if ((await visiblePost(dependencies, reader, post)) === undefined) return refused('post-unknown');
        const range = before === undefined ? {} : { range: { field: '_id', before: referenceId(before, 'shares') } };
        const found = await views.find('post-references', { where: { of: post, kind: 'shares' }, ...range, order: { _id: -1 }, limit: limit + 1 });
        const page = found.slice(0, limit);
        const last = found.length > limit ? page.at(-1) : undefined;
        return { people: await shown(reader, [...new Set(page.map(({ by }) => by))]), next: last === undefined ? null : shareIn(last._id) };
      },
    }),
  ];
}

/** The post that is the share, which sorts by its time. */
const shareIn = (id: string): PostId => id.slice(0, id.indexOf(':')) as PostId;
