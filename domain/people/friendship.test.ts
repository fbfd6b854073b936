import test from 'ava';
import fc from 'fast-check';
import type { Decider } from '../shared/decider.ts';
import type { DomainEvent } from '../shared/event.ts';
import { given } from '../shared/given-when-then.ts';
import type { PersonId } from '../shared/ids.ts';
import { instant } from '../shared/instant.ts';
import { relationships, friendReservationOf, type RelationshipsState } from './relationships.ts';
import type { FriendshipEvent } from './events.ts';
import { friendship, type FriendshipCommand } from './friendship.ts';
import type { FriendshipState } from './friendship-state.ts';
import type { UserState } from './user.ts';

const at = instant(0);
const [ann, bob, cid] = ['ann', 'bob', 'cid'] as PersonId[] as [PersonId, PersonId, PersonId];
const pair = (round = 1) => ({ from: ann, to: bob, round });
const requested = (round = 1): FriendshipEvent => ({ type: 'people.friend-requested.v1', data: pair(round) });
const accepted: FriendshipEvent = { type: 'people.friend-accepted.v1', data: pair() };
const refused: FriendshipEvent = { type: 'people.friend-refused.v1', data: pair() };
const withdrawn: FriendshipEvent = { type: 'people.friend-withdrawn.v1', data: pair() };
const removed: FriendshipEvent = { type: 'people.friend-removed.v1', data: { by: bob, other: ann, round: 1 } };

const noRelationships = relationships.initialState;
const withReservation = (friend: PersonId, round = 1): RelationshipsState =>
  relationships.evolve(noRelationships, { type: 'people.friend-slot-taken.v1', data: { friend, round, at } });
const blocking = (state: RelationshipsState, person: PersonId) => relationships.evolve(state, { type: 'people.blocked.v1', data: { person } });

const request = { type: 'request', actor: ann, other: bob, relationships: { actor: withReservation(bob), other: noRelationships } } as const;
const acceptance = { type: 'accept', actor: bob, relationships: { actor: withReservation(ann), other: withReservation(bob) } } as const;

test('a person sends another a friend request', (t) => {
  given(friendship).when(request).then(t, requested());
});

test('sending the request again changes nothing', (t) => {
  given(friendship, requested()).when(request).then(t);
});

test('a person can’t send a friend request to themselves, a friend, or somebody whose request is open', (t) => {
  given(friendship)
    .when({ ...request, other: ann })
    .thenRefused(t, 'self-not-allowed');
  given(friendship, requested(), accepted).when(request).thenRefused(t, 'already-friends');
  given(friendship, requested())
    .when({ ...request, actor: bob, other: ann })
    .thenRefused(t, 'friend-request-pending');
});

test('a friend request across a block is refused, whichever of the two set it', (t) => {
  given(friendship)
    .when({ ...request, relationships: { actor: blocking(withReservation(bob), bob), other: noRelationships } })
    .thenRefused(t, 'blocked');
  given(friendship)
    .when({ ...request, relationships: { actor: withReservation(bob), other: blocking(noRelationships, ann) } })
    .thenRefused(t, 'blocked');
});

test('requesting and accepting need a reservation of that very round', (t) => {
  given(friendship)
    .when({ ...request, relationships: { actor: noRelationships, other: noRelationships } })
    .thenRefused(t, 'friend-reservation-expired');
  given(friendship, requested(), refused).when(request).thenRefused(t, 'friend-reservation-expired');
  given(friendship, requested(), refused)
    .when({ ...request, relationships: { actor: withReservation(bob, 2), other: noRelationships } })
    .then(t, requested(2));
  given(friendship, requested(2)).when(acceptance).thenRefused(t, 'friend-reservation-expired');
});

test('the recipient accepts, once', (t) => {
  given(friendship, requested()).when(acceptance).then(t, accepted);
  given(friendship, requested(), accepted).when(acceptance).then(t);
});

test('only the recipient accepts, and only an open request', (t) => {
  given(friendship).when(acceptance).thenRefused(t, 'friend-request-unknown');
  for (const actor of [ann, cid]) {
    given(friendship, requested())
      .when({ ...acceptance, actor })
      .thenRefused(t, 'not-the-recipient');
  }
});

test('a request can’t be accepted across a block that was set since', (t) => {
  given(friendship, requested())
    .when({ ...acceptance, relationships: { actor: withReservation(ann), other: blocking(withReservation(bob), bob) } })
    .thenRefused(t, 'blocked');
});

