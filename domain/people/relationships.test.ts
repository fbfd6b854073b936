import test from 'ava';
import fc from 'fast-check';
import { given } from '../shared/given-when-then.ts';
import type { PersonId } from '../shared/ids.ts';
import { instant, plus } from '../shared/instant.ts';
import {
  BLOCKS_MAX,
  relationships,
  FOLLOWS_MAX,
  FRIENDS_MAX,
  MUTES_MAX,
  relationBetween,
  RESERVATION_ABANDONED_MS,
  RESERVATION_RENEWED_AFTER_MS,
  friendReservationOf,
  type RelationshipsCommand,
} from './relationships.ts';
import type { Counterpart } from './counterpart.ts';
import type { RelationshipsEvent } from './events.ts';
import type { FriendshipState } from './friendship-state.ts';
import type { UserState } from './user.ts';

const at = instant(0);
const [ann, bob] = ['ann', 'bob'] as PersonId[] as [PersonId, PersonId];
const user: UserState = { status: 'registered', login: 'hmac' };
const clear = (person: PersonId): Counterpart => ({ person, user, relation: 'clear' });
const strangers: FriendshipState = { status: 'strangers', round: 0 };
const asked = (from: PersonId, to: PersonId, round = 1): FriendshipState => ({ status: 'requested', round, from, to });

const followed = (person: PersonId): RelationshipsEvent => ({ type: 'people.followed.v1', data: { person } });
const reserved = (friend: PersonId, round = 1, when = at): RelationshipsEvent => ({ type: 'people.friend-slot-taken.v1', data: { friend, round, at: when } });
const released = (friend: PersonId, round = 1): RelationshipsEvent => ({ type: 'people.friend-slot-freed.v1', data: { friend, round } });
const many = <Event>(count: number, one: (person: PersonId) => Event) => Array.from({ length: count }, (_, i) => one(`person-${i}` as PersonId));

const follow = { type: 'follow', actor: ann, other: clear(bob) } as const;
const reserveToRequest = { type: 'reserve-friend', intent: 'request', actor: ann, friend: clear(bob), friendship: strangers, at } as const;
const reserveToAccept = { ...reserveToRequest, intent: 'accept', friendship: asked(bob, ann) } as const;

const lists = [
  { type: 'mute', undo: 'unmute', entered: 'people.muted.v1', left: 'people.unmuted.v1', full: 'mutes-full', max: MUTES_MAX },
  { type: 'block', undo: 'unblock', entered: 'people.blocked.v1', left: 'people.unblocked.v1', full: 'blocks-full', max: BLOCKS_MAX },
] as const;

test('a person follows another, and stops', (t) => {
  given(relationships).when(follow).then(t, followed(bob));
  given(relationships, followed(bob)).when(follow).then(t);
  given(relationships, followed(bob))
    .when({ type: 'unfollow', person: bob })
    .then(t, { type: 'people.unfollowed.v1', data: { person: bob } });
  given(relationships).when({ type: 'unfollow', person: bob }).then(t);
});

test('a person can’t follow themselves, somebody who does not exist, or across a block', (t) => {
  const { other } = follow;
  given(relationships)
    .when({ ...follow, other: clear(ann) })
    .thenRefused(t, 'self-not-allowed');
  given(relationships)
    .when({ ...follow, other: { ...other, user: { status: 'none' } } })
    .thenRefused(t, 'person-unknown');
  given(relationships)
    .when({ ...follow, other: { ...other, user: { status: 'erased', login: 'hmac' } } })
    .thenRefused(t, 'person-erased');
  given(relationships)
    .when({ ...follow, other: { ...other, relation: 'blocked' } })
    .thenRefused(t, 'blocked');
});

test(`a person follows at most ${FOLLOWS_MAX} people`, (t) => {
  given(relationships, ...many(FOLLOWS_MAX, followed))
    .when(follow)
    .thenRefused(t, 'follows-full', { max: FOLLOWS_MAX });
  given(relationships, ...many(FOLLOWS_MAX - 1, followed))
    .when(follow)
    .then(t, followed(bob));
});

