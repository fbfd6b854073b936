/** The rules stage: which posts a reader may see, decided at the moment of reading. The cache may be late; this is the truth. */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { PostDocument } from '../../projections/read-models/posts.ts';
import type { ReaderRelations } from '../reader-relations.ts';

export type Rule = (reader: PersonId, post: PostDocument, relations: ReaderRelations) => boolean;

/** In a feed: posts of the reader, and of friends and followed people that the reader has not muted. */
export function mayBeInFeed(reader: PersonId, post: PostDocument, relations: ReaderRelations): boolean {
  if (!maySee(reader, post, relations)) return false;
  if (post.author === reader) return true;
  const relation = relations.get(post.author);
  return relation !== undefined && (relation.isFriend || relation.isFollowed) && !relation.isMuted;
}

/** By its id, in its author's list or as a reply: everybody, unless the author or the reader has blocked the other. */
export function maySee(reader: PersonId, { author, text }: PostDocument, relations: ReaderRelations): boolean {
  if (text === null) return false; // the author was erased
  if (author === reader) return true;
  const relation = relations.get(author);
  return relation !== undefined && !relation.isBlocked && !relation.hasBlockedReader;
}
