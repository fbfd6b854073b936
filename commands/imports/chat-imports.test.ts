import test from 'ava';
import fc from 'fast-check';
import type { MessagesEvent } from '../../domain/chat/events.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, instant, plus } from '../../domain/shared/instant.ts';
import { channelStream, inboxStream, messagesStream } from '../../domain/shared/streams.ts';
import { contextWith } from '../handling/command-context.ts';
import { codeOf, eventsIn, givenCommands, signUp, type CommandsFixture, type Process } from '../test-fixture.ts';
import type { MessageToImport } from './chat-messages.ts';
import { findImportedMessages } from './find-imported.ts';

const contextFor = contextWith(Buffer.from('the secret of a test'));
const LONG_AGO = instant(Date.UTC(2019, 4, 1));
const by = (given: CommandsFixture, actor = 'local', afterMs = 0) => ({ contextFor, actor, at: plus(given.now, afterMs) });
const keyOf = (n: number): string => String(n).padStart(6, '0');
const said = (sender: PersonId, n: number, more: Partial<MessageToImport> = {}): MessageToImport => ({
  key: keyOf(n),
  sender,
  at: plus(LONG_AGO, n * 1_000),
  text: `Number ${n}`,
  ...more,
});

type Setting = {
  readonly given: CommandsFixture;
  readonly process: Process;
  readonly people: readonly [PersonId, PersonId, PersonId];
  readonly channel: ChannelId;
};

async function setting(given: CommandsFixture, importingActor = 'local'): Promise<Setting> {
  const process = given.process();
  const people = [await signUp(given, process, 'ann'), await signUp(given, process, 'bob'), await signUp(given, process, 'cid')] as const;
  const [owner] = people;
  const imported = { source: 'elsewhere', key: 'C01', kind: 'group', owner, members: people, title: 'General', happenedAt: LONG_AGO } as const;
  const { id, handled } = await process.commands.importChannel(imported, by(given, importingActor));
  if (handled.outcome !== 'appended') throw new Error(JSON.stringify(handled));
  return { given, process, people, channel: id };
}

const importing = ({ channel }: Pick<Setting, 'channel'>, messages: readonly MessageToImport[]) => ({
  channel,
  source: 'elsewhere/C01',
  system: 'elsewhere',
  messages,
});
const inChannel = async ({ given, channel }: Pick<Setting, 'given' | 'channel'>) =>
  (await given.codec.decodeAll(await eventsIn(given, messagesStream(channel)))) as readonly Recorded<MessagesEvent>[];
const postedIn = async (of: Pick<Setting, 'given' | 'channel'>) =>
  (await inChannel(of)).flatMap((event) => (event.type === 'chat.message-posted.v1' ? [event] : []));

test('by two importers at once while people write, and again a month later by a third, each message is imported once, in its order', async (t) => {
  await using given = await givenCommands({ idempotency: 'eventstoredb' });
  const set = await setting(given);
  const { people, channel } = set;
  const all = Array.from({ length: 60 }, (_, n) => said(people[n % 3] as PersonId, n, n % 5 === 4 ? { replyToKey: keyOf(n - 2) } : {}));
  const runAll = async ({ commands }: Process, actor: string, size: number, afterMs = 0) => {
    const outcomes = [];
    for (let at = 0; at < all.length; at += size)
      outcomes.push(...(await commands.importMessages(importing(set, all.slice(at, at + size)), by(given, actor, afterMs))));
    return outcomes.map(({ outcome }) => outcome);
  };
  const writing = async ({ commands }: Process) => {
    for (let n = 0; n < 20; n++) await commands.postMessage({ channel, sender: people[0], text: `Live ${n}`, clientId: `live-${n}` }, given.context(people[0]));
  };
  const [one, other] = await Promise.all([runAll(given.process(), 'local', 7), runAll(given.process(), 'operator:7', 11), writing(given.process())]);
  const later = await runAll(given.process(), 'admin-token', 13, 30 * DAY_MS);
  t.deepEqual(new Set([...one, ...other]), new Set(['imported', 'unchanged']));
  t.deepEqual(new Set(later), new Set(['unchanged']));

  const messages = await postedIn(set);
  const imported = messages.filter(({ data }) => data.imported !== undefined);
  t.deepEqual(
    imported.map(({ data }) => data.clientId),
    all.map(({ key }) => `elsewhere/C01/${key}`),
  );
  t.deepEqual(
    imported.map(({ data }) => data.imported),
    all.map((_, index) => index + 1),
  );
  t.deepEqual(
    messages.map(({ data }) => data.messageCount),
    messages.map((_, index) => index + 1),
  );
  const seqOf = new Map(imported.map(({ data, revision }) => [data.clientId, revision]));
  for (const { key, replyToKey } of all) {
    const found = imported.find(({ data }) => data.clientId === `elsewhere/C01/${key}`);
    t.is(found?.data.replyTo, replyToKey === undefined ? undefined : seqOf.get(`elsewhere/C01/${replyToKey}`), key);
  }
});

