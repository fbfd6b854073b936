/** Membership and messages are two streams: how each decides on the other. */
import test from 'ava';
import { v7 } from 'uuid';
import { channelStream, messagesStream } from '../../domain/shared/streams.ts';
import type { StoredEvent } from '../../ports/event-log/port.ts';
import { befriend, codeOf, eventsIn, givenCommands, signUp } from '../test-fixture.ts';

test('a member who was removed through one process can’t post through another', async (t) => {
  await using given = await givenCommands();
  const [one, other] = [given.process(), given.process()];
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  await befriend(given, one, [ann, bob]);
  const { id: channel } = await one.commands.openGroupChannel({ person: ann, members: [bob] }, given.context(ann));
  t.is(codeOf(await other.commands.postMessage({ channel, sender: bob, text: 'hi', clientId: v7() }, given.context(bob))), 'appended');
  await one.commands.removeMember({ person: ann, channel, member: bob }, given.context(ann));
  t.is(codeOf(await other.commands.postMessage({ channel, sender: bob, text: 'hi', clientId: v7() }, given.context(bob))), 'channel-unknown');
});

test('a member’s joining carries the number of messages before it', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob, cleo] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob'), await signUp(given, one, 'cleo')];
  const { id: channel } = await one.commands.openGroupChannel({ person: ann, members: [bob] }, given.context(ann));
  for (let i = 0; i < 3; i++) await one.commands.postMessage({ channel, sender: ann, text: 'hi', clientId: v7() }, given.context(ann));
  await befriend(given, one, [ann, cleo]);
  await one.commands.addMember({ person: ann, channel, member: cleo }, given.context(ann));
  const joined = await given.codec.decode((await eventsIn(given, channelStream(channel))).at(-1) as StoredEvent);
  t.like(joined.data, { member: cleo, messageCount: 3 });
});

test('a message’s metadata names the revision of the membership that was read beside its decision', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  await befriend(given, one, [ann, bob]);
  const { id: channel } = await one.commands.openGroupChannel({ person: ann, members: [] }, given.context(ann));
  await one.commands.addMember({ person: ann, channel, member: bob }, given.context(ann));
  await one.commands.postMessage({ channel, sender: bob, text: 'hi', clientId: v7() }, given.context(bob));
  const posted = (await eventsIn(given, messagesStream(channel))).at(-1);
  t.deepEqual((await given.codec.decode(posted as StoredEvent)).metadata.relied, { [channelStream(channel)]: 1 });
});