test('the recipient refuses, once', (t) => {
  given(friendship, requested()).when({ type: 'refuse', actor: bob }).then(t, refused);
  given(friendship, requested(), refused).when({ type: 'refuse', actor: bob }).then(t);
  given(friendship, requested()).when({ type: 'refuse', actor: ann }).thenRefused(t, 'not-the-recipient');
  given(friendship, requested(), accepted).when({ type: 'refuse', actor: bob }).thenRefused(t, 'already-friends');
  given(friendship, requested(), withdrawn).when({ type: 'refuse', actor: bob }).thenRefused(t, 'friend-request-unknown');
});

test('the requester withdraws, once', (t) => {
  given(friendship, requested()).when({ type: 'withdraw', actor: ann }).then(t, withdrawn);
  given(friendship, requested(), withdrawn).when({ type: 'withdraw', actor: ann }).then(t);
  given(friendship, requested()).when({ type: 'withdraw', actor: bob }).thenRefused(t, 'not-the-requester');
  given(friendship, requested(), accepted).when({ type: 'withdraw', actor: ann }).thenRefused(t, 'already-friends');
  given(friendship).when({ type: 'withdraw', actor: ann }).thenRefused(t, 'friend-request-unknown');
});

test('either of two friends ends the friendship, once, and nobody else does', (t) => {
  given(friendship, requested(), accepted).when({ type: 'remove', actor: bob }).then(t, removed);
  given(friendship, requested(), accepted)
    .when({ type: 'remove', actor: ann })
    .then(t, { type: 'people.friend-removed.v1', data: { by: ann, other: bob, round: 1 } });
  given(friendship, requested(), accepted, removed).when({ type: 'remove', actor: ann }).then(t);
  given(friendship, requested(), accepted).when({ type: 'remove', actor: cid }).thenRefused(t, 'not-a-friend');
  given(friendship, requested()).when({ type: 'remove', actor: ann }).thenRefused(t, 'not-a-friend');
  given(friendship).when({ type: 'remove', actor: ann }).thenRefused(t, 'not-a-friend');
});

test('requester and friends keep their reservations, however late those of earlier rounds are released', (t) => {
  const step = fc.record({
    who: fc.constantFrom('ann', 'bob'),
    what: fc.constantFrom('request', 'accept', 'refuse', 'withdraw', 'remove', 'release'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let world: World = { pair: friendship.initialState, ann: noRelationships, bob: noRelationships, ended: [] };
      for (const each of steps) {
        world = after(world, each);
        const { pair } = world;
        if (pair.status === 'strangers') continue;
        t.is(friendReservationOf(world[pair.from as Who], pair.to)?.round, pair.round);
        if (pair.status === 'friends') t.is(friendReservationOf(world[pair.to as Who], pair.from)?.round, pair.round);
      }
    }),
    { numRuns: 300 },
  );
});

type Who = 'ann' | 'bob';
type Step = { readonly who: Who; readonly what: 'request' | 'accept' | 'refuse' | 'withdraw' | 'remove' | 'release' };
/** Two people and their pair. `ended` are the rounds whose reservations the process has yet to release. */
type World = { readonly pair: FriendshipState; readonly ann: RelationshipsState; readonly bob: RelationshipsState; readonly ended: readonly number[] };

function after(world: World, { who, what }: Step): World {
  const peer = who === 'ann' ? 'bob' : 'ann';
  const [actor, other] = [who, peer] as PersonId[] as [PersonId, PersonId];
  switch (what) {
    case 'request':
    case 'accept': {
      const user: UserState = { status: 'registered', login: 'hmac' };
      const friend = { person: other, user, relation: 'clear' } as const;
      const reserved = {
        ...world,
        [who]: next(relationships, world[who], { type: 'reserve-friend', intent: what, actor, friend, friendship: world.pair, at }),
      };
      const both = { actor: reserved[who], other: reserved[peer] };
      return withPair(reserved, what === 'request' ? { type: what, actor, other, relationships: both } : { type: what, actor, relationships: both });
    }
    case 'refuse':
    case 'withdraw':
    case 'remove':
      return withPair(world, { type: what, actor });
    case 'release': {
      const [round, ...ended] = world.ended;
      if (round === undefined) return world;
      return {
        ...world,
        ended,
        ann: next(relationships, world.ann, { type: 'release-reservation', friend: bob, round }),
        bob: next(relationships, world.bob, { type: 'release-reservation', friend: ann, round }),
      };
    }
  }
}

function withPair(world: World, command: FriendshipCommand): World {
  const pair = next(friendship, world.pair, command);
  return { ...world, pair, ended: pair !== world.pair && pair.status === 'strangers' ? [...world.ended, pair.round] : world.ended };
}

/** The state after a command; the same one where it is refused or changes nothing. */
function next<State, Command, Event extends DomainEvent>(decider: Decider<State, Command, Event>, state: State, command: Command): State {
  const decision = decider.decide(state, command);
  return decision.outcome === 'accepted' ? decision.events.reduce(decider.evolve, state) : state;
}
