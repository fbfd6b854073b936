/** Posts beside any feed: one of them, its replies, those of one person. */
import { z } from 'zod';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { personId, postId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { ActiveViews } from '../../projections/query/read-views.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { hydrate } from '../feed/hydrate.ts';
import { postView, present, type PostView } from '../feed/present.ts';
import { maySee } from '../feed/rules.ts';
import { limitOf, next, pageOf } from '../pages.ts';
import { query, refused } from '../query.ts';

export const READ_FOR_POSTS = ['posts', 'friends', 'relationships', 'profile'];

const onePost = z.strictObject({ post: postId });
const posts = z.object({ posts: z.array(postView), next });
const goesOn = { description: 'The `next` of the page before.' };

export function postRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  const ofPerson = { callers: ['person'], reads: READ_FOR_POSTS } as const;
  const show = (reader: PersonId, ids: readonly PostId[]) => showPosts(views, { reader, ids, may: maySee });
  return [
    query(dependencies, {
      ...ofPerson,
      path: '/v1/posts/:post',
      operationId: 'getPost',
      summary: 'One post.',
      params: onePost,
      answer: postView,
      refusals: ['post-unknown'],
      handle: async ({ caller: { person }, params: { post } }) => {
        const [found] = await show(person, [post]);
        return found ?? refused('post-unknown');
      },
    }),

    query(dependencies, {
      ...ofPerson,
      path: '/v1/posts/:post/replies',
      operationId: 'getReplies',
      summary: 'The replies to a post, oldest first.',
      params: onePost,
      query: z.strictObject({ after: postId.optional().meta(goesOn), limit: limitOf() }),
      answer: posts,
      refusals: ['post-unknown'],
      handle: async ({ caller: { person }, params: { post }, query: { after, limit } }) => {
        if ((await show(person, [post])).length === 0) return refused('post-unknown');
        const range = after === undefined ? {} : { range: { field: '_id', after } };
        const found = await views.find('posts', { where: { replyTo: post }, ...range, order: { _id: 1 }, limit: limit + 1 });
        return await pageOfPosts(person, idsOf(found), limit);
      },
    }),

    query(dependencies, {
      ...ofPerson,
      path: '/v1/people/:person/posts',
      operationId: 'getPostsOfPerson',
      summary: 'The posts and replies of one person, newest first.',
      params: z.strictObject({ person: personId }),
      query: z.strictObject({ before: postId.optional().meta(goesOn), limit: limitOf() }),
      answer: posts,
      refusals: ['person-unknown'],
      handle: async ({ caller, params: { person: author }, query: { before, limit } }) => {
        if ((await views.get('profiles', author)) === undefined) return refused('person-unknown');
        const range = before === undefined ? {} : { range: { field: '_id', before } };
        const found = await views.find('posts', { where: { author }, ...range, order: { _id: -1 }, limit: limit + 1 });
        return await pageOfPosts(caller.person, idsOf(found), limit);
      },
    }),
  ];

  async function pageOfPosts(reader: PersonId, ids: readonly PostId[], limit: number): Promise<z.infer<typeof posts>> {
    const { shown, last } = pageOf(ids, limit);
    return { posts: [...(await show(reader, shown))], next: last ?? null };
  }
}

const idsOf = (found: readonly { readonly post: PostId }[]) => found.map(({ post }) => post);

type Showing = { readonly reader: PersonId; readonly ids: readonly PostId[]; readonly may: typeof maySee };

/** Those of these posts that are there and that the reader may see. */
export async function showPosts(views: Pick<ActiveViews, 'getMany'>, { reader, ids, may }: Showing): Promise<readonly PostView[]> {
  const { posts, relations } = await hydrate(views, reader, ids);
  return present(
    views,
    reader,
    posts.filter((post) => may(reader, post, relations)),
  );
}
