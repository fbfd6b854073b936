/** Notices of changes whose process died before it could add them. */
import test from 'ava';
import { channel as channelDecider } from '../../domain/chat/channel.ts';
import type { ChannelCommand } from '../../domain/chat/channel.ts';
import type { MessagesEvent } from '../../domain/chat/events.ts';
import { noteChanges } from '../../commands/chat/notices.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { channelStream, messagesStream } from '../../domain/shared/streams.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { StoredEvent } from '../../ports/event-log/port.ts';
import { eventsIn, givenCommands, signUp, type CommandsFixture } from '../../commands/test-fixture.ts';

type Noted = Extract<MessagesEvent, { type: 'chat.notice-added.v1' }>;

async function noticesIn(given: CommandsFixture, id: ChannelId): Promise<readonly Recorded<Noted>['data'][]> {
  const events = await Promise.all((await eventsIn(given, messagesStream(id))).map((stored: StoredEvent) => given.codec.decode(stored)));
  return events.filter((event): event is Recorded<Noted> => event.type === 'chat.notice-added.v1').map(({ data }) => data);
}

/** A group, and changes of it by processes that died right after. */
async function givenChanges(count: number) {
  const given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  const { id } = await one.commands.openGroupChannel({ person: ann, members: [] }, given.context(ann));
  const change = async (command: ChannelCommand) => one.handle(channelDecider, channelStream(id), command, given.context(ann));
  for (let i = 0; i < count; i++) await change({ type: 'rename', channel: id, actor: ann as PersonId, title: `Title ${i}` });
  const noting = (process = given.process()) =>
    noteChanges({ ...process, log: given.log, codec: given.codec, broadcast: { publish: () => undefined } as never });
  return { given, one, ann, id, change, noting };
}

test('a change is told of though its process died before, once, by however many workers and how often', async (t) => {
  const { given, id, noting } = await givenChanges(3);
  await using _ = given;
  t.deepEqual(await noticesIn(given, id), []);
  const workers = [noting(), noting(), noting()];
  await Promise.all(workers.flatMap((note) => [1, 2, 3].map((revision) => note({ channel: id, revision }))));
  for (const note of workers) await note({ channel: id, revision: 2 });
  t.deepEqual(
    (await noticesIn(given, id)).map(({ noted, title }) => [noted, title]),
    [
      [1, 'Title 0'],
      [2, 'Title 1'],
      [3, 'Title 2'],
    ],
  );
});

test('a change that comes behind one that nobody told of yet tells of that first', async (t) => {
  const { given, one, ann, id, change } = await givenChanges(1);
  await using _ = given;
  await one.commands.postMessage({ channel: id, sender: ann, text: 'meanwhile', clientId: 'c' }, given.context(ann));
  await change({ type: 'describe', channel: id, actor: ann, description: 'Of us' });
  await one.commands.renameChannel({ person: ann, channel: id, title: 'Us' }, given.context(ann));
  t.deepEqual(
    (await noticesIn(given, id)).map(({ notice, noted }) => [notice, noted]),
    [
      ['renamed', 1],
      ['described', 2],
      ['renamed', 3],
    ],
  );
  await one.commands.postMessage({ channel: id, sender: ann, text: 'and after', clientId: 'd' }, given.context(ann));
  const last = await given.codec.decode((await eventsIn(given, messagesStream(id))).at(-1) as StoredEvent);
  t.like(last.data, { noted: 3, messageCount: 2 });
});

test('of a group that its last member has left nothing is told any more', async (t) => {
  const { given, one, ann, id, noting } = await givenChanges(0);
  await using _ = given;
  await one.commands.leaveChannel({ person: ann, channel: id }, given.context(ann));
  await noting()({ channel: id, revision: 1 });
  t.deepEqual(await noticesIn(given, id), []);
});

test('a change that could not be told of is told of before a later one', async (t) => {
  const { given, one, id } = await givenChanges(2);
  await using _ = given;
  const depends = { ...one, log: given.log, codec: given.codec, broadcast: { publish: () => undefined } as never };
  let refusals = 1;
  const handle: typeof one.handle = (...asked) =>
    refusals-- > 0 ? Promise.resolve({ outcome: 'refused', refusal: { code: 'write-contention' } }) : one.handle(...asked);
  t.false(await noteChanges({ ...depends, handle })({ channel: id, revision: 2 }));
  t.deepEqual(await noticesIn(given, id), []);
  t.true(await noteChanges(depends)({ channel: id, revision: 2 }));
  t.deepEqual(
    (await noticesIn(given, id)).map(({ noted }) => noted),
    [1, 2],
  );
});

test('who comes into a channel of thousands has nobody read again who came before', async (t) => {
  const { given, one, ann } = await givenChanges(0);
  await using _ = given;
  const { id } = await one.commands.openGroupChannel({ person: ann, members: [], kind: 'announcement' }, given.context(ann));
  await one.commands.describeChannel({ person: ann, channel: id, description: 'Of us all' }, given.context(ann));
  const { token } = await one.commands.createInvitationLink({ person: ann, channel: id }, given.context(ann));
  let read = 0;
  const counting = {
    ...given.log,
    readStream: async function* (...asked: Parameters<typeof given.log.readStream>) {
      for await (const event of given.log.readStream(...asked)) {
        if (asked[0] === channelStream(id)) read += 1;
        yield event;
      }
    },
  };
  const two = given.process(counting);
  const people = [];
  for (let n = 0; n < 30; n++) people.push(await signUp(given, one, `reader-${n}`));
  const join = (person: PersonId) => two.commands.joinByInvitationLink({ person, token }, given.context(person));
  for (const person of people.slice(0, 10)) await join(person);
  const [first, before] = [read, people.slice(10)];
  for (const person of before) await join(person);
  t.true(read - first <= 2 * first, `${first} were read for ten, and ${read - first} for twenty`);
});
