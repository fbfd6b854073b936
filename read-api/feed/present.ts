/** The presentation stage: posts with their authors' names, their counters, and the reader's like. */
import { z } from 'zod';
import type { PersonId } from '../../domain/shared/ids.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { likeId, type PostDocument } from '../../projections/read-models/posts.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { loadNames, namedPersonSchema } from '../named-person.ts';
import { idField, optionalTimeField, timeField } from '../response-fields.ts';

export const postSchema = z
  .object({
    id: idField('The id of the post.', EXAMPLE.post),
    author: namedPersonSchema,
    text: z.string().meta({ examples: ['Hello, world'] }),
    replyTo: z
      .string()
      .nullable()
      .meta({ description: 'The post that it replies to. null: it is no reply.', examples: [EXAMPLE.post] }),
    at: timeField('When it was published.'),
    editedAt: optionalTimeField('When it was last edited. null: never.'),
    likes: z.int().meta({ description: 'The number of likes.' }),
    replies: z.int().meta({ description: 'The number of replies. It is the same for everybody: a reply that a block hides from you is counted.' }),
    liked: z.boolean().meta({ description: 'Whether you like it.' }),
  })
  .meta({ id: 'Post' });

export type PostView = z.infer<typeof postSchema>;

export const EXAMPLE_POST: PostView = {
  id: EXAMPLE.post,
  author: { id: EXAMPLE.bob, name: 'Bob' },
  text: 'Hello, world',
  replyTo: null,
  at: EXAMPLE.at,
  editedAt: null,
  likes: 2,
  replies: 1,
  liked: true,
};

/** In the order given; three reads, for any number of posts. */
export async function present(views: Pick<TidingsViews, 'getMany'>, reader: PersonId, posts: readonly PostDocument[]): Promise<readonly PostView[]> {
  if (posts.length === 0) return [];
  const [authors, counters, likes] = await Promise.all([
    loadNames(views, [...new Set(posts.map(({ author }) => author))]),
    views.getMany(
      'post-counters',
      posts.map(({ post }) => post),
    ),
    views.getMany(
      'likes',
      posts.map(({ post }) => likeId(post, reader)),
    ),
  ]);
  const authorOf = new Map(authors.map((author) => [author.id, author]));
  return posts.map(({ post, author, text, replyTo, at, editedAt }, i) => ({
    id: post,
    author: authorOf.get(author) ?? { id: author, name: null },
    text: text ?? '',
    replyTo,
    at,
    editedAt,
    likes: counters[i]?.likes ?? 0,
    replies: counters[i]?.replies ?? 0,
    liked: likes[i] !== undefined,
  }));
}