test('which messages are there is found whatever stands between them', async (t) => {
  await using given = await givenCommands();
  const set = await setting(given);
  const { process, people, channel } = set;
  const [ann] = people;
  const live = async (n: number) => {
    await process.commands.postMessage({ channel, sender: ann, text: `Live ${n}`, clientId: `live-${n}` }, given.context(ann));
    await process.commands.reactToMessage({ channel, person: ann, message: 0, emoji: '👍', change: n % 2 === 0 ? 'added' : 'removed' }, given.context(ann));
  };
  const even = Array.from({ length: 400 }, (_, n) => said(people[n % 3] as PersonId, 2 * n));
  for (let at = 0; at < even.length; at += 100) {
    await process.commands.importMessages(importing(set, even.slice(at, at + 100)), by(given));
    for (let n = 0; n < 40; n++) await live(at + n);
  }
  const seqs = new Map(
    (await postedIn(set)).filter(({ data }) => data.imported !== undefined).map(({ data, revision }) => [data.clientId.slice(-6), revision]),
  );
  const find = findImportedMessages({ log: given.log, codec: given.codec });
  await fc.assert(
    fc.asyncProperty(fc.nat(810), fc.nat(60), async (from, count) => {
      const keys = Array.from({ length: count + 1 }, (_, n) => keyOf(from + n));
      const found = await find({ channel, source: 'elsewhere/C01', keys });
      t.deepEqual([...found], keys.flatMap((key) => (seqs.has(key) ? [[key, seqs.get(key)]] : [])) as [string, number][]);
    }),
    { numRuns: 30 },
  );
  t.is((await find({ channel, source: 'elsewhere/C02', keys: [keyOf(0)] })).size, 0, 'of another source');
});

test('a message between others, one that nobody could send, and one of somebody who was erased stay out, and the rest comes', async (t) => {
  await using given = await givenCommands();
  const set = await setting(given);
  const { process, people } = set;
  const [ann, bob, cid] = people;
  await process.commands.erasePerson({ person: cid }, given.context(cid));
  const give = (...messages: readonly MessageToImport[]) => process.commands.importMessages(importing(set, messages), by(given));
  const first = await give(
    said(ann, 10, {
      mentions: [bob, cid],
      reactions: [
        { emoji: '👍', people: [bob, cid] },
        { emoji: 'no emoji', people: [bob] },
        { emoji: '🎉', people: [cid] },
      ],
    }),
    said(bob, 11, { text: ' ' }),
    said(bob, 12, { text: 'a'.repeat(100_001) }),
    said(cid, 13),
    said(bob, 14, { replyToKey: keyOf(11) }),
    said(bob, 15, { entities: [{ kind: 'bold', from: 3, to: 99 }] }),
    said(ann, 16, { media: [{ key: 'nothing' }] }),
  );
  t.deepEqual(
    first.map((one) => (one.outcome === 'refused' ? one.refusal.code : one.outcome)),
    ['imported', 'message-empty', 'message-too-long', 'person-unknown', 'imported', 'entity-invalid', 'media-unknown'],
  );
  t.like(first[4], { isReply: false });
  t.deepEqual(
    (await give(said(ann, 9), said(ann, 10), said(bob, 12, { text: 'a'.repeat(100_001) }), said(ann, 20))).map(({ outcome }) => outcome),
    ['out-of-order', 'unchanged', 'refused', 'imported'],
  );
  const [message] = await postedIn(set);
  t.like(message?.data, { mentions: [bob], reactions: { '👍': [bob] }, at: plus(LONG_AGO, 10_000) });
});

