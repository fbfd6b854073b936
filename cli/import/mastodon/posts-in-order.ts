/** The posts of an archive in an order in which a reply comes after what it replies to, whatever order the file has. */
import type { Instant } from '../../../domain/shared/instant.ts';
import { readActivity, type ArchivedPost, type ReadActivity } from './activity.ts';

/** Replies that stand before what they reply to, and are held in memory until it comes. */
const HELD_MAX = 10_000;

/** `replyTo`: the id of a post of the same archive, which comes before. `isReplyToOther`: what it replies to is not imported. */
export type PostInOrder = ArchivedPost & { readonly replyTo: string | undefined; readonly isReplyToOther: boolean };
export type FromArchive = { readonly post: PostInOrder } | Extract<ReadActivity, { leftOut: unknown }>;

/** The ids of the posts that are to be imported, and whether any has a picture. */
export async function postIdsIn(items: AsyncIterable<unknown>, now: Instant): Promise<{ readonly ids: ReadonlySet<string>; readonly hasMedia: boolean }> {
  const ids = new Set<string>();
  let hasMedia = false;
  for await (const item of items) {
    const read = readActivity(item, now);
    if (!('post' in read)) continue;
    ids.add(read.post.id);
    hasMedia ||= read.post.media.length > 0;
  }
  return { ids, hasMedia };
}

/** `ids`: those of `postIdsIn`. */
export async function* postsInOrder(
  items: AsyncIterable<unknown>,
  { ids, now }: { readonly ids: ReadonlySet<string>; readonly now: Instant },
): AsyncGenerator<FromArchive, void> {
  const given = new Set<string>();
  /** By what they reply to. */
  const held = new Map<string, ArchivedPost[]>();
  let heldCount = 0;

  function* give(post: ArchivedPost, replyTo: string | undefined): Generator<FromArchive, void> {
    const following: PostInOrder[] = [{ ...post, replyTo, isReplyToOther: post.inReplyTo !== undefined && replyTo === undefined }];
    for (let next = following.shift(); next !== undefined; next = following.shift()) {
      given.add(next.id);
      yield { post: next };
      const { id } = next;
      const waiting = (held.get(id) ?? []).filter((reply) => !given.has(reply.id)); // of a ring, the first is given already
      held.delete(id);
      heldCount -= waiting.length;
      following.push(...waiting.map((reply) => ({ ...reply, replyTo: id, isReplyToOther: false })));
    }
  }

  const seen = new Set<string>();
  for await (const item of items) {
    const read = readActivity(item, now);
    if ('leftOut' in read) {
      yield read;
      continue;
    }
    const { post } = read;
    const { id, inReplyTo } = post;
    if (seen.has(id)) {
      yield { leftOut: 'twice', id };
      continue;
    }
    seen.add(id);
    const isOwnReply = inReplyTo !== undefined && inReplyTo !== id && ids.has(inReplyTo);
    if (!isOwnReply || given.has(inReplyTo)) yield* give(post, isOwnReply ? inReplyTo : undefined);
    else if (heldCount === HELD_MAX) yield* give(post, undefined);
    else {
      held.set(inReplyTo, [...(held.get(inReplyTo) ?? []), post]);
      heldCount += 1;
    }
  }
  // Replies to each other in a ring.
  for (const posts of held.values()) for (const post of posts) if (!given.has(post.id)) yield* give(post, undefined);
}
