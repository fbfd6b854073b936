/** What commands promise, over a real log, with several handlers as if in several processes. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { v7 } from 'uuid';
import { MESSAGE_LENGTH_MAX_CHARACTERS } from '../domain/chat/messages.ts';
import { relationships, FRIENDS_MAX, friendReservationOf } from '../domain/people/relationships.ts';
import type { PersonId } from '../domain/shared/ids.ts';
import { HOUR_MS, instant, plus, type Instant } from '../domain/shared/instant.ts';
import { channelStream, messagesStream, relationshipsStream, userStream } from '../domain/shared/streams.ts';
import type { EventLog, StoredEvent } from '../ports/event-log/port.ts';
import { eventIdOf } from './handling/deterministic-ids.ts';
import { codeOf, eventsIn, givenCommands, signUp, type CommandsFixture, type Process } from './test-fixture.ts';

async function befriend(given: CommandsFixture, { commands }: Process, one: PersonId, other: PersonId): Promise<void> {
  const { id } = await commands.requestFriend({ person: one, other }, given.context(one));
  await commands.acceptFriend({ person: other, request: id }, given.context(other));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** The same log, counting what is read of one stream. */
function countingReads(log: EventLog, stream: string) {
  let events = 0;
  const readStream: EventLog['readStream'] = async function* (read, options) {
    for await (const event of log.readStream(read, options)) {
      if (read === stream) events++;
      yield event;
    }
  };
  return { log: { ...log, readStream }, events: () => events };
}

test('of two sign-ups under one login name at once, one gets it', async (t) => {
  await using given = await givenCommands();
  const processes = [given.process(), given.process()];
  const answers = await Promise.all(
    processes.map(({ commands }, i) => commands.signUp({ loginName: 'Ann', name: 'Ann', password: 'a long password' }, given.context(`login:${i}`))),
  );
  t.deepEqual(answers.map(({ handled }) => codeOf(handled)).sort(), ['appended', 'login-taken']);
});

test('a login name has one form, however it is typed', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'Ann');
  const login = await one.commands.logIn({ loginName: ' aNN ', password: 'a long password' }, given.now);
  t.is(login.outcome === 'accepted' ? login.person : undefined, ann);
  t.is((await one.commands.logIn({ loginName: 'ann', password: 'a wrong password' }, given.now)).outcome, 'refused');
});

test('a command repeated an hour later and after a restart gets its first result and appends nothing', async (t) => {
  await using given = await givenCommands();
  const first = given.process();
  const ann = await signUp(given, first, 'ann');
  const bob = await signUp(given, first, 'bob');
  await befriend(given, first, ann, bob);
  const { id: channel } = await first.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const keys = Array.from({ length: 4 }, () => v7());
  const ask = async ({ commands }: Process, at = given.now) => {
    const under = (i: number, type: string) => given.context(ann, { key: keys[i] ?? '', at, type });
    return [
      await commands.postMessage({ channel, sender: ann, text: 'hello', clientId: keys[0] ?? '' }, under(0, 'post-message')),
      (await commands.publishPost({ author: ann, text: 'a post' }, under(1, 'publish-post'))).handled,
      await commands.follow({ person: ann, other: bob }, under(2, 'follow')),
      await commands.changeProfile({ person: ann, about: 'sails' }, under(3, 'change-profile')),
    ];
  };
  const answers = await ask(first);
  const head = await given.log.head('main');
  for (const again of [await ask(first), await ask(first, plus(given.now, HOUR_MS)), await ask(given.process(), plus(given.now, HOUR_MS))]) {
    t.deepEqual(
      again,
      answers.map((answer) => ({ ...answer, repeated: true, firstAt: given.now, events: [] })),
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
  const ask = (at: Instant) => given.process().commands.publishPost({ author: ann, text: 'once' }, given.context(ann, { key: 'order-4711', at }));
  const { id } = await ask(given.now);
  await given.process().commands.editPost({ author: ann, post: id, text: 'better' }, given.context(ann, { at: plus(given.now, 30 * HOUR_MS) }));
  const again = await ask(plus(given.now, 60 * HOUR_MS));
  t.is(again.id, id);
  t.is(codeOf(again.handled), 'unchanged');
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
  const ask = (process: Process) => process.commands.publishPost({ author: ann, text: 'once' }, given.context(ann, { key: 'order-4711' }));
  const { id } = await ask(given.process());
  const again = await ask(given.process());
  t.is(again.id, id);
  t.true(again.handled.outcome === 'appended' && again.handled.repeated);
});

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
      const slot = friendReservationOf(state, friend);
      if (slot !== undefined) await one.commands.releaseFriendReservation({ person, friend, round: slot.round }, given.context('system:slots'));
      t.is((await one.loadState(relationships, relationshipsStream(person))).state.friendReservations.size, 0);
    }
  }
});

