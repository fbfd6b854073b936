/** The friends that are notified of a post: in ranges of whole buckets, and only those who have opted in. */
import { FRIEND_POSTED_CATEGORY } from '../../domain/notifications/categories/our-categories.ts';
import { RECIPIENTS_MAX } from '../../domain/notifications/notification.ts';
import { categoryKey } from '../../domain/people/category.ts';
import { FRIENDS_MAX } from '../../domain/people/relationships.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { PreferencesDocument } from '../../projections/read-models/preferences.ts';
import { relationshipId } from '../../projections/read-models/relationships.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';

export type Friends = { readonly friends: readonly PersonId[]; readonly next: string | null };

/** The next `friendsMax` friends, and the rest of the bucket of the last one. */
export async function friendsAfter(
  views: Pick<TidingsViews, 'pluck'>,
  { author, after, friendsMax }: { readonly author: PersonId; readonly after: string | null; readonly friendsMax: number },
): Promise<Friends> {
  const inOrder = { where: { person: author }, order: { friend: 1 } } as const;
  const friends = await views.pluck('friends', 'friend', { ...inOrder, range: { field: 'friend', after: after ?? '' }, limit: friendsMax });
  const last = friends.at(-1);
  if (last === undefined || friends.length < friendsMax) return { friends, next: null };
  const next = endOf(bucketOf(last));
  const rest = await views.pluck('friends', 'friend', { ...inOrder, range: { field: 'friend', after: last, before: next }, limit: FRIENDS_MAX });
  return { friends: [...friends, ...rest], next };
}

const bucketOf = (friend: PersonId, characters = 1): string => friend.slice(0, characters);

/** Behind every id of this bucket of one character, and before every id of the next bucket. */
const endOf = (bucket: string): string => String.fromCharCode(bucket.charCodeAt(0) + 1);

/** The friends who have opted in, without which nobody is notified of posts, and neither mute nor block the author, nor are blocked. The views may be late: planning asks the log. */
export async function optedInAmong(views: Pick<TidingsViews, 'getMany'>, author: PersonId, friends: readonly PersonId[]): Promise<readonly PersonId[]> {
  const preferences = await views.getMany('preferences', friends);
  const isChosen = (choices: PreferencesDocument['choices'] = []) =>
    choices.some(({ app, category, wanted }) => app === undefined && categoryKey(category) === FRIEND_POSTED_CATEGORY && wanted);
  const optedIn = friends.filter((_, i) => isChosen(preferences[i]?.choices));
  const hidden = await views.getMany(
    'relationships',
    optedIn.flatMap((friend) => [
      relationshipId({ from: friend, kind: 'mute', to: author }),
      relationshipId({ from: friend, kind: 'block', to: author }),
      relationshipId({ from: author, kind: 'block', to: friend }),
    ]),
  );
  return optedIn.filter((_, i) => hidden.slice(3 * i, 3 * i + 3).every((edge) => edge === undefined));
}

/** A bucket of more people than one request takes is split by longer beginnings of ids. Hashes don't make one, but an attacker may have sought for such ids. */
export function inBuckets(people: readonly PersonId[], characters = 1): readonly (readonly [string, readonly PersonId[]])[] {
  const buckets = [...Map.groupBy(people, (person) => bucketOf(person, characters))];
  return buckets.flatMap(([bucket, its]) => (its.length <= RECIPIENTS_MAX ? [[bucket, its] as const] : inBuckets(its, characters + 1)));
}
