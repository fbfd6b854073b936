/** Chat by the client library, through a network that is cut and a server that is killed: nothing lost, nothing twice, the order right. */
import test from 'ava';
import { memoryStorage } from '../../client/storage/storage.ts';
import { waitUntil } from '../e2e/system-under-test.ts';
import { startClientSystem, untilChannel, untilLive } from './test-fixture.ts';

const MESSAGES = 120;

// Each starts a system of its own, and one kills it.
test.beforeEach((t) => t.timeout(180_000));

test.serial('what is written while the network is cut and the server killed comes to both once, and in the order in which it was written', async (t) => {
  await using system = await startClientSystem();
  const [ann, bob] = [await system.account('ann'), await system.account('bob')];
  const id = await system.directChannel(ann, bob);
  const [hers, his] = [await system.open(ann), await system.open(bob)];
  const [sending, receiving] = [await hers.chat.channel(id), await his.chat.channel(id)];
  await Promise.all([sending.load(), receiving.load()]);
  hers.chat.connect();
  his.chat.connect();
  let cutInTheMiddle = 0;
  for (let n = 0; n < MESSAGES; n++) {
    await sending.send(`message ${n}`);
    if (n % 25 === 20) {
      await Promise.all([untilLive(hers), untilLive(his)]);
      if (sending.state.value.outgoing.length > 0) cutInTheMiddle++;
      system.network.cut();
    }
    if (n === 60) await system.restart();
  }
  const wanted = Array.from({ length: MESSAGES }, (_, n) => `message ${n}`);
  const isComplete = ({ messages, outgoing }: typeof sending.state.value) => outgoing.length === 0 && messages.length >= MESSAGES;
  await Promise.all([untilChannel(sending, isComplete), untilChannel(receiving, ({ messages }) => messages.length >= MESSAGES)]);
  for (const channel of [sending, receiving]) {
    const { messages } = channel.state.value;
    t.deepEqual(
      messages.map(({ text }) => text),
      wanted,
    );
    t.deepEqual(
      messages.map(({ seq }) => seq),
      wanted.map((_, n) => n),
    );
  }
  // Where nothing was cut, the test has shown nothing.
  t.true(system.network.cuts() >= 4, `${system.network.cuts()} cuts`);
  t.true(cutInTheMiddle > 0);
});

test.serial('what was written without a connection outlives a reload, and is sent when there is one', async (t) => {
  await using system = await startClientSystem();
  const [ann, bob] = [await system.account('ann'), await system.account('bob')];
  const id = await system.directChannel(ann, bob);
  const storage = memoryStorage();
  system.network.setOpen(false);
  {
    const { chat } = await system.open(ann, { storage });
    chat.connect();
    const channel = await chat.channel(id);
    for (const text of ['one', 'two', 'three']) await channel.send(text);
    t.deepEqual(
      channel.state.value.outgoing.map(({ state }) => state),
      ['queued', 'queued', 'queued'],
    );
    chat.close();
  }
  system.network.setOpen(true);
  const { chat } = await system.open(ann, { storage });
  const channel = await chat.channel(id);
  t.is(channel.state.value.outgoing.length, 3);
  await channel.load();
  chat.connect();
  await untilChannel(channel, ({ outgoing, messages }) => outgoing.length === 0 && messages.length === 3);
  t.deepEqual(
    channel.state.value.messages.map(({ text }) => text),
    ['one', 'two', 'three'],
  );
  t.deepEqual(await storage.list('outbox/'), []);
});

