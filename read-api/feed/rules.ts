/** Who may see what, at the moment of reading. The cache may be late; this is the truth. */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Post } from '../../projections/read-models/posts.ts';
import type { Relations } from '../relations.ts';

/** In a feed: of friends and those one follows, whom one has not muted. */
export function mayBeInFeed(reader: PersonId, post: Post, relations: Relations): boolean {
  if (!maySee(reader, post, relations)) return false;
  if (post.author === reader) return true;
  const relation = relations.get(post.author);
  return relation !== undefined && (relation.friend || relation.followed) && !relation.muted;
}

/** By its id, on its author's page or as a reply: everybody, unless one of the two has blocked the other. */
export function maySee(reader: PersonId, { author, text }: Post, relations: Relations): boolean {
  if (text === null) return false; // its author was erased
  if (author === reader) return true;
  const relation = relations.get(author);
  return relation !== undefined && !relation.blocked && !relation.blocking;
}