for (const { type, undo, entered, left, full, max } of lists) {
  const command = { type, actor: ann, person: bob, user } as const;

  test(`a person can ${type}, and ${undo}`, (t) => {
    given(relationships)
      .when(command)
      .then(t, { type: entered, data: { person: bob } });
    given(relationships, { type: entered, data: { person: bob } })
      .when(command)
      .then(t);
    given(relationships, { type: entered, data: { person: bob } })
      .when({ type: undo, person: bob })
      .then(t, { type: left, data: { person: bob } });
    given(relationships).when({ type: undo, person: bob }).then(t);
  });

  test(`a person can’t ${type} themselves or somebody who does not exist`, (t) => {
    given(relationships)
      .when({ ...command, person: ann })
      .thenRefused(t, 'self-not-allowed');
    given(relationships)
      .when({ ...command, user: { status: 'none' } })
      .thenRefused(t, 'person-unknown');
  });

  test(`a person can ${type} at most ${max} people`, (t) => {
    given(relationships, ...many(max, (person): RelationshipsEvent => ({ type: entered, data: { person } })))
      .when(command)
      .thenRefused(t, full, { max });
  });
}

test('a block removes neither a follow nor a friend', (t) => {
  const state = [followed(bob), reserved(bob), { type: 'people.blocked.v1', data: { person: bob } } as const].reduce(
    relationships.evolve,
    relationships.initialState,
  );
  t.is(state.follows.size, 1);
  t.deepEqual(friendReservationOf(state, bob), { round: 1, at });
});

test('a block by either of two people stands between them', (t) => {
  const noRelationships = relationships.initialState;
  const blocking = relationships.evolve(noRelationships, { type: 'people.blocked.v1', data: { person: bob } });
  t.is(relationBetween({ person: ann, relationships: blocking }, { person: bob, relationships: noRelationships }), 'blocked');
  t.is(relationBetween({ person: bob, relationships: noRelationships }, { person: ann, relationships: blocking }), 'blocked');
  t.is(relationBetween({ person: ann, relationships: noRelationships }, { person: bob, relationships: noRelationships }), 'clear');
});

test('requesting a stranger reserves a place for the next round', (t) => {
  given(relationships).when(reserveToRequest).then(t, reserved(bob));
  given(relationships)
    .when({ ...reserveToRequest, friendship: { status: 'strangers', round: 3, ended: 'refused' } })
    .then(t, reserved(bob, 4));
});

test('accepting reserves a place for the round of the request', (t) => {
  given(relationships)
    .when({ ...reserveToAccept, friendship: asked(bob, ann, 2) })
    .then(t, reserved(bob, 2));
});

test('a place is not reserved twice', (t) => {
  given(relationships, reserved(bob)).when(reserveToRequest).then(t);
  given(relationships, ...many(FRIENDS_MAX - 1, reserved), reserved(bob))
    .when(reserveToRequest)
    .then(t);
});

test('an older reservation is renewed, so that it is not swept while the request is on its way', (t) => {
  const later = plus(at, RESERVATION_RENEWED_AFTER_MS);
  given(relationships, reserved(bob))
    .when({ ...reserveToRequest, at: later })
    .then(t, reserved(bob, 1, later));
});

test('a reservation of an earlier round is carried over to the next', (t) => {
  given(relationships, reserved(bob, 1))
    .when({ ...reserveToRequest, friendship: { status: 'strangers', round: 1, ended: 'withdrawn' } })
    .then(t, reserved(bob, 2));
});

test('no place is reserved where the pair is past requesting or accepting', (t) => {
  const friends: FriendshipState = { status: 'friends', round: 1, from: ann, to: bob };
  given(relationships)
    .when({ ...reserveToRequest, friendship: friends })
    .thenRefused(t, 'already-friends');
  given(relationships)
    .when({ ...reserveToRequest, friendship: asked(bob, ann) })
    .thenRefused(t, 'friend-request-pending');
  given(relationships)
    .when({ ...reserveToAccept, friendship: strangers })
    .thenRefused(t, 'friend-request-unknown');
  given(relationships)
    .when({ ...reserveToAccept, friendship: asked(ann, bob) })
    .thenRefused(t, 'not-the-recipient');
});

