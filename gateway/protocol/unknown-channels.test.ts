/** A direct channel's id follows from its two people, so anybody can name it. A person who is no member can't tell whether the channel exists. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { v7 } from 'uuid';
import { assertNoFaults, givenGateways } from '../test-fixture.ts';
import { connectClient } from '../testing/client.ts';
import { CLIENT_FRAMES } from './frames.ts';

const FRAMES: Readonly<Record<string, object>> = {
  send: { text: 'hello', replyTo: 0 },
  edit: { message: 0, text: 'hello' },
  withdraw: { message: 0 },
  react: { message: 0, emoji: '👍', change: 'added' },
  delivered: { seq: 0 },
  received: { seq: 0 },
  read: { seq: 0 },
  typing: {},
};

test('every frame that names a channel is answered alike to an outsider, whether there is one or not', async (t) => {
  t.deepEqual(
    Object.entries(CLIENT_FRAMES).flatMap(([type, { shape }]) => ('channel' in shape ? [type] : [])),
    Object.keys(FRAMES),
    'the table has every frame that names a channel',
  );
  const given = await givenGateways();
  await using _ = given;
  const gateway = await given.gateway();
  const [ann, bob, eve] = await Promise.all([given.person(), given.person(), given.person()]);
  const channels = [await given.openDirectChannel(ann, bob), await given.openGroupChannel(ann, bob)];
  for (const channel of channels) await given.postMessage(ann, channel, 'hello');
  await given.untilProjected();
  await using client = await connectClient(gateway.url, eve);
  for (const [type, fields] of Object.entries(FRAMES)) {
    const answerFor = async (channel: string) => {
      const id = 'id' in CLIENT_FRAMES[type as 'send'].shape ? { id: v7() } : {};
      client.send({ type, channel, ...id, ...fields });
      const { id: _sent, ...answered } = await client.take('refused', ({ about }) => about === type);
      return answered;
    };
    const missing = await answerFor(randomUUID());
    t.is(missing.code, 'channel-unknown', type);
    for (const channel of channels) t.deepEqual(await answerFor(channel), missing, type);
  }
  assertNoFaults(t, given, client);
});

test('a hello that names channels of others is answered as if they were none', async (t) => {
  const given = await givenGateways();
  await using _ = given;
  const gateway = await given.gateway();
  const [ann, bob, eve] = await Promise.all([given.person(), given.person(), given.person()]);
  const channel = await given.openDirectChannel(ann, bob);
  await given.postMessage(ann, channel, 'hello');
  await given.untilProjected();
  const welcomes = [];
  for (const named of [channel, randomUUID()]) {
    for (const cursor of [-1, 0, 7]) {
      await using client = await connectClient(gateway.url, eve, { cursors: { [named]: cursor } });
      await client.roundTrip();
      welcomes.push(client.frames.map((frame) => (frame.type === 'welcome' ? { recovered: frame.recovered, heads: frame.heads } : frame.type)));
    }
  }
  for (const welcome of welcomes) t.deepEqual(welcome, welcomes[0]);
});
