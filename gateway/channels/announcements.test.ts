/** Announcement channels: a hint and a fetch, and no copy each. */
import test from 'ava';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import { assertNoFaults, givenGateways, until } from '../test-fixture.ts';
import { connectClient, seqsOf } from '../testing/client.ts';

test('members of an announcement channel are told that something was said, are delivered nothing, and are told no more once they have left', async (t) => {
  const given = await givenGateways();
  await using _ = given;
  const gateway = await given.gateway();
  const [ann, bob, cyd] = await Promise.all([given.person(), given.person(), given.person()]);
  const { commands } = given;
  const { id: channel } = await commands.openGroupChannel({ person: ann.person, members: [], kind: 'announcement' }, given.context(ann.person));
  const { token } = await commands.createInvitationLink({ person: ann.person, channel }, given.context(ann.person));
  const join = ({ person }: typeof ann) => commands.joinByInvitationLink({ person, token }, given.context(person));
  await join(bob);
  await given.untilProjected();
  await using bobClient = await connectClient(gateway.url, bob);
  await using cydClient = await connectClient(gateway.url, cyd);
  await using annClient = await connectClient(gateway.url, ann);
  await join(cyd);
  await cydClient.take('channel');
  await annClient.sendMessage(channel, 'Doors at eight');
  for (const client of [bobClient, cydClient]) t.is((await client.take('announced')).seq, 0);
  await commands.leaveChannel({ person: cyd.person, channel }, given.context(cyd.person));
  await cydClient.take('channel');
  await annClient.sendMessage(channel, 'No, at nine');
  t.is((await bobClient.take('announced')).seq, 1);
  await using tablet = await connectClient(gateway.url, bob, { device: 'tablet' });
  bobClient.send({ type: 'read', channel, seq: 1 });
  t.like(await tablet.take('read'), { channel, person: bob.person, seq: 1 });
  await cydClient.roundTrip();
  t.is(cydClient.frames.filter(({ type }) => type === 'announced').length, 1);
  t.deepEqual([seqsOf(bobClient.frames, channel), seqsOf(cydClient.frames, channel)], [[], []]);
  assertNoFaults(t, given, annClient, bobClient, cydClient);
});

test('what no hint told of, a member of an announcement channel is told with a ping', async (t) => {
  const given = await givenGateways();
  await using _ = given;
  const { broadcast } = given;
  const listen: Broadcast['listen'] = (topic) => broadcast.listen(topic, () => undefined);
  const gateway = await given.gateway({}, { broadcast: { ...broadcast, listen } });
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const { commands } = given;
  const { id: channel } = await commands.openGroupChannel({ person: ann.person, members: [], kind: 'announcement' }, given.context(ann.person));
  const { token } = await commands.createInvitationLink({ person: ann.person, channel }, given.context(ann.person));
  await commands.joinByInvitationLink({ person: bob.person, token }, given.context(bob.person));
  await given.untilProjected();
  await using client = await connectClient(gateway.url, bob);
  await given.postMessage(ann, channel, 'Doors at eight');
  await until(() => client.frames.some((frame) => frame.type === 'announced' && frame.channel === channel && frame.seq === 0));
  t.pass();
  assertNoFaults(t, given, client);
});

test('a member who may read from joining only is sent nothing from before, wherever the client says that it stands', async (t) => {
  const given = await givenGateways();
  await using _ = given;
  const gateway = await given.gateway();
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const { commands } = given;
  const { id: channel } = await commands.openGroupChannel({ person: ann.person, members: [], history: 'since-joining' }, given.context(ann.person));
  for (const text of ['one', 'two']) await given.postMessage(ann, channel, text);
  const { token } = await commands.createInvitationLink({ person: ann.person, channel }, given.context(ann.person));
  await commands.joinByInvitationLink({ person: bob.person, token }, given.context(bob.person));
  await given.postMessage(ann, channel, 'three');
  await given.untilProjected();
  await using resumed = await connectClient(gateway.url, bob, { cursors: { [channel]: -1 } });
  await resumed.take('message', ({ seq }) => seq === 3);
  t.deepEqual(seqsOf(resumed.frames, channel), [2, 3], 'his joining, and what came after it');
  const told = resumed.frames.flatMap((frame) => (frame.type === 'heads' ? [frame.heads[channel]] : []));
  t.is(told[0], 1, 'what is left out is told');
  await given.postMessage(ann, channel, 'four');
  await resumed.take('message', ({ seq }) => seq === 4);
  assertNoFaults(t, given, resumed);
});
