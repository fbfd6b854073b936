import { z } from 'zod';
import type { HydratedPost } from './sources.ts';

export const postView = z
  .object({
    id: z.string(),
    author: z.object({ id: z.string(), name: z.string().nullable() }),
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

export function present({ post, author, authorName, text, replyTo, at, editedAt, counters, liked }: HydratedPost): PostView {
  return {
    id: post,
    author: { id: author, name: authorName },
    text: text ?? '',
    replyTo,
    at,
    editedAt,
    likes: counters.likes,
    replies: counters.replies,
    liked,
  };
}
