/**
 * The people a person follows, mutes and blocks, and the places among their friends that are reserved. A place is reserved here
 * before the request or the acceptance is appended to the pair's stream, so the limit is exact although a friendship lies in a stream
 * of its own. A block takes nothing away: readers hide what lies behind it, and unblocking gives it back; but nothing new is begun
 * across it.
 */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { PersonId } from '../shared/ids.ts';
import { MINUTE_MS, msBetween, type Instant } from '../shared/instant.ts';
import { emptyMap, has, valueOf, withEntry, without, type PersistentMap } from '../shared/persistent-map.ts';
import type { RefusalCode } from '../shared/refusals.ts';
import { refusalToInteract, type Counterpart, type Relation } from './counterpart.ts';
import type { RelationshipsEvent } from './events.ts';
import type { FriendshipState } from './friendship-state.ts';
import { refusalIfAbsent, type UserState } from './user.ts';

export const FRIENDS_MAX = 5_000;
export const FOLLOWS_MAX = 5_000;
export const MUTES_MAX = 5_000;
export const BLOCKS_MAX = 5_000;
/** A reservation without a request or friendship of its round is abandoned after so long, and the sweeper may release it. */
export const RESERVATION_ABANDONED_MS = 10 * MINUTE_MS;
/** Reserving again renews a reservation that is older than this, so that the sweeper can't release it under a request on its way. */
export const RESERVATION_RENEWED_AFTER_MS = MINUTE_MS;

export type FriendReservation = { readonly round: number; readonly at: Instant };
type PersonSet = PersistentMap<PersonId, true>;

export type RelationshipsState = {
  readonly follows: PersonSet;
  readonly mutes: PersonSet;
  readonly blocks: PersonSet;
  readonly friendReservations: PersistentMap<PersonId, FriendReservation>;
};

/** `actor` is the person whose stream this is. */
export type RelationshipsCommand =
  | { readonly type: 'follow'; readonly actor: PersonId; readonly other: Counterpart }
  | { readonly type: 'unfollow'; readonly person: PersonId }
  | { readonly type: 'mute'; readonly actor: PersonId; readonly person: PersonId; readonly user: UserState }
  | { readonly type: 'unmute'; readonly person: PersonId }
  | { readonly type: 'block'; readonly actor: PersonId; readonly person: PersonId; readonly user: UserState }
  | { readonly type: 'unblock'; readonly person: PersonId }
  /** Comes before `request` or `accept` is sent to the pair's friendship, whose present state comes along. */
  | {
      readonly type: 'reserve-friend';
      readonly intent: 'request' | 'accept';
      readonly actor: PersonId;
      readonly friend: Counterpart;
      readonly friendship: FriendshipState;
      readonly at: Instant;
    }
  /** After a refusal, a withdrawal or a removal, of both people; `round` is that event's. */
  | { readonly type: 'release-reservation'; readonly friend: PersonId; readonly round: number }
  /** Given by the sweeper: the request or the acceptance that the place was reserved for never came. */
  | { readonly type: 'release-abandoned-reservation'; readonly friend: PersonId; readonly friendship: FriendshipState; readonly at: Instant };

type Command<Type extends RelationshipsCommand['type']> = Extract<RelationshipsCommand, { type: Type }>;

export const relationships: Decider<RelationshipsState, RelationshipsCommand, RelationshipsEvent> = {
  snapshotVersion: 2,
  initialState: { follows: emptyMap(), mutes: emptyMap(), blocks: emptyMap(), friendReservations: emptyMap() },

  evolve: (state, event) => {
    switch (event.type) {
      case 'people.followed.v1':
        return { ...state, follows: withEntry(state.follows, event.data.person, true) };
      case 'people.unfollowed.v1':
        return { ...state, follows: without(state.follows, event.data.person) };
      case 'people.muted.v1':
        return { ...state, mutes: withEntry(state.mutes, event.data.person, true) };
      case 'people.unmuted.v1':
        return { ...state, mutes: without(state.mutes, event.data.person) };
      case 'people.blocked.v1':
        return { ...state, blocks: withEntry(state.blocks, event.data.person, true) };
      case 'people.unblocked.v1':
        return { ...state, blocks: without(state.blocks, event.data.person) };
      case 'people.friend-slot-taken.v1': {
        const { friend, round, at } = event.data;
        return { ...state, friendReservations: withEntry(state.friendReservations, friend, { round, at }) };
      }
      case 'people.friend-slot-freed.v1':
        return { ...state, friendReservations: without(state.friendReservations, event.data.friend) };
    }
  },

  decide: (state, command) => {
    switch (command.type) {
      case 'follow':
        return follow(state, command);
      case 'unfollow':
        return has(state.follows, command.person) ? accept({ type: 'people.unfollowed.v1', data: { person: command.person } }) : accept();
      case 'mute':
        return addToList(state.mutes, command, { event: 'people.muted.v1', full: 'mutes-full', max: MUTES_MAX });
      case 'unmute':
        return has(state.mutes, command.person) ? accept({ type: 'people.unmuted.v1', data: { person: command.person } }) : accept();
      case 'block':
        return addToList(state.blocks, command, { event: 'people.blocked.v1', full: 'blocks-full', max: BLOCKS_MAX });
      case 'unblock':
        return has(state.blocks, command.person) ? accept({ type: 'people.unblocked.v1', data: { person: command.person } }) : accept();
      case 'reserve-friend':
        return reserveFriend(state, command);
      case 'release-reservation':
        return releaseReservation(state, command);
      case 'release-abandoned-reservation':
        return releaseAbandonedReservation(state, command);
    }
  },
};

