/** What people who chat see: real clients, over the real commands, log and views. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import test from 'ava';
import { v7 } from 'uuid';
import { READ_POINTER_INTERVAL_MS } from '../../domain/chat/inbox.ts';
import { instant } from '../../domain/shared/instant.ts';
import { sentenceOf } from '../../domain/shared/refusals.ts';
import { inboxStream, messagesStream } from '../../domain/shared/streams.ts';
import { givenGateways, until, type GatewayFixture } from '../test-fixture.ts';
import { connectClient, seqsOf, type Client } from '../testing/client.ts';

async function givenTwo() {
  const given = await givenGateways();
  const gateway = await given.gateway();
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  return { given, gateway, ann, bob, channel: await given.direct(ann, bob) };
}

test('a message is acknowledged once it is in the log, and reaches the other person', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  await using hers = await connectClient(gateway.url, ann);
  await using his = await connectClient(gateway.url, bob);
  const ack = await hers.say(channel, 'hello');
  t.is(ack.seq, 0);
  for await (const stored of given.log.readStream(messagesStream(channel), { from: ack.seq, limit: 1 }))
    t.is(stored.position, ack.position as typeof stored.position);
  const message = await his.take('message');
  t.like(message, { channel, seq: 0, event: 'posted', sender: ann.person, text: 'hello', messageCount: 1 });
  noFaults(t, given, hers, his);
});

test('the devices of the sender hear it too, except for the one that said it', async (t) => {
  const { given, gateway, ann, channel } = await givenTwo();
  await using _ = given;
  await using phone = await connectClient(gateway.url, ann, { device: 'phone' });
  await using laptop = await connectClient(gateway.url, ann, { device: 'laptop' });
  await phone.say(channel, 'from the phone');
  t.like(await laptop.take('message'), { text: 'from the phone', device: 'phone' });
  await laptop.say(channel, 'from the laptop');
  t.like(await phone.take('message'), { text: 'from the laptop', seq: 1 });
  await Promise.all([phone.settled(), laptop.settled()]);
  t.deepEqual([seqsOf(phone.frames, channel), seqsOf(laptop.frames, channel)], [[1], [0]]);
  noFaults(t, given, phone, laptop);
});

test('what was sent twice is in the log once, and acknowledged as the first time', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  await using hers = await connectClient(gateway.url, ann);
  await using his = await connectClient(gateway.url, bob);
  const frame = { type: 'send', channel, id: v7(), text: 'once' };
  hers.send(frame);
  const first = await hers.take('ack');
  await using again = await connectClient(gateway.url, ann, { device: 'another' });
  again.send(frame);
  t.deepEqual(await again.take('ack'), first);
  again.send({ ...frame, text: 'something else' });
  t.is((await again.take('refused')).code, 'idempotency-key-reused');
  await his.take('message');
  await his.settled();
  t.deepEqual(seqsOf(his.frames, channel), [0]);
  noFaults(t, given, hers, his, again);
});

test('what one connection sends without waiting keeps its order', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  await using hers = await connectClient(gateway.url, ann);
  await using his = await connectClient(gateway.url, bob);
  const texts = Array.from({ length: 40 }, (__, n) => `${n}`);
  for (const text of texts) hers.send({ type: 'send', channel, id: v7(), text });
  for (const text of texts) t.is((await his.take('message')).seq, Number(text));
  t.deepEqual(
    his.frames.flatMap((frame) => (frame.type === 'message' && frame.event === 'posted' ? [frame.text] : [])),
    texts,
  );
  noFaults(t, given, hers, his);
});

test('edits, reactions and withdrawals are said in the channel as well, each with a seq', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  await using hers = await connectClient(gateway.url, ann);
  await using his = await connectClient(gateway.url, bob);
  await hers.say(channel, 'helo');
  hers.send({ type: 'edit', channel, id: v7(), message: 0, text: 'hello' });
  await hers.take('ack');
  his.send({ type: 'react', channel, id: v7(), message: 0, emoji: '👍', change: 'added' });
  await his.take('ack');
  hers.send({ type: 'withdraw', channel, id: v7(), message: 0 });
  t.is((await hers.take('ack')).seq, 3);
  await his.take('message', ({ seq }) => seq === 3);
  t.deepEqual(
    his.frames.flatMap((frame) => (frame.type === 'message' ? [`${frame.seq} ${frame.event}`] : [])),
    ['0 posted', '1 edited', '2 reacted', '3 withdrawn'],
  );
  his.send({ type: 'withdraw', channel, id: v7(), message: 0 });
  t.is((await his.take('refused')).code, 'not-the-sender');
  noFaults(t, given, hers, his);
});

test('what may not be said is refused by its code, under its id', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  const cyd = await given.person();
  await using hers = await connectClient(gateway.url, cyd);
  const refusalOf = async (client: Client, frame: object, id = v7()) => {
    client.send({ type: 'send', id, ...frame });
    return (await client.take('refused', (refused) => refused.id === id)).code;
  };
  t.is(await refusalOf(hers, { channel, text: 'let me in' }), 'not-a-member');
  t.is(await refusalOf(hers, { channel: randomUUID(), text: 'anybody?' }), 'channel-unknown');
  await using his = await connectClient(gateway.url, bob);
  t.is(await refusalOf(his, { channel, text: '' }), 'message-empty');
  t.is(await refusalOf(his, { channel, text: 'x'.repeat(100_001) }), 'message-too-long');
  t.is(await refusalOf(his, { channel, text: 'to what?', replyTo: 7 }), 'message-unknown');
  t.is(await refusalOf(his, { channel, text: 'late' }, v7({ msecs: Date.now() - 8 * 86_400_000 })), 'command-expired');
  await given.commands.block({ person: ann.person, other: bob.person }, given.context(ann.person));
  t.is(await refusalOf(his, { channel, text: 'hello?' }), 'blocked');
  noFaults(t, given, hers, his);
});

test('who was removed hears nothing any more, and who joins is told where the channel stands', async (t) => {
  const given = await givenGateways();
  await using _ = given;
  const gateway = await given.gateway();
  const [ann, bob, cyd] = await Promise.all([given.person(), given.person(), given.person()]);
  const channel = await given.group(ann, bob);
  await using hers = await connectClient(gateway.url, ann);
  await using his = await connectClient(gateway.url, bob, { cursors: { [channel]: -1 } });
  await hers.say(channel, 'first');
  await his.take('message');
  await given.commands.removeMember({ person: ann.person, channel, member: bob.person }, given.context(ann.person));
  await his.take('channel');
  await given.commands.addMember({ person: ann.person, channel, member: cyd.person }, given.context(ann.person));
  await using theirs = await connectClient(gateway.url, cyd, { device: 'cyd' });
  await hers.say(channel, 'second');
  await theirs.take('message', ({ seq }) => seq === 1);
  await given.viewed();
  await until(() => gateway.stats().channelsCatchingUp === 0);
  await his.settled();
  t.deepEqual([seqsOf(his.frames, channel), seqsOf(theirs.frames, channel)], [[0], [1]]);
  const told = theirs.frames.flatMap((frame) => (frame.type === 'heads' || frame.type === 'welcome' ? [frame.heads[channel]] : []));
  t.true(told.includes(0), 'of what was said before, the head is told');
  noFaults(t, given, hers, his, theirs);
});

test('who was removed is sent nothing said since, though the view of members is behind that of messages', async (t) => {
  const given = await givenGateways();
  await using _ = given;
  const before = new Map<string, unknown>();
  const getMany = (name: 'channels', ids: readonly string[]) =>
    name === 'channels' && before.size > 0 ? Promise.resolve(ids.map((id) => before.get(id))) : given.views.getMany(name, ids);
  const gateway = await given.gateway({}, { views: { ...given.views, getMany } as GatewayFixture['views'] });
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const channel = await given.group(ann, bob);
  await using his = await connectClient(gateway.url, bob, { cursors: { [channel]: -1 } });
  await given.say(ann, channel, 'first');
  await given.viewed();
  before.set(channel, await given.views.get('channels', channel));
  await given.commands.removeMember({ person: ann.person, channel, member: bob.person }, given.context(ann.person));
  await given.say(ann, channel, 'now that he is gone');
  await given.viewed();
  for (let n = 0; n < 2; n++) await once(his.socket, 'ping');
  await until(() => gateway.stats().channelsCatchingUp === 0);
  await his.settled();
  t.deepEqual(seqsOf(his.frames, channel), [0]);
  await using again = await connectClient(gateway.url, bob, { device: 'tablet', cursors: { [channel]: 0 } });
  await again.settled();
  t.deepEqual(seqsOf(again.frames, channel), [], 'nor where he resumes');
  noFaults(t, given, his, again);
});

test('over a block neither typing nor reading is told in a direct channel', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const channel = await given.direct(ann, bob);
  await given.say(ann, channel, 'the last word');
  await given.commands.block({ person: ann.person, other: bob.person }, given.context(ann.person));
  await given.viewed();
  await using hers = await connectClient(url, ann);
  await using his = await connectClient(url, bob);
  await using elsewhere = await connectClient(url, bob, { device: 'laptop' });
  his.send({ type: 'typing', channel });
  his.send({ type: 'read', channel, seq: 0 });
  t.like(await elsewhere.take('read'), { channel, person: bob.person, seq: 0 });
  await hers.settled();
  t.deepEqual(
    hers.frames.filter(({ type }) => type === 'typing' || type === 'read'),
    [],
  );
  t.deepEqual(given.failures, []);
});

test('read marks and typing reach the others at once, and the log knows how far one has read when one leaves', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  await using hers = await connectClient(gateway.url, ann);
  const his = await connectClient(gateway.url, bob);
  for (const text of ['one', 'two', 'three']) await hers.say(channel, text);
  await his.take('message', ({ seq }) => seq === 2);
  his.send({ type: 'typing', channel });
  t.like(await hers.take('typing'), { channel, person: bob.person });
  for (const seq of [0, 1, 2]) his.send({ type: 'read', channel, seq });
  t.like(await hers.take('read', ({ seq }) => seq === 2), { channel, person: bob.person });
  his.send({ type: 'read', channel, seq: 3 });
  t.is((await his.take('refused')).code, 'message-unknown');
  await his[Symbol.asyncDispose]();
  const readUpTo = async () => {
    const seqs: unknown[] = [];
    for await (const { data } of given.log.readStream(inboxStream(bob.person))) seqs.push((JSON.parse(Buffer.from(data).toString()) as { seq: number }).seq);
    return seqs;
  };
  await until(async () => (await readUpTo()).at(-1) === 2);
  t.deepEqual(await readUpTo(), [0, 2]);
  noFaults(t, given, hers, his);
});

test('a read mark for which too many were writing is written a while later', async (t) => {
  const { given, ann, bob, channel } = await givenTwo();
  await using _ = given;
  let asked = 0;
  const markRead: GatewayFixture['commands']['markRead'] = (...mark) =>
    ++asked === 1 ? Promise.resolve({ outcome: 'refused', refusal: { code: 'write-contention' } }) : given.commands.markRead(...mark);
  const gateway = await given.gateway({}, { commands: { ...given.commands, markRead } });
  await using his = await connectClient(gateway.url, bob);
  await given.say(ann, channel, 'hello');
  await his.take('message');
  his.send({ type: 'read', channel, seq: 0 });
  await until(() => asked === 1);
  const later = Date.now() + READ_POINTER_INTERVAL_MS;
  given.time.now = () => instant(later);
  await until(() => asked > 1);
  await until(async () => (await Array.fromAsync(given.log.readStream(inboxStream(bob.person)))).length === 1);
  t.like(given.failures, [{ message: sentenceOf('write-contention') }]);
});

test('what a device has received is known to the presence store', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  await using hers = await connectClient(gateway.url, ann);
  await using his = await connectClient(gateway.url, bob);
  await hers.say(channel, 'hello');
  const { seq } = await his.take('message');
  his.send({ type: 'received', channel, seq });
  await until(async () => (await given.presence.receivedBy(bob.person, channel)) === seq);
  his.send({ type: 'received', channel, seq: seq + 1 });
  t.is((await his.take('refused')).code, 'message-unknown');
  noFaults(t, given, hers, his);
});

test('people on two gateways talk to each other', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  const other = await given.gateway();
  await using hers = await connectClient(gateway.url, ann);
  await using his = await connectClient(other.url, bob);
  await hers.say(channel, 'over there?');
  t.like(await his.take('message'), { text: 'over there?' });
  await his.say(channel, 'here');
  t.like(await hers.take('message'), { text: 'here', seq: 1 });
  noFaults(t, given, hers, his);
});

test('a hint that was lost is found with the next ping', async (t) => {
  const { given, gateway, bob, ann, channel } = await givenTwo();
  await using _ = given;
  await using his = await connectClient(gateway.url, bob, { cursors: { [channel]: -1 } });
  await given.deaf.postMessage({ channel, sender: ann.person, text: 'did you hear?', clientId: v7() }, given.context(ann.person));
  t.like(await his.take('message'), { seq: 0, text: 'did you hear?' });
  await his.take('heads', ({ heads }) => heads[channel] === 0);
  noFaults(t, given, his);
});

function noFaults(t: { deepEqual: (actual: unknown, expected: unknown) => void }, given: GatewayFixture, ...clients: readonly Client[]): void {
  t.deepEqual(
    clients.flatMap(({ faults }) => faults),
    [],
  );
  t.deepEqual(given.failures, []);
}
