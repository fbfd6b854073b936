/** Loads what decisions about new members of a group go by: who the actor knows, and where blocks stand. */
import { channel } from '../../domain/chat/channel.ts';
import { isMember, membersOf, type ChannelState } from '../../domain/chat/channel-state.ts';
import type { MemberRelationships, Newcomer } from '../../domain/chat/newcomers.ts';
import { friendship } from '../../domain/people/friendship.ts';
import { relationships } from '../../domain/people/relationships.ts';
import { friendshipOf, type ChannelId, type PersonId } from '../../domain/shared/ids.ts';
import { channelStream, friendshipStream, relationshipsStream } from '../../domain/shared/streams.ts';
import type { CommandHandling, LoadState, StreamRevision } from '../handling/handle.ts';
import { counterpartOf } from '../people/relationships.ts';

export type LoadedNewcomer = { readonly newcomer: Newcomer; readonly readRevisions: readonly StreamRevision[] };

/**
 * A person's groups are in no stream of their own, and a decision reads no view: a caller who adds a person by a group that
 * both are in names it as `sharedGroup`.
 */
export async function loadNewcomers(
  dependencies: CommandHandling,
  { person, others, sharedGroup }: { readonly person: PersonId; readonly others: readonly PersonId[]; readonly sharedGroup?: ChannelId },
): Promise<readonly LoadedNewcomer[]> {
  const { loadState } = dependencies;
  const shared = sharedGroup === undefined ? undefined : (await loadState(channel, channelStream(sharedGroup))).state;
  return Promise.all(
    others.map(async (other) => {
      const [{ counterpart, relationships, readRevisions }, isFriend] = await Promise.all([
        counterpartOf(dependencies, { person, other }),
        areFriends(loadState, person, other),
      ]);
      return { newcomer: { ...counterpart, relationships, acquainted: isFriend || areInGroup(shared, person, other) }, readRevisions };
    }),
  );
}

export async function areFriends(loadState: LoadState, one: PersonId, other: PersonId): Promise<boolean> {
  return (await loadState(friendship, friendshipStream(friendshipOf(one, other)))).state.status === 'friends';
}

/** The members of a channel with their relationships, at most a hundred. */
export const membersWithRelationships = (loadState: LoadState, state: ChannelState): Promise<readonly MemberRelationships[]> =>
  Promise.all(membersOf(state).map((member) => withRelationships(loadState, member)));

export async function withRelationships(loadState: LoadState, person: PersonId): Promise<MemberRelationships> {
  return { person, relationships: (await loadState(relationships, relationshipsStream(person))).state };
}

const areInGroup = (state: ChannelState | undefined, one: PersonId, other: PersonId): boolean =>
  state?.status === 'open' && state.kind === 'group' && isMember(state, one) && isMember(state, other);