export const hasBlocked = (state: RelationshipsState, person: PersonId): boolean => has(state.blocks, person);

export const hasMuted = (state: RelationshipsState, person: PersonId): boolean => has(state.mutes, person);

type PersonRelationships = { readonly person: PersonId; readonly relationships: RelationshipsState };

/** Whether a block stands between two people, by the relationships of both. */
export const relationBetween = (one: PersonRelationships, other: PersonRelationships): Relation =>
  hasBlocked(one.relationships, other.person) || hasBlocked(other.relationships, one.person) ? 'blocked' : 'clear';

/** The place that is reserved for a friend, or for a person who was asked to be one. */
export const friendReservationOf = (state: RelationshipsState, friend: PersonId): FriendReservation | undefined => valueOf(state.friendReservations, friend);

function follow(state: RelationshipsState, { actor, other }: Command<'follow'>): Decision<RelationshipsEvent> {
  const { person, user } = other;
  if (other.relation === 'blocked') return refusalIfAbsent(user) ?? refuse('blocked');
  return addToList(state.follows, { actor, person, user }, { event: 'people.followed.v1', full: 'follows-full', max: FOLLOWS_MAX });
}

type ListAddition = { readonly actor: PersonId; readonly person: PersonId; readonly user: UserState };
type ListRule = { readonly event: 'people.followed.v1' | 'people.muted.v1' | 'people.blocked.v1'; readonly full: RefusalCode; readonly max: number };

function addToList(people: PersonSet, { actor, person, user }: ListAddition, { event, full, max }: ListRule): Decision<RelationshipsEvent> {
  if (person === actor) return refuse('self-not-allowed');
  if (has(people, person)) return accept();
  const absence = refusalIfAbsent(user);
  if (absence !== undefined) return absence;
  return people.size >= max ? refuse(full, { max }) : accept({ type: event, data: { person } });
}

function reserveFriend(state: RelationshipsState, { intent, actor, friend, friendship, at }: Command<'reserve-friend'>): Decision<RelationshipsEvent> {
  if (friend.person === actor) return refuse('self-not-allowed');
  const refusal = (intent === 'request' ? refusalToRequest(friendship, actor) : refusalToAccept(friendship, actor)) ?? refusalToInteract(friend);
  if (refusal !== undefined) return refusal;
  // Asking a stranger begins the pair's next round; every other case is about the round they are in.
  const round = friendship.status === 'strangers' ? friendship.round + 1 : friendship.round;
  const reservation = friendReservationOf(state, friend.person);
  if (reservation === undefined && state.friendReservations.size >= FRIENDS_MAX) return refuse('friends-full', { max: FRIENDS_MAX });
  if (reservation !== undefined && reservation.round === round && msBetween(reservation.at, at) < RESERVATION_RENEWED_AFTER_MS) return accept();
  return accept({ type: 'people.friend-slot-taken.v1', data: { friend: friend.person, round, at } });
}

function refusalToRequest(friendship: FriendshipState, actor: PersonId): Decision<never> | undefined {
  if (friendship.status === 'friends') return refuse('already-friends');
  return friendship.status === 'requested' && friendship.to === actor ? refuse('friend-request-pending') : undefined;
}

function refusalToAccept(friendship: FriendshipState, actor: PersonId): Decision<never> | undefined {
  if (friendship.status === 'strangers') return refuse('friend-request-unknown');
  return friendship.status === 'requested' && friendship.from === actor ? refuse('not-the-recipient') : undefined;
}

function releaseReservation(state: RelationshipsState, { friend, round }: Command<'release-reservation'>): Decision<RelationshipsEvent> {
  const reservation = friendReservationOf(state, friend);
  if (reservation === undefined || reservation.round > round) return accept();
  return accept({ type: 'people.friend-slot-freed.v1', data: { friend, round: reservation.round } });
}

function releaseAbandonedReservation(
  state: RelationshipsState,
  { friend, friendship, at }: Command<'release-abandoned-reservation'>,
): Decision<RelationshipsEvent> {
  const reservation = friendReservationOf(state, friend);
  if (reservation === undefined || msBetween(reservation.at, at) < RESERVATION_ABANDONED_MS) return accept();
  // Of two people who ask each other at once the later is refused: that round is the other's request.
  const isInUse = friendship.status === 'friends' || (friendship.status === 'requested' && friendship.to === friend);
  if (isInUse && friendship.round === reservation.round) return accept();
  return accept({ type: 'people.friend-slot-freed.v1', data: { friend, round: reservation.round } });
}
