/** Who is to have an author's posts in the feed: friends and followers, in ranges by their ids. */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { TidingsViews } from '../../projections/query/tidings-views.ts';

/** `next` begins the range after this one; null: there is none. */
export type Readers = { readonly readers: readonly PersonId[]; readonly next: PersonId | null };

/** The `limit` lowest ids after `after` that are a friend or a follower. Muting and blocking are the reader's rules, not the writer's. */
export async function readersOf(
  views: Pick<TidingsViews, 'pluck'>,
  { author, after, limit }: { readonly author: PersonId; readonly after: PersonId | null; readonly limit: number },
): Promise<Readers> {
  const beyond = (field: string) => ({ range: { field, after: after ?? '' }, order: { [field]: 1 as const }, limit });
  const [friends, followers] = await Promise.all([
    views.pluck('friends', 'friend', { where: { person: author }, ...beyond('friend') }),
    views.pluck('relationships', 'from', { where: { to: author, kind: 'follow' }, ...beyond('from') }),
  ]);
  const all = mergeSorted(friends, followers);
  // A page that is not full has everyone, so up to the lowest `limit` of both pages nobody is missing.
  const readers = all.slice(0, limit);
  const complete = all.length <= limit && friends.length < limit && followers.length < limit;
  return { readers, next: complete ? null : (readers.at(-1) ?? null) };
}

/** Both are in order, and so is what comes out; who is in both is in it once. */
function mergeSorted(some: readonly PersonId[], others: readonly PersonId[]): readonly PersonId[] {
  if (others.length === 0) return some;
  if (some.length === 0) return others;
  return [...new Set([...some, ...others])].sort();
}
