/** What people who chat see: real clients, over the real commands, log and views. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { v7 } from 'uuid';
import type { ObjectKey } from '../../domain/media/media-facts.ts';
import type { MediaId } from '../../domain/shared/ids.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import { assertNoFaults, givenGateways } from '../test-fixture.ts';
import { connectClient, seqsOf, type Client } from '../testing/client.ts';

async function givenTwo() {
  const given = await givenGateways();
  const gateway = await given.gateway();
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  return { given, gateway, ann, bob, channel: await given.openDirectChannel(ann, bob) };
}

test('a message is acknowledged once it is in the log, and reaches the other person', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  await using annClient = await connectClient(gateway.url, ann);
  await using bobClient = await connectClient(gateway.url, bob);
  const ack = await annClient.sendMessage(channel, 'hello');
  t.is(ack.seq, 0);
  for await (const stored of given.log.readStream(messagesStream(channel), { from: ack.seq, limit: 1 }))
    t.is(stored.position, ack.position as typeof stored.position);
  const message = await bobClient.take('message');
  t.like(message, { channel, seq: 0, event: 'posted', sender: ann.person, text: 'hello', messageCount: 1 });
  assertNoFaults(t, given, annClient, bobClient);
});

test('the sender’s other devices are sent the message, too', async (t) => {
  const { given, gateway, ann, channel } = await givenTwo();
  await using _ = given;
  await using phone = await connectClient(gateway.url, ann, { device: 'phone' });
  await using laptop = await connectClient(gateway.url, ann, { device: 'laptop' });
  await phone.sendMessage(channel, 'from the phone');
  const echo = await laptop.take('message');
  t.like(echo, { text: 'from the phone' });
  t.false('device' in echo, 'nobody is told the device that a message was sent from');
  await laptop.sendMessage(channel, 'from the laptop');
  t.like(await phone.take('message'), { text: 'from the laptop', seq: 1 });
  await Promise.all([phone.roundTrip(), laptop.roundTrip()]);
  t.deepEqual([seqsOf(phone.frames, channel), seqsOf(laptop.frames, channel)], [[1], [0]]);
  assertNoFaults(t, given, phone, laptop);
});

test('a message that is sent twice is in the log once, and acknowledged as the first time', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  await using annClient = await connectClient(gateway.url, ann);
  await using bobClient = await connectClient(gateway.url, bob);
  const frame = { type: 'send', channel, id: v7(), text: 'once' };
  annClient.send(frame);
  const first = await annClient.take('ack');
  await using again = await connectClient(gateway.url, ann, { device: 'another' });
  again.send(frame);
  t.deepEqual(await again.take('ack'), first);
  again.send({ ...frame, text: 'something else' });
  t.is((await again.take('refused')).code, 'idempotency-key-reused');
  await bobClient.take('message');
  await bobClient.roundTrip();
  t.deepEqual(seqsOf(bobClient.frames, channel), [0]);
  assertNoFaults(t, given, annClient, bobClient, again);
});

test('messages that one connection sends without waiting keep their order', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  await using annClient = await connectClient(gateway.url, ann);
  await using bobClient = await connectClient(gateway.url, bob);
  const texts = Array.from({ length: 40 }, (__, n) => `${n}`);
  for (const text of texts) annClient.send({ type: 'send', channel, id: v7(), text });
  for (const text of texts) t.is((await bobClient.take('message')).seq, Number(text));
  t.deepEqual(
    bobClient.frames.flatMap((frame) => (frame.type === 'message' && frame.event === 'posted' ? [frame.text] : [])),
    texts,
  );
  assertNoFaults(t, given, annClient, bobClient);
});

test('edits, reactions and withdrawals are events of the channel, each with a seq', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  await using annClient = await connectClient(gateway.url, ann);
  await using bobClient = await connectClient(gateway.url, bob);
  await annClient.sendMessage(channel, 'helo');
  annClient.send({ type: 'edit', channel, id: v7(), message: 0, text: 'hello' });
  await annClient.take('ack');
  bobClient.send({ type: 'react', channel, id: v7(), message: 0, emoji: '👍', change: 'added' });
  await bobClient.take('ack');
  annClient.send({ type: 'withdraw', channel, id: v7(), message: 0 });
  t.is((await annClient.take('ack')).seq, 3);
  await bobClient.take('message', ({ seq }) => seq === 3);
  t.deepEqual(
    bobClient.frames.flatMap((frame) => (frame.type === 'message' ? [`${frame.seq} ${frame.event}`] : [])),
    ['0 posted', '1 edited', '2 reacted', '3 withdrawn'],
  );
  bobClient.send({ type: 'withdraw', channel, id: v7(), message: 0 });
  t.is((await bobClient.take('refused')).code, 'not-the-sender');
  assertNoFaults(t, given, annClient, bobClient);
});

test('a message that may not be posted is refused by a code, under its id', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  const cyd = await given.person();
  await using cydClient = await connectClient(gateway.url, cyd);
  const refusalOf = async (client: Client, frame: object, id = v7()) => {
    client.send({ type: 'send', id, ...frame });
    return (await client.take('refused', (refused) => refused.id === id)).code;
  };
  t.is(await refusalOf(cydClient, { channel, text: 'let me in' }), 'channel-unknown');
  t.is(await refusalOf(cydClient, { channel: randomUUID(), text: 'anybody?' }), 'channel-unknown');
  await using bobClient = await connectClient(gateway.url, bob);
  t.is(await refusalOf(bobClient, { channel, text: '' }), 'message-empty');
  t.is(await refusalOf(bobClient, { channel, text: 'x'.repeat(100_001) }), 'message-too-long');
  t.is(await refusalOf(bobClient, { channel, text: 'to what?', replyTo: 7 }), 'message-unknown');
  t.is(await refusalOf(bobClient, { channel, text: 'late' }, v7({ msecs: Date.now() - 8 * 86_400_000 })), 'command-expired');
  await given.commands.block({ person: ann.person, other: bob.person }, given.context(ann.person));
  t.is(await refusalOf(bobClient, { channel, text: 'hello?' }), 'blocked');
  assertNoFaults(t, given, cydClient, bobClient);
});

test('people on two gateways chat with each other', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  const other = await given.gateway();
  await using annClient = await connectClient(gateway.url, ann);
  await using bobClient = await connectClient(other.url, bob);
  await annClient.sendMessage(channel, 'over there?');
  t.like(await bobClient.take('message'), { text: 'over there?' });
  await bobClient.sendMessage(channel, 'here');
  t.like(await annClient.take('message'), { text: 'here', seq: 1 });
  assertNoFaults(t, given, annClient, bobClient);
});

test('a message whose hint was lost is delivered with the next ping', async (t) => {
  const { given, gateway, bob, ann, channel } = await givenTwo();
  await using _ = given;
  await using bobClient = await connectClient(gateway.url, bob, { cursors: { [channel]: -1 } });
  await given.commandsWithoutHints.postMessage({ channel, sender: ann.person, text: 'did you hear?', clientId: v7() }, given.context(ann.person));
  t.like(await bobClient.take('message'), { seq: 0, text: 'did you hear?' });
  await bobClient.take('heads', ({ heads }) => heads[channel] === 0);
  assertNoFaults(t, given, bobClient);
});

test('what a message is made of is told live and after a resume alike, without a key of its bytes', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  const media = randomUUID() as MediaId;
  const object = 'folder/object' as ObjectKey;
  const facts = { kind: 'image', variants: [{ name: 'full', object, type: 'image/jpeg', bytes: 48_200, width: 640, height: 480 }] } as const;
  await given.commands.endUpload({ media, owner: ann.person, bytes: 10 }, given.context(ann.person));
  await given.commands.makeMediaReady({ media, facts }, given.context('system:prepare-media'));
  await using annClient = await connectClient(gateway.url, ann);
  await using bobClient = await connectClient(gateway.url, bob);
  await annClient.sendMessage(channel, 'Shall we sing?');
  await bobClient.take('message');
  const id = v7();
  const entities = [{ kind: 'bold', from: 0, to: 3 }];
  annClient.send({ type: 'send', channel, id, text: 'Sing!', entities, media: [{ media, alt: 'The choir' }], replyTo: 0, quote: { from: 9, to: 13 } });
  await annClient.take('ack');
  const told = {
    seq: 1,
    entities,
    quote: { text: 'sing', from: 9 },
    media: [{ kind: 'image', type: 'image/jpeg', bytes: 48_200, alt: 'The choir', width: 640, height: 480 }],
  };
  const live = await bobClient.take('message');
  t.like(live, told);
  annClient.send({ type: 'edit', channel, id: v7(), message: 1, text: 'Let us', entities: [{ kind: 'italic', from: 4, to: 6 }] });
  t.like(await bobClient.take('message'), { event: 'edited', entities: [{ kind: 'italic', from: 4, to: 6 }] });
  await using again = await connectClient(gateway.url, bob, { device: 'another', cursors: { [channel]: 0 } });
  t.deepEqual(await again.take('message'), live);
  t.false(JSON.stringify([...bobClient.frames, ...again.frames]).includes('folder/object'));
  assertNoFaults(t, given, annClient, bobClient, again);
});