test('no place is reserved for oneself, somebody who does not exist, or across a block', (t) => {
  given(relationships)
    .when({ ...reserveToRequest, friend: clear(ann) })
    .thenRefused(t, 'self-not-allowed');
  given(relationships)
    .when({ ...reserveToRequest, friend: { ...clear(bob), user: { status: 'none' } } })
    .thenRefused(t, 'person-unknown');
  given(relationships)
    .when({ ...reserveToRequest, friend: { ...clear(bob), relation: 'blocked' } })
    .thenRefused(t, 'blocked');
});

test(`a person has at most ${FRIENDS_MAX} reservations, open requests included`, (t) => {
  given(relationships, ...many(FRIENDS_MAX, reserved))
    .when(reserveToRequest)
    .thenRefused(t, 'friends-full', { max: FRIENDS_MAX });
  given(relationships, ...many(FRIENDS_MAX, reserved), released('person-0' as PersonId))
    .when(reserveToRequest)
    .then(t, reserved(bob));
});

test('a reservation is released once, when its round has ended', (t) => {
  given(relationships, reserved(bob)).when({ type: 'release-reservation', friend: bob, round: 1 }).then(t, released(bob));
  given(relationships, reserved(bob), released(bob)).when({ type: 'release-reservation', friend: bob, round: 1 }).then(t);
});

test('the end of an old round leaves the reservation of a new one', (t) => {
  given(relationships, reserved(bob, 2)).when({ type: 'release-reservation', friend: bob, round: 1 }).then(t);
});

test('an abandoned reservation is released after a while, and not while a request or a friendship uses it', (t) => {
  const sweep = { type: 'release-abandoned-reservation', friend: bob, friendship: strangers, at: plus(at, RESERVATION_ABANDONED_MS) } as const;
  given(relationships, reserved(bob)).when(sweep).then(t, released(bob));
  given(relationships, reserved(bob))
    .when({ ...sweep, at: plus(at, RESERVATION_ABANDONED_MS - 1) })
    .then(t);
  given(relationships, reserved(bob))
    .when({ ...sweep, friendship: asked(ann, bob) })
    .then(t);
  given(relationships, reserved(bob))
    .when({ ...sweep, friendship: asked(bob, ann, 2) })
    .then(t, released(bob));
  given(relationships, reserved(bob))
    .when({ ...sweep, friendship: { status: 'friends', round: 1, from: bob, to: ann } })
    .then(t);
  given(relationships).when(sweep).then(t);
});

test('of two people who ask each other at once, the later keeps no reservation for the other’s request', (t) => {
  given(relationships, reserved(bob))
    .when({ type: 'release-abandoned-reservation', friend: bob, friendship: asked(bob, ann), at: plus(at, RESERVATION_ABANDONED_MS) })
    .then(t, released(bob));
});

test('no order of commands makes more reservations than the limit', (t) => {
  const full = many(FRIENDS_MAX - 3, reserved).reduce(relationships.evolve, relationships.initialState);
  const friend = fc.integer({ min: 0, max: 9 }).map((n) => `friend-${n}` as PersonId);
  const round = fc.integer({ min: 0, max: 3 });
  const minutes = fc.integer({ min: 0, max: 30 }).map((n) => instant(n * 60_000));
  const command: fc.Arbitrary<RelationshipsCommand> = fc.oneof(
    fc
      .record({ friend, round, at: minutes })
      .map(({ friend, round, at }) => ({ ...reserveToRequest, friend: clear(friend), friendship: { ...strangers, round }, at }) as const),
    fc.record({ friend, round }).map(({ friend, round }) => ({ ...reserveToAccept, friend: clear(friend), friendship: asked(friend, ann, round) }) as const),
    fc.record({ type: fc.constant('release-reservation'), friend, round }),
    fc.record({ type: fc.constant('release-abandoned-reservation'), friend, friendship: fc.constant(strangers), at: minutes }),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
      let state = full;
      for (const each of commands) {
        const decision = relationships.decide(state, each);
        if (decision.outcome === 'accepted') state = decision.events.reduce(relationships.evolve, state);
        t.true(state.friendReservations.size <= FRIENDS_MAX);
      }
    }),
  );
});
