/** Membership, friendships, blocks and login names as the log has them at this moment: for queries whose views may be late, or can't know. */
import { channel } from '../../domain/chat/channel.ts';
import { isMember } from '../../domain/chat/channel-state.ts';
import { login } from '../../domain/people/login.ts';
import { friendship } from '../../domain/people/friendship.ts';
import { hasBlocked } from '../../domain/people/relationships.ts';
import { friendshipOf, type ChannelId, type PersonId } from '../../domain/shared/ids.ts';
import { channelStream, friendshipStream, loginStream } from '../../domain/shared/streams.ts';
import type { LoadState } from '../handling/handle.ts';
import { withRelationships } from './newcomers.ts';

export type LogFacts = {
  isMember(person: PersonId, channel: ChannelId): Promise<boolean>;
  /** Whether `by` blocks the person. */
  isBlockedBy(person: PersonId, by: PersonId): Promise<boolean>;
  areFriends(one: PersonId, other: PersonId): Promise<boolean>;
  /** Who logs in by this name, however it is typed. */
  personOfLogin(loginName: string): Promise<PersonId | undefined>;
};

export const logFacts = (loadState: LoadState, loginOf: (loginName: string) => string): LogFacts => ({
  isMember: async (person, id) => isMember((await loadState(channel, channelStream(id))).state, person),
  isBlockedBy: async (person, by) => hasBlocked((await withRelationships(loadState, by)).relationships, person),
  areFriends: async (one, other) => (await loadState(friendship, friendshipStream(friendshipOf(one, other)))).state.status === 'friends',
  personOfLogin: async (loginName) => {
    const { state } = await loadState(login, loginStream(loginOf(loginName)));
    return state.status === 'claimed' ? state.person : undefined;
  },
});
