/** The rules stage: which posts a reader may see, decided at the moment of reading. The cache may be late; this is the truth. */
import { mayRead } from '../../domain/feed/may-read.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { PostDocument } from '../../projections/read-models/posts.ts';
import type { ReaderRelation, ReaderRelations } from '../reader-relations.ts';
import type { Surroundings } from './hydrate.ts';

export type Rule = (reader: PersonId, post: PostDocument, surroundings: Surroundings) => boolean;

/** In a feed: posts of the reader, and of friends and followed people that the reader has not muted; and no share of what a muted person wrote. */
export function mayBeInFeed(reader: PersonId, post: PostDocument, surroundings: Surroundings): boolean {
  if (!maySee(reader, post, surroundings)) return false;
  if (post.author === reader) return true;
  const { references, relations } = surroundings;
  const relation = relations.get(post.author);
  const shared = post.shares === null ? undefined : references.get(post.shares);
  if (shared !== undefined && relations.get(shared.author)?.isMuted === true) return false;
  return relation !== undefined && (relation.isFriend || relation.isFollowed) && !relation.isMuted;
}

/** By its id, in its author's list or as a reply: whoever may read it. A share is nothing without the post that it passes on. */
export function maySee(reader: PersonId, post: PostDocument, surroundings: Surroundings): boolean {
  if (!isReadable(reader, post, surroundings.relations)) return false;
  return post.shares === null || readableReference(reader, post.shares, surroundings) !== undefined;
}

/** A post that another refers to; undefined where the reader may not read it, or it is gone: alike, whatever the reason. */
export function readableReference(reader: PersonId, id: PostId | null, { references, relations }: Surroundings): PostDocument | undefined {
  const post = id === null ? undefined : references.get(id);
  return post !== undefined && isReadable(reader, post, relations) ? post : undefined;
}

function isReadable(reader: PersonId, post: PostDocument, relations: ReaderRelations): boolean {
  if (post.text === null) return false; // the author was erased
  const circle = relations.get(post.circle);
  const standing = {
    isAcrossBlock: isAcrossBlock(relations.get(post.author)),
    isInCircle: post.circle === reader || (circle?.isFriend === true && !isAcrossBlock(circle)),
  };
  return mayRead(reader, { ...post, isHidden: post.hidden !== null }, standing);
}

const isAcrossBlock = (relation: ReaderRelation | undefined): boolean => relation === undefined || relation.isBlocked || relation.hasBlockedReader;