test('of a hundred messages to one channel at once, from several processes, none is refused, and seq has no gap', async (t) => {
  await using given = await givenCommands();
  const processes = [given.process(), given.process(), given.process()];
  const [ann, bob] = [await signUp(given, processes[0] as Process, 'ann'), await signUp(given, processes[0] as Process, 'bob')];
  const { id: channel } = await (processes[0] as Process).commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => {
      const { commands } = processes[i % processes.length] as Process;
      const sender = i % 2 === 0 ? ann : bob;
      const clientId = v7();
      return commands.postMessage({ channel, sender, text: `message ${i}`, clientId }, given.context(sender, { key: clientId }));
    }),
  );
  t.deepEqual(
    answers.map((answer) => (answer.outcome === 'appended' ? answer.revision : -1)).sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => i),
  );
  const last = await given.codec.decode((await eventsIn(given, messagesStream(channel))).at(-1) as StoredEvent);
  t.is((last.data as { messageCount: number }).messageCount, 100);
});

test('of long messages at once, more than one append can hold, none is refused, and seq has no gap', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const { id: channel } = await one.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const text = '😀'.repeat(MESSAGE_LENGTH_MAX_CHARACTERS);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => one.commands.postMessage({ channel, sender: ann, text, clientId: v7() }, given.context(ann))),
  );
  t.deepEqual(
    answers.map((answer) => (answer.outcome === 'appended' ? answer.revision : -1)),
    Array.from({ length: 8 }, (_, i) => i),
  );
});

test('a member who was removed through one process can’t post through another', async (t) => {
  await using given = await givenCommands();
  const [one, other] = [given.process(), given.process()];
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const { id: channel } = await one.commands.openGroupChannel({ person: ann, members: [bob] }, given.context(ann));
  t.is(codeOf(await other.commands.postMessage({ channel, sender: bob, text: 'hi', clientId: v7() }, given.context(bob))), 'appended');
  await one.commands.removeMember({ person: ann, channel, member: bob }, given.context(ann));
  t.is(codeOf(await other.commands.postMessage({ channel, sender: bob, text: 'hi', clientId: v7() }, given.context(bob))), 'not-a-member');
});

test('a member’s joining carries the number of messages before it', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob, cleo] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob'), await signUp(given, one, 'cleo')];
  const { id: channel } = await one.commands.openGroupChannel({ person: ann, members: [bob] }, given.context(ann));
  for (let i = 0; i < 3; i++) await one.commands.postMessage({ channel, sender: ann, text: 'hi', clientId: v7() }, given.context(ann));
  await one.commands.addMember({ person: ann, channel, member: cleo }, given.context(ann));
  const joined = await given.codec.decode((await eventsIn(given, channelStream(channel))).at(-1) as StoredEvent);
  t.like(joined.data, { member: cleo, messageCount: 3 });
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

