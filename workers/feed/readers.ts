/** The readers of an author, in whose feeds the author's posts belong: friends and followers, in ranges by their ids. */
import type { PersonId } from '../../domain/shared/ids.ts';
import { friendId } from '../../projections/read-models/friends.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';

/** The next range begins after `next`; null: this is the last one. */
export type Readers = { readonly readers: readonly PersonId[]; readonly next: PersonId | null };

/** The `limit` lowest ids after `after` of friends and followers. Mutes and blocks are rules at reading. */
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
  // A page that is not full is the last one, so up to the lowest `limit` ids of both pages no reader is missing.
  const readers = all.slice(0, limit);
  const complete = all.length <= limit && friends.length < limit && followers.length < limit;
  return { readers, next: complete ? null : (readers.at(-1) ?? null) };
}

/** The same of those friends of the author who are in a circle: the person whose circle it is, and that person's friends. */
export async function friendsInCircle(
  views: Pick<TidingsViews, 'pluck' | 'getMany'>,
  { author, circle, after, limit }: { readonly author: PersonId; readonly circle: PersonId; readonly after: PersonId | null; readonly limit: number },
): Promise<Readers> {
  const friends = await views.pluck('friends', 'friend', {
    where: { person: author },
    range: { field: 'friend', after: after ?? '' },
    order: { friend: 1 },
    limit,
  });
  const next = friends.length < limit ? null : (friends.at(-1) ?? null);
  if (circle === author) return { readers: friends, next };
  const ofCircle = await views.getMany(
    'friends',
    friends.map((friend) => friendId(circle, friend)),
  );
  return { readers: friends.filter((friend, i) => friend === circle || ofCircle[i] !== undefined), next };
}

/** Both lists are sorted, and so is the result; an id in both is in it once. */
function mergeSorted(some: readonly PersonId[], others: readonly PersonId[]): readonly PersonId[] {
  if (others.length === 0) return some;
  if (some.length === 0) return others;
  return [...new Set([...some, ...others])].sort();
}
