/** A person who was removed from a channel is sent nothing more of it. */
import { once } from 'node:events';
import test from 'ava';
import { assertNoFaults, givenGateways, until, type GatewayFixture } from '../test-fixture.ts';
import { connectClient, seqsOf } from '../testing/client.ts';

test('a removed member is sent nothing more, and a new member is told the head of the channel', async (t) => {
  const given = await givenGateways();
  await using _ = given;
  const gateway = await given.gateway();
  const [ann, bob, cyd] = await Promise.all([given.person(), given.person(), given.person()]);
  const channel = await given.openGroupChannel(ann, bob);
  await using annClient = await connectClient(gateway.url, ann);
  await using bobClient = await connectClient(gateway.url, bob, { cursors: { [channel]: -1 } });
  await annClient.sendMessage(channel, 'first');
  await bobClient.take('message');
  await given.commands.removeMember({ person: ann.person, channel, member: bob.person }, given.context(ann.person));
  await bobClient.take('channel');
  await given.commands.addMember({ person: ann.person, channel, member: cyd.person }, given.context(ann.person));
  await given.commands.acceptInvitation({ person: cyd.person, channel }, given.context(cyd.person));
  await using cydClient = await connectClient(gateway.url, cyd, { device: 'cyd' });
  await annClient.sendMessage(channel, 'second');
  await cydClient.take('message', ({ seq }) => seq === 3); // behind the notices of the removal and the joining
  await given.untilProjected();
  await until(() => gateway.stats().channelsCatchingUp === 0);
  await bobClient.roundTrip();
  t.deepEqual([seqsOf(bobClient.frames, channel), seqsOf(cydClient.frames, channel)], [[0], [3]]);
  const told = cydClient.frames.flatMap((frame) => (frame.type === 'heads' || frame.type === 'welcome' ? [frame.heads[channel]] : []));
  t.true(told.includes(2), 'of what was said before, the head is told');
  assertNoFaults(t, given, annClient, bobClient, cydClient);
});

test('a removed member is sent no later message, though the view of members is behind that of messages', async (t) => {
  const given = await givenGateways();
  await using _ = given;
  const before = new Map<string, unknown>();
  const getMany = (name: 'channels', ids: readonly string[]) =>
    name === 'channels' && before.size > 0 ? Promise.resolve(ids.map((id) => before.get(id))) : given.views.getMany(name, ids);
  const gateway = await given.gateway({}, { views: { ...given.views, getMany } as GatewayFixture['views'] });
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const channel = await given.openGroupChannel(ann, bob);
  await using bobClient = await connectClient(gateway.url, bob, { cursors: { [channel]: -1 } });
  await given.postMessage(ann, channel, 'first');
  await given.untilProjected();
  before.set(channel, await given.views.get('channels', channel));
  await given.commands.removeMember({ person: ann.person, channel, member: bob.person }, given.context(ann.person));
  await given.postMessage(ann, channel, 'now that he is gone');
  await given.untilProjected();
  for (let n = 0; n < 2; n++) await once(bobClient.socket, 'ping');
  await until(() => gateway.stats().channelsCatchingUp === 0);
  await bobClient.roundTrip();
  t.deepEqual(seqsOf(bobClient.frames, channel), [0]);
  await using again = await connectClient(gateway.url, bob, { device: 'tablet', cursors: { [channel]: 0 } });
  await again.roundTrip();
  t.deepEqual(seqsOf(again.frames, channel), [], 'nor where he resumes');
  assertNoFaults(t, given, bobClient, again);
});