test('a command is decided on what other processes have appended, not on what this one remembers', async (t) => {
  await using given = await givenCommands();
  const [one, other] = [given.process(), given.process()];
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const choices = (wanted: boolean) => [{ category: 'news', channel: '*', wanted }] as const;
  for (let round = 0; round < 2; round++) {
    t.is(codeOf(await one.commands.setPreferences({ person: ann, choices: choices(false) }, given.context(ann))), 'appended');
    t.is(codeOf(await other.commands.setPreferences({ person: ann, choices: choices(true) }, given.context(ann))), 'appended');
  }
  const { id: channel } = await one.commands.openGroupChannel({ person: ann, members: [] }, given.context(ann));
  t.is(codeOf(await other.commands.removeMember({ person: ann, channel, member: bob }, given.context(ann))), 'unchanged');
  await one.commands.addMember({ person: ann, channel, member: bob }, given.context(ann));
  t.is(codeOf(await other.commands.removeMember({ person: ann, channel, member: bob }, given.context(ann))), 'appended');
});

test('the last free place among the friends goes to one of two commands that reserve it at once', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob, cleo] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob'), await signUp(given, one, 'cleo')];
  const slots = Array.from({ length: FRIENDS_MAX - 1 }, (_, i) => ({
    type: 'people.friend-slot-taken.v1' as const,
    data: { friend: `friend-${i}` as PersonId, round: 1, at: given.now },
  }));
  const context = given.context('system:test');
  const { $correlationId, ...rest } = { $correlationId: context.correlationId, actor: 'system:test', at: given.now, command: context.command, request: '' };
  const encoded = await Promise.all(
    slots.map((event, index) =>
      given.codec.encode(relationshipsStream(ann), { id: eventIdOf(context, 'slots', index), event, metadata: { $correlationId, ...rest } }),
    ),
  );
  for (let from = 0; from < encoded.length; from += 1_000) {
    await given.log.append(relationshipsStream(ann), encoded.slice(from, from + 1_000), from === 0 ? 'no-stream' : from - 1);
  }
  const { id: fromCleo } = await one.commands.requestFriend({ person: cleo, other: ann }, given.context(cleo));
  const [asked, accepted] = await Promise.all([
    given.process().commands.requestFriend({ person: ann, other: bob }, given.context(ann)),
    given.process().commands.acceptFriend({ person: ann, request: fromCleo }, given.context(ann)),
  ]);
  t.deepEqual([codeOf(asked.handled), codeOf(accepted)].sort(), ['appended', 'friends-full']);
  t.is((await one.loadState(relationships, relationshipsStream(ann))).state.friendReservations.size, FRIENDS_MAX);
});

test('a long stream is folded from its snapshot, with the same state and every command remembered', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const key = v7();
  await one.commands.follow({ person: ann, other: bob }, given.context(ann, { key, type: 'follow' }));
  for (let i = 0; i < 600; i++) {
    await one.commands.mute({ person: ann, other: bob }, given.context(ann));
    await one.commands.unmute({ person: ann, other: bob }, given.context(ann));
  }
  const { state } = await given.process().loadState(relationships, relationshipsStream(ann));
  await until(async () => (await eventsIn(given, `snapshot-connections-${ann}`)).length === 1);
  const counted = countingReads(given.log, relationshipsStream(ann));
  const other = given.process(counted.log);
  t.deepEqual((await other.loadState(relationships, relationshipsStream(ann))).state, state);
  t.true(counted.events() <= 201, String(counted.events()));
  const again = await other.commands.follow({ person: ann, other: bob }, given.context(ann, { key, type: 'follow' }));
  t.true(again.outcome === 'appended' && again.repeated);
});

