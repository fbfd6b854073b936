/** The posts with a hashtag, and those that mention the reader. The view tells which may be meant; the post as it is now, whether it is. */
import { z } from 'zod';
import { hashtagOf, HASHTAG_CHARACTERS_MAX, termsOf, type PostTerm } from '../../../domain/feed/entities.ts';
import type { PersonId, PostId } from '../../../domain/shared/ids.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { postId, text } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import type { PostDocument } from '../../../projections/read-models/posts.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import type { Surroundings } from '../../feed/hydrate.ts';
import { createPipeline, type ReadPage } from '../../feed/pipeline.ts';
import { EXAMPLE_POST, postSchema } from '../../feed/post-view.ts';
import { maySee, type Rule } from '../../feed/rules.ts';
import { CURSOR, limitParam, next } from '../../pages.ts';
import { query } from '../../query.ts';
import { READ_FOR_POSTS } from './posts.ts';

const page = z.strictObject({ before: postId.optional().meta(CURSOR), limit: limitParam() });
const posts = z.object({ posts: z.array(postSchema), next });
const example = { posts: [{ ...EXAMPLE_POST, text: '#spring' }], next: null };

export function postTermRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  const list = { callers: ['person'], tag: 'Posts', reads: [...READ_FOR_POSTS, 'post-terms'], query: page, response: posts, example } as const;

  const postsWith = (term: PostTerm): ReadPage =>
    createPipeline(dependencies, {
      rule: isMeant(term),
      skeleton: async ({ cursor, limit }) => {
        const range = cursor === undefined ? {} : { range: { field: '_id', before: cursor } };
        const found = await views.find('post-terms', { where: term, ...range, order: { _id: -1 }, limit });
        return { ids: [...new Set(found.map(({ post }) => post))], complete: found.length < limit };
      },
    });

  const pageOf = (term: PostTerm, reader: PersonId, { before, limit }: { readonly before?: PostId | undefined; readonly limit: number }) =>
    postsWith(term)({ reader, limit, ...(before === undefined ? {} : { cursor: before }) });

  return [
    query(dependencies, {
      ...list,
      path: '/v1/tags/:tag/posts',
      operationId: 'getPostsWithTag',
      summary: 'List the posts with a hashtag, newest first',
      description:
        'Returns a page of the public posts and replies that have the hashtag, however it is spelled, without those of people whom you mute or block or who block you.',
      params: z.strictObject({
        tag: text(HASHTAG_CHARACTERS_MAX + 1).meta({ description: 'The hashtag, with or without `#` before it.', examples: ['spring'] }),
      }),
      handle: ({ caller, params, query: wanted }) => pageOf({ tag: hashtagOf(params.tag).replace(/^#/, '') }, caller.person, wanted),
    }),

    query(dependencies, {
      ...list,
      path: '/v1/me/mentions',
      operationId: 'getMentions',
      summary: 'List the posts that mention me, newest first',
      description: 'Returns a page of the posts and replies that mention you and that you may see, without those of people whom you mute.',
      example: {
        posts: [{ ...EXAMPLE_POST, text: 'Hello @ada', entities: { links: [], mentions: [{ from: 6, to: 10, person: EXAMPLE.ada }], hashtags: [] } }],
        next: null,
      },
      handle: ({ caller: { person }, query: wanted }) => pageOf({ person }, person, wanted),
    }),
  ];
}

/** An edit may have taken the term out of the text again. */
const isMeant =
  (term: PostTerm): Rule =>
  (reader, post, surroundings) =>
    maySee(reader, post, surroundings) && !isMuted(post, surroundings) && termsOf(post.entities ?? {}).some((own) => isSame(own, term));

const isMuted = ({ author }: PostDocument, { relations }: Surroundings): boolean => relations.get(author)?.isMuted === true;

const isSame = (one: PostTerm, other: PostTerm): boolean =>
  'tag' in one ? 'tag' in other && one.tag === other.tag : 'person' in other && one.person === other.person;
