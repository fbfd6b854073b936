/** GET /v1/me/feed: newest first, and never a hole. */
import type { PostId } from '../../domain/shared/ids.ts';
import { present, type PostView } from './present.ts';
import { mayBeInFeed } from './rules.ts';
import type { FeedQuery, FeedSources } from './sources.ts';

export type FeedAnswer = { readonly posts: readonly PostView[]; readonly next: PostId | null };

/** What rules will take away is fetched on top; what that doesn't cover is fetched again, so many times. */
const OVERFETCH = 1.4;
const REFILLS_MAX = 5;

/** `next` is the last id scanned, not the last shown, and null only at the true end: filtering never ends a feed early. */
export async function getFeed(sources: FeedSources, { reader, before, limit }: FeedQuery): Promise<FeedAnswer> {
  const shown: PostView[] = [];
  let cursor = before;
  for (let refill = 0; refill <= REFILLS_MAX; refill++) {
    const wanted = Math.ceil((limit - shown.length) * OVERFETCH) + 1;
    const skeleton = await sources.skeleton({ reader, limit: wanted, ...(cursor === undefined ? {} : { before: cursor }) });
    const { posts, relations } = await sources.hydrate(reader, skeleton.ids);
    const visible = new Map(posts.filter((post) => mayBeInFeed(reader, post, relations)).map((post) => [post.post, post]));
    for (const [i, id] of skeleton.ids.entries()) {
      const post = visible.get(id);
      if (post !== undefined) shown.push(present(post));
      cursor = id;
      const isLast = skeleton.complete && i === skeleton.ids.length - 1;
      if (shown.length === limit) return { posts: shown, next: isLast ? null : id };
    }
    if (skeleton.complete) return { posts: shown, next: null };
  }
  return { posts: shown, next: cursor ?? null };
}