test('the words of an erased person are in no file any more, and everybody else goes on', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const { id: channel } = await one.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const secret = 'the heron nests behind the third lock';
  await one.commands.postMessage({ channel, sender: ann, text: secret, clientId: v7() }, given.context(ann));
  await one.commands.publishPost({ author: ann, text: secret }, given.context(ann));
  await one.commands.registerDevice({ person: ann, device: 'phone' as never, platform: 'fcm', token: secret }, given.context(ann));
  await one.commands.changeProfile({ person: ann, about: secret }, given.context(ann));

  t.is(codeOf(await one.commands.erasePerson({ person: ann }, given.context(ann))), 'appended');
  t.is(codeOf(await one.commands.postMessage({ channel, sender: bob, text: 'are you there?', clientId: v7() }, given.context(bob))), 'appended');
  t.is(codeOf(await given.process().commands.postMessage({ channel, sender: ann, text: 'no', clientId: v7() }, given.context(ann))), 'person-erased');
  t.is(codeOf((await one.commands.requestFriend({ person: bob, other: ann }, given.context(bob))).handled), 'person-erased');
  t.is((await one.commands.logIn({ loginName: 'ann', password: 'a long password' }, given.now)).outcome, 'refused');
  t.is(
    codeOf((await given.process().commands.signUp({ loginName: 'ann', name: 'Another', password: 'a long password' }, given.context('login:new'))).handled),
    'appended',
  );

  const [first] = await eventsIn(given, messagesStream(channel));
  t.deepEqual((await given.codec.decode(first as StoredEvent)).data, {
    ...(await given.codec.decode(first as StoredEvent)).data,
    text: { erased: true },
  } as never);
  for (const file of await readdir(given.folder, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) t.false((await readFile(join(file.parentPath, file.name))).includes(secret), file.name);
  }
});

test('a person who is erased while logging in has no session afterwards', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  const put: typeof given.vault.put = async (...kept) => {
    await one.commands.erasePerson({ person: ann }, given.context(ann));
    await given.vault.put(...kept);
  };
  const late = given.process(given.log, { vault: { ...given.vault, put } });
  const loggedIn = await late.commands.logIn({ loginName: 'ann', password: 'a long password' }, given.now);
  t.deepEqual(loggedIn, { outcome: 'refused', refusal: { code: 'login-failed' } });
  t.deepEqual(await given.vault.owned('session', ann), []);
});

test('a command from long ago or from the future is refused', async (t) => {
  await using given = await givenCommands();
  t.throws(() => given.context('ann', { key: v7({ msecs: Date.now() - 8 * 24 * HOUR_MS }) }), { message: 'command-expired' });
  t.throws(() => given.context('ann', { key: v7({ msecs: Date.now() + HOUR_MS }) }), { message: 'clock-skew' });
  t.is(given.context('ann', { at: instant(Date.now()) }).actor, 'ann');
});

test('a person who sees somebody new has their warm feed dropped at once; one who sees nobody new keeps it', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const warm = async (reader: PersonId) => given.feedCache.warm(reader, await given.feedCache.beginBuild(reader), { posts: [], floor: null });
  const isWarm = async (reader: PersonId) => (await given.feedCache.page(reader, { limit: 1 })) !== undefined;
  const { commands } = one;
  const { id: request } = await commands.requestFriend({ person: ann, other: bob }, given.context(ann));
  const pair = { person: ann, other: bob };
  const steps: readonly [act: () => Promise<unknown>, drops: readonly PersonId[]][] = [
    [() => commands.follow(pair, given.context(ann)), [ann]],
    [() => commands.follow(pair, given.context(ann)), []],
    [() => commands.mute(pair, given.context(ann)), []],
    [() => commands.unmute(pair, given.context(ann)), [ann]],
    [() => commands.acceptFriend({ person: bob, request }, given.context(bob)), [ann, bob]],
    [() => commands.block(pair, given.context(ann)), []],
    [() => commands.unblock(pair, given.context(ann)), [ann, bob]],
  ];
  for (const [at, [act, drops]] of steps.entries()) {
    await Promise.all([warm(ann), warm(bob)]);
    await act();
    t.deepEqual([await isWarm(ann), await isWarm(bob)], [!drops.includes(ann), !drops.includes(bob)], `step ${at}`);
  }
});
