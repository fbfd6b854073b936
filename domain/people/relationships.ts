/**
 * Whom one follows, mutes and blocks, and the friend slots one has taken. A slot is taken here before the request or the acceptance
 * is appended to the pair's stream, so the limit is exact although a friendship lies in a stream of its own. A block takes nothing
 * away: readers hide what lies behind it, and unblocking gives it back; but nothing new is begun across it.
 */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { PersonId } from '../shared/ids.ts';
import { MINUTE_MS, msBetween, type Instant } from '../shared/instant.ts';
import { emptyMap, has, valueOf, withEntry, without, type PersistentMap } from '../shared/persistent-map.ts';
import type { RefusalCode } from '../shared/refusals.ts';
import { refusalOf, type Counterpart, type Relation } from './counterpart.ts';
import type { RelationshipsEvent } from './events.ts';
import type { FriendshipState } from './friendship-state.ts';
import { absenceOf, type UserState } from './user.ts';

export const FRIENDS_MAX = 5_000;
export const FOLLOWS_MAX = 5_000;
export const MUTES_MAX = 5_000;
export const BLOCKS_MAX = 5_000;
/** A slot without a request or friendship of its round is abandoned after so long, and the sweeper may free it. */
export const SLOT_ABANDONED_MS = 10 * MINUTE_MS;
/** Taking a slot again that is older than this renews it, so that the sweeper can't free it under a request that is on its way. */
export const SLOT_RENEWED_AFTER_MS = MINUTE_MS;

export type FriendReservation = { readonly round: number; readonly at: Instant };
type People = PersistentMap<PersonId, true>;

export type RelationshipsState = {
  readonly follows: People;
  readonly mutes: People;
  readonly blocks: People;
  readonly slots: PersistentMap<PersonId, FriendReservation>;
};

/** `actor` is the person whose stream this is. */
export type RelationshipsCommand =
  | { readonly type: 'follow'; readonly actor: PersonId; readonly other: Counterpart }
  | { readonly type: 'unfollow'; readonly person: PersonId }
  | { readonly type: 'mute'; readonly actor: PersonId; readonly person: PersonId; readonly user: UserState }
  | { readonly type: 'unmute'; readonly person: PersonId }
  | { readonly type: 'block'; readonly actor: PersonId; readonly person: PersonId; readonly user: UserState }
  | { readonly type: 'unblock'; readonly person: PersonId }
  /** Before `request` (to ask) or `accept` is sent to the pair's friendship, whose present state comes along. */
  | {
      readonly type: 'take-slot';
      readonly intent: 'ask' | 'accept';
      readonly actor: PersonId;
      readonly friend: Counterpart;
      readonly friendship: FriendshipState;
      readonly at: Instant;
    }
  /** After a refusal, a withdrawal or a removal, of both people; `round` is that event's. */
  | { readonly type: 'free-slot'; readonly friend: PersonId; readonly round: number }
  /** By the sweeper: whoever took it never got to ask or accept. */
  | { readonly type: 'free-abandoned-slot'; readonly friend: PersonId; readonly friendship: FriendshipState; readonly at: Instant };

type Command<Type extends RelationshipsCommand['type']> = Extract<RelationshipsCommand, { type: Type }>;

export const relationships: Decider<RelationshipsState, RelationshipsCommand, RelationshipsEvent> = {
  snapshotVersion: 1,
  initialState: { follows: emptyMap(), mutes: emptyMap(), blocks: emptyMap(), slots: emptyMap() },

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
        return { ...state, slots: withEntry(state.slots, friend, { round, at }) };
      }
      case 'people.friend-slot-freed.v1':
        return { ...state, slots: without(state.slots, event.data.friend) };
    }
  },

  decide: (state, command) => {
    switch (command.type) {
      case 'follow':
        return follow(state, command);
      case 'unfollow':
        return has(state.follows, command.person) ? accept({ type: 'people.unfollowed.v1', data: { person: command.person } }) : accept();
      case 'mute':
        return enter(state.mutes, command, { event: 'people.muted.v1', full: 'mutes-full', max: MUTES_MAX });
      case 'unmute':
        return has(state.mutes, command.person) ? accept({ type: 'people.unmuted.v1', data: { person: command.person } }) : accept();
      case 'block':
        return enter(state.blocks, command, { event: 'people.blocked.v1', full: 'blocks-full', max: BLOCKS_MAX });
      case 'unblock':
        return has(state.blocks, command.person) ? accept({ type: 'people.unblocked.v1', data: { person: command.person } }) : accept();
      case 'take-slot':
        return takeSlot(state, command);
      case 'free-slot':
        return freeSlot(state, command);
      case 'free-abandoned-slot':
        return freeAbandonedSlot(state, command);
    }
  },
};

