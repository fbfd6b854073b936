/** GET /v1/me/feed: newest first, and never a hole. */
import type { PostId } from '../../domain/shared/ids.ts';
import type { Post } from '../../projections/read-models/posts.ts';
import type { PostView } from './present.ts';
import { mayBeInFeed } from './rules.ts';
import type { FeedQuery, FeedStages } from './stages.ts';

export type FeedAnswer = { readonly posts: readonly PostView[]; readonly next: PostId | null };

/** What the rules take away is fetched again with some to spare, so many times. */
const OVERFETCH = 1.4;
const REFILLS_MAX = 5;

/** `next` is the last id scanned, not the last shown, and null only at the true end: filtering never ends a feed early. */
export async function getFeed(stages: FeedStages, { reader, before, limit }: FeedQuery): Promise<FeedAnswer> {
  const shown: Post[] = [];
  const answer = async (next: PostId | null): Promise<FeedAnswer> => ({ posts: await stages.present(reader, shown), next });
  let cursor = before;
  for (let refill = 0; refill <= REFILLS_MAX; refill++) {
    const missing = limit - shown.length;
    const wanted = (refill === 0 ? missing : Math.ceil(missing * OVERFETCH)) + 1; // the one more tells whether there is more
    const skeleton = await stages.skeleton({ reader, limit: wanted, ...(cursor === undefined ? {} : { before: cursor }) });
    const { posts, relations } = await stages.hydrate(reader, skeleton.ids);
    const visible = new Map(posts.filter((post) => mayBeInFeed(reader, post, relations)).map((post) => [post.post, post]));
    for (const [i, id] of skeleton.ids.entries()) {
      const post = visible.get(id);
      if (post !== undefined) shown.push(post);
      cursor = id;
      const isLast = skeleton.complete && i === skeleton.ids.length - 1;
      if (shown.length === limit) return await answer(isLast ? null : id);
    }
    if (skeleton.complete) return await answer(null);
  }
  return await answer(cursor ?? null);
}