test('a channel, its members and what they have read are imported once, and who has left since stays away', async (t) => {
  await using given = await givenCommands();
  const { process, people, channel } = await setting(given);
  const [ann, bob, cid] = people;
  const set = { given, channel };
  await process.commands.importMessages(importing(set, [said(ann, 1), said(bob, 2)]), by(given));
  const end = () => process.commands.endChannelImport({ channel, description: 'What everybody should know' }, by(given));
  t.is((await end()).read, 3);
  t.is((await end()).read, 0);
  t.deepEqual(
    (await eventsIn(given, inboxStream(cid))).map(({ type }) => type),
    ['chat.read-up-to.v1'],
  );
  await process.commands.leaveChannel({ person: bob, channel }, given.context(bob));
  const again = { source: 'elsewhere', key: 'C01', kind: 'group', owner: ann, members: [ann, bob, cid], happenedAt: LONG_AGO } as const;
  t.is((await process.commands.importChannel(again, by(given, 'local', DAY_MS))).id, channel);
  t.is(codeOf(await process.commands.importMember({ channel, member: bob }, by(given))), 'unchanged');
  const types = (await eventsIn(given, channelStream(channel))).map(({ type }) => type);
  t.deepEqual(types, ['chat.channel-opened.v1', 'chat.channel-described.v1', 'chat.member-left.v1']);

  // Somebody has written here by now, so nothing more is taken for read.
  await process.commands.postMessage({ channel, sender: ann, text: 'Live', clientId: 'live' }, given.context(ann));
  await process.commands.importMessages(importing(set, [said(bob, 3)]), by(given));
  t.is((await end()).read, 0);
});

test('a direct channel is the one that the two have, and none opens across a block', async (t) => {
  await using given = await givenCommands();
  const { process, people } = await setting(given);
  const [ann, bob, cid] = people;
  const direct = (one: PersonId, other: PersonId, key: string) =>
    process.commands.importChannel({ source: 'elsewhere', key, kind: 'direct', members: [one, other], happenedAt: LONG_AGO }, by(given));
  const { id } = await process.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const imported = await direct(bob, ann, 'D01');
  t.deepEqual([imported.id, codeOf(imported.handled)], [id, 'unchanged']);
  await process.commands.block({ person: cid, other: ann }, given.context(cid));
  t.is(codeOf((await direct(ann, cid, 'D02')).handled), 'blocked');
  const outcomes = await process.commands.importMessages(
    { channel: imported.id, source: 'elsewhere/D01', system: 'elsewhere', messages: [said(bob, 1)] },
    by(given),
  );
  t.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    ['imported'],
  );
});

test('who has come there since comes here too, but not across a block', async (t) => {
  await using given = await givenCommands();
  const { process, people, channel } = await setting(given);
  const [, bob] = people;
  const [dan, eve] = [await signUp(given, process, 'dan'), await signUp(given, process, 'eve')];
  await process.commands.block({ person: bob, other: eve }, given.context(bob));
  const add = async (member: PersonId) => codeOf(await process.commands.importMember({ channel, member }, by(given)));
  t.deepEqual([await add(dan), await add(eve), await add(dan), await add(eve)], ['appended', 'unchanged', 'unchanged', 'unchanged']);
  const types = (await eventsIn(given, channelStream(channel))).map(({ type }) => type);
  t.deepEqual(types, ['chat.channel-opened.v1', 'chat.member-joined.v1']);
});

test('who reads a channel from when they joined reads nothing older by an import', async (t) => {
  await using given = await givenCommands();
  const set = await setting(given);
  const { process, people, channel } = set;
  const [ann, bob] = people;
  const dan = await signUp(given, process, 'dan');
  const give = async (n: number) => (await process.commands.importMessages(importing(set, [said(bob, n)]), by(given))).map(({ outcome }) => outcome);
  await process.commands.setChannelHistory({ person: ann, channel, history: 'since-joining' }, given.context(ann));
  t.deepEqual(await give(1), ['imported']);
  await process.commands.importMember({ channel, member: dan }, by(given));
  t.deepEqual([await give(2), await give(1)], [['since-joining'], ['unchanged']]);
  await process.commands.leaveChannel({ person: dan, channel }, given.context(dan));
  t.deepEqual(await give(2), ['imported']);
});
