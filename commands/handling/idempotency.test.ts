/** A command that is repeated under its key gets its first result, in whatever process and however late. */
import test from 'ava';
import { v7 } from 'uuid';
import type { PersonId } from '../../domain/shared/ids.ts';
import { HOUR_MS, instant, plus, type Instant } from '../../domain/shared/instant.ts';
import { userStream } from '../../domain/shared/streams.ts';
import { codeOf, eventsIn, givenCommands, signUp, type CommandsFixture, type Process } from '../test-fixture.ts';
import { eventIdOf } from './deterministic-ids.ts';

async function befriend(given: CommandsFixture, { commands }: Process, one: PersonId, other: PersonId): Promise<void> {
  const { id } = await commands.requestFriend({ person: one, other }, given.context(one));
  await commands.acceptFriend({ person: other, request: id }, given.context(other));
}

test('a command repeated an hour later and after a restart gets its first result and appends nothing', async (t) => {
  await using given = await givenCommands();
  const first = given.process();
  const ann = await signUp(given, first, 'ann');
  const bob = await signUp(given, first, 'bob');
  await befriend(given, first, ann, bob);
  const { id: channel } = await first.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const keys = Array.from({ length: 4 }, () => v7());
  const execute = async ({ commands }: Process, at = given.now) => {
    const under = (i: number, type: string) => given.context(ann, { key: keys[i] ?? '', at, type });
    return [
      await commands.postMessage({ channel, sender: ann, text: 'hello', clientId: keys[0] ?? '' }, under(0, 'post-message')),
      (await commands.publishPost({ author: ann, text: 'a post' }, under(1, 'publish-post'))).handled,
      await commands.follow({ person: ann, other: bob }, under(2, 'follow')),
      await commands.changeProfile({ person: ann, about: 'sails' }, under(3, 'change-profile')),
    ];
  };
  const results = await execute(first);
  const head = await given.log.head('main');
  for (const repeated of [await execute(first), await execute(first, plus(given.now, HOUR_MS)), await execute(given.process(), plus(given.now, HOUR_MS))]) {
    t.deepEqual(
      repeated,
      results.map((result) => ({ ...result, repeated: true, firstAt: given.now, events: [] })),
    );
  }
  t.is(await given.log.head('main'), head);
});

test('a post that is published again at another time is the same post', async (t) => {
  await using given = await givenCommands();
  const ann = await signUp(given, given.process(), 'ann');
  const key = v7();
  const one = await given.process().commands.publishPost({ author: ann, text: 'once' }, given.context(ann, { key }));
  const other = await given.process().commands.publishPost({ author: ann, text: 'once' }, given.context(ann, { key, at: plus(given.now, HOUR_MS) }));
  t.is(other.id, one.id);
});

test('a post that is published again when its key is long forgotten is still the same post', async (t) => {
  await using given = await givenCommands();
  const ann = await signUp(given, given.process(), 'ann');
  const execute = (at: Instant) => given.process().commands.publishPost({ author: ann, text: 'once' }, given.context(ann, { key: 'order-4711', at }));
  const { id } = await execute(given.now);
  await given.process().commands.editPost({ author: ann, post: id, text: 'better' }, given.context(ann, { at: plus(given.now, 30 * HOUR_MS) }));
  const repeated = await execute(plus(given.now, 60 * HOUR_MS));
  t.is(repeated.id, id);
  t.is(codeOf(repeated.handled), 'unchanged');
});

test('the same key with another body is refused', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  const key = v7();
  await one.commands.changeProfile({ person: ann, about: 'sails' }, given.context(ann, { key, body: { about: 'sails' } }));
  for (const process of [one, given.process()]) {
    t.is(
      codeOf(await process.commands.changeProfile({ person: ann, about: 'rows' }, given.context(ann, { key, body: { about: 'rows' } }))),
      'idempotency-key-reused',
    );
  }
});

test('a key without a time in it is remembered as well', async (t) => {
  await using given = await givenCommands();
  const ann = await signUp(given, given.process(), 'ann');
  const execute = (process: Process) => process.commands.publishPost({ author: ann, text: 'once' }, given.context(ann, { key: 'order-4711' }));
  const { id } = await execute(given.process());
  const repeated = await execute(given.process());
  t.is(repeated.id, id);
  t.true(repeated.handled.outcome === 'appended' && repeated.handled.repeated);
});

test('a command whose answer was lost and is repeated has its event in the log once', async (t) => {
  await using given = await givenCommands();
  const ann = await signUp(given, given.process(), 'ann');
  const context = given.context(ann);
  const id = eventIdOf(context, userStream(ann), 0);
  const { commands } = given.process();
  const first = await commands.changeProfile({ person: ann, about: 'sails' }, context);
  t.is(codeOf(first), 'appended');
  t.is(codeOf(await given.process().commands.changeProfile({ person: ann, about: 'sails' }, context)), 'appended');
  t.is((await eventsIn(given, userStream(ann))).filter((event) => event.id === id).length, 1);
});

test('a command from long ago or from the future is refused', async (t) => {
  await using given = await givenCommands();
  t.throws(() => given.context('ann', { key: v7({ msecs: Date.now() - 8 * 24 * HOUR_MS }) }), { message: 'command-expired' });
  t.throws(() => given.context('ann', { key: v7({ msecs: Date.now() + HOUR_MS }) }), { message: 'clock-skew' });
  t.is(given.context('ann', { at: instant(Date.now()) }).actor, 'ann');
});
