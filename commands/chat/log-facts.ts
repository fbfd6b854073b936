/** Membership, friendships, blocks and login names as the log has them at this moment: for queries whose views may be late, or can't know. */
import { channel } from '../../domain/chat/channel.ts';
import { isMember, readsFrom, roleOf } from '../../domain/chat/channel-state.ts';
import type { Role } from '../../domain/chat/groups/roles.ts';
import { login } from '../../domain/people/login.ts';
import { friendship } from '../../domain/people/friendship.ts';
import { preferences, privacyIn } from '../../domain/people/preferences.ts';
import type { Privacy } from '../../domain/people/preferences/privacy.ts';
import { hasBlocked } from '../../domain/people/relationships.ts';
import { friendshipOf, type ChannelId, type PersonId } from '../../domain/shared/ids.ts';
import { channelStream, friendshipStream, loginStream, preferencesStream } from '../../domain/shared/streams.ts';
import type { LoadState } from '../handling/handle.ts';
import { withRelationships } from './newcomers.ts';

export type LogFacts = {
  isMember(person: PersonId, channel: ChannelId): Promise<boolean>;
  /** The first `seq` of the channel that the person may read. Undefined: the person is no member. */
  readsFrom(person: PersonId, channel: ChannelId): Promise<number | undefined>;
  roleOf(person: PersonId, channel: ChannelId): Promise<Role | undefined>;
  /** Of these people, the members who may read that `seq`. */
  readersAmong(people: readonly PersonId[], channel: ChannelId, seq: number): Promise<readonly PersonId[]>;
  /** Messages that are pinned there, the newest last. */
  pinnedIn(channel: ChannelId): Promise<readonly number[]>;
  /** Whether `by` blocks the person. */
  isBlockedBy(person: PersonId, by: PersonId): Promise<boolean>;
  areFriends(one: PersonId, other: PersonId): Promise<boolean>;
  /** What the person lets others learn. */
  privacyOf(person: PersonId): Promise<Privacy>;
  /** Who logs in by this name, however it is typed. */
  personOfLogin(loginName: string): Promise<PersonId | undefined>;
};

export const logFacts = (loadState: LoadState, loginOf: (loginName: string) => string): LogFacts => ({
  isMember: async (person, id) => isMember((await loadState(channel, channelStream(id))).state, person),
  readsFrom: async (person, id) => readsFrom((await loadState(channel, channelStream(id))).state, person),
  roleOf: async (person, id) => roleOf((await loadState(channel, channelStream(id))).state, person),
  readersAmong: async (people, id, seq) => {
    const { state } = await loadState(channel, channelStream(id));
    return people.filter((person) => seq >= (readsFrom(state, person) ?? Infinity));
  },
  pinnedIn: async (id) => {
    const { state } = await loadState(channel, channelStream(id));
    return state.status === 'open' ? (state.pinned ?? []) : [];
  },
  isBlockedBy: async (person, by) => hasBlocked((await withRelationships(loadState, by)).relationships, person),
  areFriends: async (one, other) => (await loadState(friendship, friendshipStream(friendshipOf(one, other)))).state.status === 'friends',
  privacyOf: async (person) => privacyIn((await loadState(preferences, preferencesStream(person))).state),
  personOfLogin: async (loginName) => {
    const { state } = await loadState(login, loginStream(loginOf(loginName)));
    return state.status === 'claimed' ? state.person : undefined;
  },
});
