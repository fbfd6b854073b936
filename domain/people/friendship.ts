/**
 * The friendship of two people, asked for, accepted and ended. Each request opens a new round. A person who asks or accepts must
 * have reserved a place among their friends for that very round (`relationships.ts`): a reservation that was released or belongs to
 * an earlier round doesn't count, so the limit of friends is exact.
 */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { PersonId } from '../shared/ids.ts';
import { relationBetween, friendReservationOf, type RelationshipsState } from './relationships.ts';
import type { FriendshipEvent } from './events.ts';
import type { FriendshipState } from './friendship-state.ts';

/** `relationships` are the two people's own, read after the place was reserved. */
export type FriendshipCommand =
  | {
      readonly type: 'request';
      readonly actor: PersonId;
      readonly other: PersonId;
      readonly relationships: { readonly actor: RelationshipsState; readonly other: RelationshipsState };
    }
  | {
      readonly type: 'accept';
      readonly actor: PersonId;
      readonly relationships: { readonly actor: RelationshipsState; readonly other: RelationshipsState };
    }
  | { readonly type: 'refuse'; readonly actor: PersonId }
  | { readonly type: 'withdraw'; readonly actor: PersonId }
  | { readonly type: 'remove'; readonly actor: PersonId };

type Command<Type extends FriendshipCommand['type']> = Extract<FriendshipCommand, { type: Type }>;

export const friendship: Decider<FriendshipState, FriendshipCommand, FriendshipEvent> = {
  reads: 'tail',
  initialState: { status: 'strangers', round: 0 },

  evolve: (_, event) => {
    const { round } = event.data;
    switch (event.type) {
      case 'people.friend-requested.v1':
        return { status: 'requested', round, from: event.data.from, to: event.data.to };
      case 'people.friend-accepted.v1':
        return { status: 'friends', round, from: event.data.from, to: event.data.to };
      case 'people.friend-refused.v1':
        return { status: 'strangers', round, ended: 'refused' };
      case 'people.friend-withdrawn.v1':
        return { status: 'strangers', round, ended: 'withdrawn' };
      case 'people.friend-removed.v1':
        return { status: 'strangers', round, ended: 'removed' };
    }
  },

  decide: (state, command) => {
    switch (command.type) {
      case 'request':
        return request(state, command);
      case 'accept':
        return acceptRequest(state, command);
      case 'refuse':
        return refuseRequest(state, command);
      case 'withdraw':
        return withdraw(state, command);
      case 'remove':
        return remove(state, command);
    }
  },
};

function request(state: FriendshipState, { actor, other, relationships }: Command<'request'>): Decision<FriendshipEvent> {
  if (actor === other) return refuse('self-not-allowed');
  if (state.status === 'friends') return refuse('already-friends');
  if (state.status === 'requested') return state.from === actor ? accept() : refuse('friend-request-pending');
  if (isBlocked({ actor, other, relationships })) return refuse('blocked');
  const round = state.round + 1;
  if (friendReservationOf(relationships.actor, other)?.round !== round) return refuse('friend-reservation-expired');
  return accept({ type: 'people.friend-requested.v1', data: { from: actor, to: other, round } });
}

function acceptRequest(state: FriendshipState, { actor, relationships }: Command<'accept'>): Decision<FriendshipEvent> {
  if (state.status === 'strangers') return refuse('friend-request-unknown');
  if (state.to !== actor) return refuse('not-the-recipient');
  if (state.status === 'friends') return accept();
  const { from, to, round } = state;
  if (isBlocked({ actor, other: from, relationships })) return refuse('blocked');
  if (friendReservationOf(relationships.actor, from)?.round !== round) return refuse('friend-reservation-expired');
  return accept({ type: 'people.friend-accepted.v1', data: { from, to, round } });
}

function refuseRequest(state: FriendshipState, { actor }: Command<'refuse'>): Decision<FriendshipEvent> {
  if (state.status === 'strangers') return state.ended === 'refused' ? accept() : refuse('friend-request-unknown');
  if (state.to !== actor) return refuse('not-the-recipient');
  if (state.status === 'friends') return refuse('already-friends');
  const { from, to, round } = state;
  return accept({ type: 'people.friend-refused.v1', data: { from, to, round } });
}

function withdraw(state: FriendshipState, { actor }: Command<'withdraw'>): Decision<FriendshipEvent> {
  if (state.status === 'strangers') return state.ended === 'withdrawn' ? accept() : refuse('friend-request-unknown');
  if (state.from !== actor) return refuse('not-the-requester');
  if (state.status === 'friends') return refuse('already-friends');
  const { from, to, round } = state;
  return accept({ type: 'people.friend-withdrawn.v1', data: { from, to, round } });
}

function remove(state: FriendshipState, { actor }: Command<'remove'>): Decision<FriendshipEvent> {
  if (state.status === 'strangers') return state.ended === 'removed' ? accept() : refuse('not-a-friend');
  if (state.status === 'requested' || (actor !== state.from && actor !== state.to)) return refuse('not-a-friend');
  const other = actor === state.from ? state.to : state.from;
  return accept({ type: 'people.friend-removed.v1', data: { by: actor, other, round: state.round } });
}

function isBlocked({ actor, other, relationships }: Pick<Command<'request'>, 'actor' | 'other' | 'relationships'>): boolean {
  return relationBetween({ person: actor, relationships: relationships.actor }, { person: other, relationships: relationships.other }) === 'blocked';
}
