/** Who may see what, at the moment of reading. The cache may be late; this is the truth. */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { HydratedPost, Relations } from './sources.ts';

/** In a feed: of friends and those one follows, whom one has not muted. */
export function mayBeInFeed(reader: PersonId, post: HydratedPost, relations: Relations): boolean {
  if (!maySee(reader, post, relations)) return false;
  return post.author === reader || (relations.connected.has(post.author) && !relations.muted.has(post.author));
}

/** By its id, on its author's page or as a reply: everybody, unless one of the two has blocked the other. */
export function maySee(reader: PersonId, post: HydratedPost, relations: Relations): boolean {
  if (post.text === null) return false; // its author was erased
  return post.author === reader || !relations.blocked.has(post.author);
}
