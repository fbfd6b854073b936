/** Posts as they are shown: with their authors' names, their counters, and what the reader did to them. */
import { z } from 'zod';
import type { PersonId } from '../../domain/shared/ids.ts';
import { likeId, type Post } from '../../projections/read-models/posts.ts';
import type { ActiveViews } from '../../projections/query/read-views.ts';
import { named, personView } from '../person-view.ts';

export const postView = z
  .object({
    id: z.string(),
    author: personView,
    text: z.string(),
    replyTo: z.string().nullable(),
    at: z.string(),
    editedAt: z.string().nullable(),
    likes: z.int(),
    replies: z.int(),
    liked: z.boolean().meta({ description: 'Whether whoever asks likes it.' }),
  })
  .meta({ id: 'Post' });

export type PostView = z.infer<typeof postView>;

/** Only what is shown is read, in three reads whatever its number. */
export async function present(views: Pick<ActiveViews, 'getMany'>, reader: PersonId, posts: readonly Post[]): Promise<readonly PostView[]> {
  if (posts.length === 0) return [];
  const [authors, counters, likes] = await Promise.all([
    named(views, [...new Set(posts.map(({ author }) => author))]),
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
