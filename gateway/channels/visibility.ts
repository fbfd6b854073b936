/** Who sees whose presence: friends, and members of a shared channel, as far as the people who are seen let them. */
import { DEFAULT_PRIVACY, showsPresence } from '../../domain/people/preferences/privacy.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { blockedAmong } from '../../projections/view-access/blocks.ts';
import { friendId } from '../../projections/read-models/friends.ts';
import { isBlockRecent, recentPrivacyOf } from './recent-changes.ts';
import { channelsOf, loadPrivacy, membersOfAll, type ViewQueries } from './view-queries.ts';

/** Of who shares only larger channels than these with a person, the presence is told when it is asked for, and not each time that it changes. */
export const PRESENCE_PUSHED_MEMBERS_MAX = 50;

/** `live`: told of each change. `on-entry`: told once. `hidden`: shown as offline, as the other person wants it. */
export type Visibility = 'live' | 'on-entry' | 'hidden';

/** Those of `people` whom the person may see: friends, and members of a shared channel that is no message request, unless one of the two blocks the other. */
export async function visibilityOf(queries: ViewQueries, person: PersonId, people: readonly PersonId[]): Promise<ReadonlyMap<PersonId, Visibility>> {
  const { views, recent } = queries;
  const friends = await views.getMany(
    'friends',
    people.map((other) => friendId(person, other)),
  );
  const hasStrangers = people.some((other, i) => friends[i] === undefined && other !== person);
  const [sharing, blocked, privacy] = await Promise.all([
    hasStrangers ? membersOfSharedChannels(queries, person) : new Map<PersonId, Visibility>(),
    blockedAmong(views, person, people),
    loadPrivacy(queries, people),
  ]);
  const visible = new Map<PersonId, Visibility>();
  for (const [i, other] of people.entries()) {
    const isFriend = friends[i] !== undefined;
    const visibility = other === person || isFriend ? 'live' : sharing.get(other);
    if (visibility === undefined || blocked.has(other) || isBlockRecent(recent, person, other)) continue;
    const isShown = other === person || showsPresence(recentPrivacyOf(recent, other) ?? privacy.get(other) ?? DEFAULT_PRIVACY, { isFriend });
    visible.set(other, isShown ? visibility : 'hidden');
  }
  return visible;
}

async function membersOfSharedChannels(queries: ViewQueries, person: PersonId): Promise<ReadonlyMap<PersonId, Visibility>> {
  const channels = await channelsOf(queries, person);
  const members = await membersOfAll(queries, channels);
  const sharing = new Map<PersonId, Visibility>();
  for (const channel of channels) {
    const present = members.get(channel) ?? [];
    if (queries.channels.get(channel)?.isAccepted !== true || !present.includes(person)) continue;
    for (const member of present)
      if (present.length <= PRESENCE_PUSHED_MEMBERS_MAX || !sharing.has(member))
        sharing.set(member, present.length <= PRESENCE_PUSHED_MEMBERS_MAX ? 'live' : 'on-entry');
  }
  return sharing;
}
