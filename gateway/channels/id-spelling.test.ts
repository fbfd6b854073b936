/** A UUID in upper case is the same UUID (RFC 9562, 4), in every frame. */
import test from 'ava';
import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import { assertNoFaults, givenGateways, type GatewayFixture } from '../test-fixture.ts';
import { connectClient, seqsOf } from '../testing/client.ts';

let given: GatewayFixture;
let url: string;

test.before(async () => {
  given = await givenGateways();
  ({ url } = await given.gateway());
});
test.after.always(() => given[Symbol.asyncDispose]());

const messagesIn = async (channel: ChannelId) => {
  const events = [];
  for await (const stored of given.log.readStream(messagesStream(channel)))
    events.push((await given.codec.decode(stored)) as unknown as { readonly data: object });
  return events.map(({ data }) => data);
};

test('a message sent again under the same id in another case is posted once, and each answer names the id as it was sent', async (t) => {
  const [ann, bob] = [await given.person(), await given.person()];
  const channel = await given.openDirectChannel(ann, bob);
  await using client = await connectClient(url, ann);
  const id = v7();
  const acks = [];
  for (const spelling of [id.toUpperCase(), id]) {
    client.send({ type: 'send', channel: spelling === id ? channel : channel.toUpperCase(), id: spelling, text: 'once' });
    acks.push(await client.take('ack', (ack) => ack.id === spelling));
  }
  t.deepEqual(
    acks.map(({ seq }) => seq),
    [0, 0],
  );
  t.like(await messagesIn(channel), [{ channel, clientId: id.toUpperCase() }]);
  await client.roundTrip();
  t.deepEqual(seqsOf(client.frames, channel), [], 'no echo');
  assertNoFaults(t, given, client);
});

test('a person who is mentioned in upper case is mentioned', async (t) => {
  const [ann, bob] = [await given.person(), await given.person()];
  const channel = await given.openDirectChannel(ann, bob);
  await using client = await connectClient(url, ann);
  const id = v7();
  client.send({ type: 'send', channel, id, text: 'hello', mentions: [bob.person.toUpperCase()] });
  await client.take('ack');
  t.like(await messagesIn(channel), [{ mentions: [bob.person] }]);
});

test('a cursor in upper case resumes its channel; of two spellings the lower cursor counts', async (t) => {
  const [ann, bob] = [await given.person(), await given.person()];
  const channel = await given.openDirectChannel(ann, bob);
  for (const text of ['one', 'two', 'three']) await given.postMessage(ann, channel, text);
  const resumed = async (cursors: Readonly<Record<string, number>>) => {
    await using client = await connectClient(url, bob, { device: randomUUID(), cursors });
    t.true(client.welcome.recovered);
    await client.roundTrip();
    return seqsOf(client.frames, channel);
  };
  t.deepEqual(await resumed({ [channel.toUpperCase()]: 0 }), [1, 2]);
  t.deepEqual(await resumed({ [channel]: 2, [channel.toUpperCase()]: 1 }), [2]);
});

test('a watch of a person in upper case tells of that person', async (t) => {
  const [ann, bob] = [await given.person(), await given.person()];
  await given.openDirectChannel(ann, bob);
  await using watching = await connectClient(url, ann);
  await using watched = await connectClient(url, bob);
  watching.send({ type: 'watch', people: [bob.person.toUpperCase()] });
  await watching.take('presence', ({ person, status }) => person === bob.person && status === 'online');
  assertNoFaults(t, given, watching, watched);
});
