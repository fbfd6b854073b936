/** Reservations and friendships lie in two streams: how they agree when commands race. */
import test from 'ava';
import { FRIENDS_MAX, friendReservationOf, relationships } from '../../domain/people/relationships.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { relationshipsStream } from '../../domain/shared/streams.ts';
import { eventIdOf } from '../handling/deterministic-ids.ts';
import { codeOf, givenCommands, signUp } from '../test-fixture.ts';

test('when accepting and withdrawing race, one of them wins, and no reservation is left over', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  for (let round = 0; round < 10; round++) {
    const { id: request } = await one.commands.requestFriend({ person: ann, other: bob }, given.context(ann));
    const [accepted, withdrawn] = await Promise.all([
      given.process().commands.acceptFriend({ person: bob, request }, given.context(bob)),
      given.process().commands.withdrawFriend({ person: ann, request }, given.context(ann)),
    ]);
    t.is([accepted, withdrawn].filter(({ outcome }) => outcome === 'appended').length, 1, JSON.stringify([accepted, withdrawn]));
    if (accepted.outcome === 'appended') await one.commands.removeFriend({ person: ann, other: bob }, given.context(ann));
    for (const [person, friend] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      const { state } = await one.loadState(relationships, relationshipsStream(person));
      const reservation = friendReservationOf(state, friend);
      if (reservation !== undefined) await one.commands.releaseFriendReservation({ person, friend, round: reservation.round }, given.context('system:slots'));
      t.is((await one.loadState(relationships, relationshipsStream(person))).state.friendReservations.size, 0);
    }
  }
});

test('the last free place among the friends goes to one of two commands that reserve it at once', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob, cleo] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob'), await signUp(given, one, 'cleo')];
  const reservations = Array.from({ length: FRIENDS_MAX - 1 }, (_, i) => ({
    type: 'people.friend-slot-taken.v1' as const,
    data: { friend: `friend-${i}` as PersonId, round: 1, at: given.now },
  }));
  const context = given.context('system:test');
  const { $correlationId, ...rest } = { $correlationId: context.correlationId, actor: 'system:test', at: given.now, command: context.command, request: '' };
  const encoded = await Promise.all(
    reservations.map((event, index) =>
      given.codec.encode(relationshipsStream(ann), { id: eventIdOf(context, 'slots', index), event, metadata: { $correlationId, ...rest } }),
    ),
  );
  for (let from = 0; from < encoded.length; from += 1_000) {
    await given.log.append(relationshipsStream(ann), encoded.slice(from, from + 1_000), from === 0 ? 'no-stream' : from - 1);
  }
  const { id: fromCleo } = await one.commands.requestFriend({ person: cleo, other: ann }, given.context(cleo));
  const [requested, accepted] = await Promise.all([
    given.process().commands.requestFriend({ person: ann, other: bob }, given.context(ann)),
    given.process().commands.acceptFriend({ person: ann, request: fromCleo }, given.context(ann)),
  ]);
  t.deepEqual([codeOf(requested.handled), codeOf(accepted)].sort(), ['appended', 'friends-full']);
  t.is((await one.loadState(relationships, relationshipsStream(ann))).state.friendReservations.size, FRIENDS_MAX);
});