test.serial('edits, withdrawals and reactions of others are folded in, and a message that is refused for good stays with its reason', async (t) => {
  await using system = await startClientSystem();
  const [ann, bob] = [await system.account('ann'), await system.account('bob')];
  const id = await system.directChannel(ann, bob);
  const [hers, his] = [await system.open(ann), await system.open(bob)];
  const [one, other] = [await hers.chat.channel(id), await his.chat.channel(id)];
  await Promise.all([one.load(), other.load()]);
  hers.chat.connect();
  his.chat.connect();
  await one.send('first');
  await one.send('second');
  await one.send({ text: 'an answer', replyTo: 0 });
  await untilChannel(other, ({ messages }) => messages.length === 3);
  await one.edit(0, 'first, edited');
  await one.withdraw(1);
  await other.react(2, '👍', 'added');
  await other.send(' ');
  await untilChannel(other, ({ outgoing }) => outgoing.some(({ state }) => state === 'failed'));
  for (const channel of [one, other])
    await untilChannel(channel, ({ messages }) => Object.keys(messages[2]?.reactions ?? {}).length > 0 && messages[1]?.withdrawn === true);
  for (const { state } of [one, other]) {
    const [first, second, third] = state.value.messages;
    t.like(first, { text: 'first, edited' });
    t.like(second, { text: null, withdrawn: true });
    t.like(third, { text: 'an answer', replyTo: 0, reactions: { '👍': [bob.person] } });
  }
  const [failed] = other.state.value.outgoing;
  t.is(failed?.failure?.code, 'message-empty');
  await his.chat.discard(failed?.frame.id ?? '');
  t.deepEqual(other.state.value.outgoing, []);
});

test.serial('a session that ended says so and keeps what waits, which is sent after the next login', async (t) => {
  await using system = await startClientSystem();
  const [ann, bob] = [await system.account('ann'), await system.account('bob')];
  const id = await system.directChannel(ann, bob);
  let token: string | undefined = 'expired';
  const { chat } = await system.open(ann, { token: () => token });
  const ended = new Promise<string | undefined>((resolve) => chat.connection.subscribe(({ phase, reason }) => phase === 'ended' && resolve(reason)));
  chat.connect();
  t.is(await ended, 'unauthorised');
  const channel = await chat.channel(id);
  await channel.send('Hello.');
  token = ann.token;
  await channel.load();
  chat.connect();
  await untilChannel(channel, ({ outgoing, messages }) => outgoing.length === 0 && messages.length === 1);
  t.is(channel.state.value.messages[0]?.text, 'Hello.');
});

test.serial('what is kept on a device is delivered to who wrote it, opened there or not; that is known at the next start', async (t) => {
  await using system = await startClientSystem();
  const [ann, bob] = [await system.account('ann'), await system.account('bob')];
  const id = await system.directChannel(ann, bob);
  const [annStorage, bobStorage] = [memoryStorage(), memoryStorage()];
  const [hers, his] = [await system.open(ann, { storage: annStorage }), await system.open(bob, { storage: bobStorage })];
  hers.chat.connect();
  his.chat.connect();
  await Promise.all([untilLive(hers), untilLive(his)]);
  const channel = await hers.chat.channel(id);
  await channel.load();
  await channel.send('Are you there?');
  await untilChannel(channel, ({ messages }) => messages.length === 1);
  t.is(channel.state.value.delivered, undefined, 'his device has nothing of it');
  his.chat.keepUp([{ channel: id, seq: 0 }]);
  await untilChannel(channel, ({ delivered }) => delivered?.seq === 0);
  await channel.send('Hello?');
  await untilChannel(channel, ({ delivered }) => delivered?.seq === 1 && delivered.people === 1);
  t.deepEqual(channel.state.value.readUpTo, {}, 'nobody has read it');
  his.chat.close();
  system.network.setOpen(false);
  const kept = await (await system.open(bob, { storage: bobStorage })).chat.channel(id);
  t.deepEqual(
    kept.state.value.messages.map(({ text }) => text),
    ['Are you there?', 'Hello?'],
  );
  await waitUntil('it is kept', async () => ((await annStorage.get(`channel/${id}`)) as { delivered?: { seq: number } } | undefined)?.delivered?.seq === 1);
  const again = await (await system.open(ann, { storage: annStorage })).chat.channel(id);
  t.deepEqual(again.state.value.delivered, { seq: 1, people: 1 });
});
