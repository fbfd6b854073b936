/** Receipts and typing between real clients. */
import test from 'ava';
import { READ_POINTER_INTERVAL_MS } from '../../domain/chat/inbox.ts';
import { sentenceOf } from '../../domain/shared/refusals.ts';
import { inboxStream } from '../../domain/shared/streams.ts';
import { assertNoFaults, givenGateways, until, type GatewayFixture } from '../test-fixture.ts';
import { connectClient } from '../testing/client.ts';

async function givenTwo() {
  const given = await givenGateways();
  const gateway = await given.gateway();
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  return { given, gateway, ann, bob, channel: await given.openDirectChannel(ann, bob) };
}

test('read receipts and typing reach the other member at once; the log has the read receipt when the reader leaves', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  await using annClient = await connectClient(gateway.url, ann);
  const bobClient = await connectClient(gateway.url, bob);
  for (const text of ['one', 'two', 'three']) await annClient.sendMessage(channel, text);
  await bobClient.take('message', ({ seq }) => seq === 2);
  bobClient.send({ type: 'typing', channel });
  t.like(await annClient.take('typing'), { channel, person: bob.person });
  for (const seq of [0, 1, 2]) bobClient.send({ type: 'read', channel, seq });
  t.like(await annClient.take('read', ({ seq }) => seq === 2), { channel, person: bob.person });
  bobClient.send({ type: 'read', channel, seq: 3 });
  t.is((await bobClient.take('refused')).code, 'message-unknown');
  await bobClient[Symbol.asyncDispose]();
  const readUpTo = async () => {
    const seqs: unknown[] = [];
    for await (const { data } of given.log.readStream(inboxStream(bob.person))) seqs.push((JSON.parse(Buffer.from(data).toString()) as { seq: number }).seq);
    return seqs;
  };
  await until(async () => (await readUpTo()).at(-1) === 2);
  t.deepEqual(await readUpTo(), [0, 2]);
  assertNoFaults(t, given, annClient, bobClient);
});

test('over a block neither typing nor reading is told in a direct channel', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const channel = await given.openDirectChannel(ann, bob);
  await given.postMessage(ann, channel, 'the last word');
  await given.commands.block({ person: ann.person, other: bob.person }, given.context(ann.person));
  await given.untilProjected();
  await using annClient = await connectClient(url, ann);
  await using bobClient = await connectClient(url, bob);
  await using elsewhere = await connectClient(url, bob, { device: 'laptop' });
  bobClient.send({ type: 'typing', channel });
  bobClient.send({ type: 'read', channel, seq: 0 });
  t.like(await elsewhere.take('read'), { channel, person: bob.person, seq: 0 });
  await annClient.roundTrip();
  t.deepEqual(
    annClient.frames.filter(({ type }) => type === 'typing' || type === 'read'),
    [],
  );
  t.deepEqual(given.failures, []);
});

test('a read receipt is written later where too many were writing', async (t) => {
  const { given, ann, bob, channel } = await givenTwo();
  await using _ = given;
  let asked = 0;
  const markRead: GatewayFixture['commands']['markRead'] = (...mark) =>
    ++asked === 1 ? Promise.resolve({ outcome: 'refused', refusal: { code: 'write-contention' } }) : given.commands.markRead(...mark);
  const gateway = await given.gateway({}, { commands: { ...given.commands, markRead } });
  await using bobClient = await connectClient(gateway.url, bob);
  await given.postMessage(ann, channel, 'hello');
  await bobClient.take('message');
  bobClient.send({ type: 'read', channel, seq: 0 });
  await until(() => asked === 1);
  given.elapse(READ_POINTER_INTERVAL_MS);
  await until(() => asked > 1);
  await until(async () => (await Array.fromAsync(given.log.readStream(inboxStream(bob.person)))).length === 1);
  t.like(given.failures, [{ message: sentenceOf('write-contention') }]);
});

test('the presence store knows how far a device has received', async (t) => {
  const { given, gateway, ann, bob, channel } = await givenTwo();
  await using _ = given;
  await using annClient = await connectClient(gateway.url, ann);
  await using bobClient = await connectClient(gateway.url, bob);
  await annClient.sendMessage(channel, 'hello');
  const { seq } = await bobClient.take('message');
  bobClient.send({ type: 'received', channel, seq });
  await until(async () => (await given.presence.receivedBy([bob.person], channel)).get(bob.person) === seq);
  bobClient.send({ type: 'received', channel, seq: seq + 1 });
  t.is((await bobClient.take('refused')).code, 'message-unknown');
  assertNoFaults(t, given, annClient, bobClient);
});

test('typing is told to the typing person’s other devices, and not to the device that sent it', async (t) => {
  const { given, gateway, ann, channel } = await givenTwo();
  await using _ = given;
  await using phone = await connectClient(gateway.url, ann, { device: 'phone' });
  await using laptop = await connectClient(gateway.url, ann, { device: 'laptop' });
  phone.send({ type: 'typing', channel });
  t.like(await laptop.take('typing'), { channel, person: ann.person });
  await phone.roundTrip();
  t.deepEqual(
    phone.frames.filter(({ type }) => type === 'typing'),
    [],
  );
  assertNoFaults(t, given, phone, laptop);
});