export const blocks = (state: RelationshipsState, person: PersonId): boolean => has(state.blocks, person);
type Side = { readonly person: PersonId; readonly relationships: RelationshipsState };

/** What stands between two people, by the relationships of both. */
export const relationBetween = (one: Side, other: Side): Relation =>
  blocks(one.relationships, other.person) || blocks(other.relationships, one.person) ? 'blocked' : 'clear';

/** The slot that is held for a friend, asked ones included. */
export const slotOf = (state: RelationshipsState, friend: PersonId): FriendReservation | undefined => valueOf(state.slots, friend);

function follow(state: RelationshipsState, { actor, other }: Command<'follow'>): Decision<RelationshipsEvent> {
  const { person, user } = other;
  if (other.relation === 'blocked') return absenceOf(user) ?? refuse('blocked');
  return enter(state.follows, { actor, person, user }, { event: 'people.followed.v1', full: 'follows-full', max: FOLLOWS_MAX });
}

type Entering = { readonly actor: PersonId; readonly person: PersonId; readonly user: UserState };
type List = { readonly event: 'people.followed.v1' | 'people.muted.v1' | 'people.blocked.v1'; readonly full: RefusalCode; readonly max: number };

function enter(people: People, { actor, person, user }: Entering, { event, full, max }: List): Decision<RelationshipsEvent> {
  if (person === actor) return refuse('self-not-allowed');
  if (has(people, person)) return accept();
  const absence = absenceOf(user);
  if (absence !== undefined) return absence;
  return people.size >= max ? refuse(full, { max }) : accept({ type: event, data: { person } });
}

function takeSlot(state: RelationshipsState, { intent, actor, friend, friendship, at }: Command<'take-slot'>): Decision<RelationshipsEvent> {
  if (friend.person === actor) return refuse('self-not-allowed');
  const refusal = (intent === 'ask' ? refusalToAsk(friendship, actor) : refusalToAccept(friendship, actor)) ?? refusalOf(friend);
  if (refusal !== undefined) return refusal;
  // Who asks a stranger begins the pair's next round; every other case is about the round they are in.
  const round = friendship.status === 'strangers' ? friendship.round + 1 : friendship.round;
  const held = slotOf(state, friend.person);
  if (held === undefined && state.slots.size >= FRIENDS_MAX) return refuse('friends-full', { max: FRIENDS_MAX });
  if (held !== undefined && held.round === round && msBetween(held.at, at) < SLOT_RENEWED_AFTER_MS) return accept();
  return accept({ type: 'people.friend-slot-taken.v1', data: { friend: friend.person, round, at } });
}

function refusalToAsk(friendship: FriendshipState, actor: PersonId): Decision<never> | undefined {
  if (friendship.status === 'friends') return refuse('already-friends');
  return friendship.status === 'requested' && friendship.to === actor ? refuse('friend-request-pending') : undefined;
}

function refusalToAccept(friendship: FriendshipState, actor: PersonId): Decision<never> | undefined {
  if (friendship.status === 'strangers') return refuse('friend-request-unknown');
  return friendship.status === 'requested' && friendship.from === actor ? refuse('not-the-recipient') : undefined;
}

function freeSlot(state: RelationshipsState, { friend, round }: Command<'free-slot'>): Decision<RelationshipsEvent> {
  const held = slotOf(state, friend);
  if (held === undefined || held.round > round) return accept();
  return accept({ type: 'people.friend-slot-freed.v1', data: { friend, round: held.round } });
}

function freeAbandonedSlot(state: RelationshipsState, { friend, friendship, at }: Command<'free-abandoned-slot'>): Decision<RelationshipsEvent> {
  const held = slotOf(state, friend);
  if (held === undefined || msBetween(held.at, at) < SLOT_ABANDONED_MS) return accept();
  // Of two who ask each other at once the late one is refused: that round is the other's request.
  const isHeldFor = friendship.status === 'friends' || (friendship.status === 'requested' && friendship.to === friend);
  if (isHeldFor && friendship.round === held.round) return accept();
  return accept({ type: 'people.friend-slot-freed.v1', data: { friend, round: held.round } });
}
