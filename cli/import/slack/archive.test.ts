/** What stands in an archive of Slack's: lists, days, messages, files. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { instant } from '../../../domain/shared/instant.ts';
import { refusalOfText } from '../../../domain/shared/text/text.ts';
import { temporaryFolder } from '../../../tests/start-for-test.ts';
import { CliFailure } from '../../failure.ts';
import { channel, message, slackArchiveOf, ts, user, type Workspace } from '../testing/slack.ts';
import { zipOf } from '../testing/zip.ts';
import { openSlackArchive } from './archive.ts';
import { conversationsIn } from './conversations.ts';
import { nameIn } from './cut.ts';
import { textOf } from './message-to-import.ts';
import { keyOfTs, readMessage, type SlackMessage } from './message.ts';
import { messagesInOrder, survey } from './messages-in-order.ts';
import { usersIn } from './users.ts';

const NOW = instant(Date.UTC(2030, 0, 1));
const names = { person: () => ({ person: undefined, name: undefined }), channel: () => undefined };

const folder = await temporaryFolder();
test.after.always(() => folder[Symbol.asyncDispose]());
let files = 0;
async function opened(content: Uint8Array) {
  const path = join(folder.path, `archive-${++files}.zip`);
  await writeFile(path, content);
  return openSlackArchive(path);
}

const messageIn = (item: unknown): Partial<SlackMessage> => {
  const read = readMessage(item, NOW);
  return 'message' in read ? read.message : {};
};
const reasonOf = (item: unknown) => {
  const read = readMessage(item, NOW);
  return 'leftOut' in read ? read.leftOut : undefined;
};

test('a time is the whole ts, which names the message: to the millisecond for readers, to the last digit for the order', (t) => {
  t.like(messageIn(message('U01', 0, 'x')), { ts: '1672531200.000100', at: '2023-01-01T00:00:00.000Z' });
  t.like(messageIn({ ...message('U01', 0, 'x'), ts: '999999999.25' }), { ts: '0999999999.250000', at: '2001-09-09T01:46:39.250Z' });
  for (const wrong of ['', 'yesterday', '1', '-1.000001', '1e9.1', '12345678901.000001']) t.is(keyOfTs(wrong), undefined, wrong);
  t.is(reasonOf({ ...message('U01', 0, 'x'), ts: 1_672_531_200 }), 'no-time');
  t.is(reasonOf({ ...message('U01', 0, 'x'), ts: '4102444800.000001' }), 'in-the-future');
});

test('what somebody wrote is a message, and what tells of changes is none', (t) => {
  for (const subtype of [undefined, 'thread_broadcast', 'file_share', 'me_message', 'bot_message', 'slackbot_response'])
    t.is(messageIn(message('U01', 1, 'x', { subtype })).sender, 'U01', subtype);
  for (const subtype of ['channel_join', 'channel_leave', 'channel_topic', 'channel_name', 'group_join', 'pinned_item', 'bot_add', 'huddle_thread', 'to_come'])
    t.is(reasonOf(message('U01', 1, 'x', { subtype })), 'notice', subtype);
  t.is(reasonOf(message('USLACKBOT', 1, 'This message was deleted.', { subtype: 'tombstone' })), 'deleted');
  for (const subtype of ['message_changed', 'message_deleted']) t.is(reasonOf(message('U01', 1, 'x', { subtype, hidden: true })), 'record', subtype);
  t.is(reasonOf(message('U01', 1, 'x', { user: undefined })), 'no-sender');
  for (const wrong of [null, 7, 'x', [], {}, { type: 'user' }]) t.is(reasonOf(wrong), 'malformed');
});

test('who sent it is a user, a bot by its own name, or somebody of another workspace', (t) => {
  t.like(messageIn({ ...message('U01', 1, 'x'), user: undefined, bot_id: 'B01', username: 'Ferry' }), { sender: 'B01', senderName: 'Ferry', isBot: true });
  t.like(messageIn(message('U77', 1, 'x', { user_profile: { real_name: 'Zoe Elsewhere' } })), { sender: 'U77', senderName: 'Zoe Elsewhere', isBot: false });
  t.like(messageIn({ ...message('U01', 1, 'x'), user: undefined, subtype: 'file_comment', comment: { user: 'U02', comment: 'Nice' } }), {
    sender: 'U02',
    markup: 'Nice',
  });
});

test('a thread’s head is no reply, and the others reply to it', (t) => {
  t.is(messageIn(message('U01', 1, 'x', { thread_ts: ts(1), reply_count: 2 })).replyTo, undefined);
  t.is(messageIn(message('U01', 2, 'x', { thread_ts: ts(1) })).replyTo, ts(1));
  t.is(messageIn(message('U01', 2, 'x', { edited: { user: 'U01', ts: ts(9) } })).editedAt, instant(Date.UTC(2023, 0, 1, 0, 0, 9)));
});

test('what an app says stands in attachments, and what stands at a link that was sent is not said by the sender', (t) => {
  const said = (fields: Readonly<Record<string, unknown>>) => textOf(messageIn(message('U01', 1, '', fields)) as SlackMessage, [], names).text;
  t.is(
    said({ attachments: [{ pretext: 'Alarm', title: 'Gate', text: 'is *open*', fallback: 'Alarm: gate' }, { fallback: 'Only this' }] }),
    'Alarm\nGate\nis open\nOnly this',
  );
  t.is(said({ text: '<https://x.example>', attachments: [{ from_url: 'https://x.example', title: 'X', text: 'Welcome to X' }] }), 'https://x.example');
  const action = textOf({ markup: 'waves', blocks: undefined, isAction: true, attachments: [] }, [], names);
  t.deepEqual([action.text, action.entities.map(({ kind }) => kind)], ['waves', ['italic']]);
});

test('a file that the archive doesn’t have is named, and one of another system is a link', (t) => {
  const missing = [
    { id: 'F01', name: 'chart.pdf', type: undefined, mode: 'hosted', url: 'https://files.slack.example/F01?t=xoxe-1' },
    { id: 'F02', name: 'Plan', type: undefined, mode: 'external', url: 'https://docs.example/plan' },
  ];
  const { text, entities } = textOf({ markup: 'See', blocks: undefined, isAction: false, attachments: [] }, missing, names);
  t.is(text, 'See\nchart.pdf\nPlan');
  t.deepEqual(
    entities.map(({ kind }) => kind),
    ['italic', 'link'],
  );
});

const plain: Workspace = { users: [user('U01', 'ann')], channels: [channel('C01', 'general', ['U01'])], days: {} };

test('messages come in the order of their ts, whatever file they stand in, and each once', async (t) => {
  const seconds = fc.uniqueArray(fc.tuple(fc.nat(200), fc.nat(3)), { maxLength: 30, selector: ([second, micros]) => `${second} ${micros}` });
  await fc.assert(
    fc.asyncProperty(seconds, fc.array(fc.nat(3), { minLength: 30, maxLength: 30 }), async (all, dayOf) => {
      const days: Record<string, object[]> = {};
      for (const [index, [second, micros]] of all.entries()) {
        const day = `general/2023-01-0${1 + (dayOf[index] ?? 0)}.json`;
        (days[day] ??= []).push({ ...message('U01', second, 'x'), ts: ts(second, micros) });
      }
      await using archive = await opened(slackArchiveOf({ ...plain, days }));
      const reading = { archive, folder: 'general', now: NOW };
      const surveyed = await survey(reading);
      const read = await Array.fromAsync(messagesInOrder(reading, surveyed));
      t.deepEqual(
        read.flatMap((one) => ('message' in one ? [one.message.ts] : [])),
        all.map(([second, micros]) => ts(second, micros)).toSorted(),
      );
      t.is(surveyed.count, all.length);
    }),
    { numRuns: 40 },
  );
  const twice = [message('U01', 1, 'x'), message('U01', 1, 'x')];
  await using archive = await opened(slackArchiveOf({ ...plain, days: { 'general/2023-01-01.json': twice } }));
  const reading = { archive, folder: 'general', now: NOW };
  const read = await Array.fromAsync(messagesInOrder(reading, await survey(reading)));
  t.deepEqual(
    read.map((one) => ('leftOut' in one ? one.leftOut : 'message')),
    ['twice', 'message'],
  );
});

test('people are people, and who is gone or a bot is somebody who is only there for what they said', async (t) => {
  const users = [
    user('U01', 'ann', { profile: { display_name: 'Ann', real_name: 'Ann Harbour', title: 'Harbour master' } }),
    user('U02', 'bob', { deleted: true }),
    user('U03', 'tides', { is_bot: true }),
    user('USLACKBOT', 'slackbot'),
    user('U05', 'l'.repeat(300), { tz: 'x'.repeat(300), profile: { display_name: `N${'🎉'.repeat(300)}`, title: 't'.repeat(3_000) } }),
    user('U04', 'eve', { name: undefined, real_name: undefined, profile: undefined, tz: null }),
    { name: 'nobody' },
  ];
  await using archive = await opened(slackArchiveOf({ ...plain, users }));
  const [first, ...others] = await Array.fromAsync(usersIn(archive));
  t.deepEqual(first, { id: 'U01', loginName: 'ann', name: 'Ann', about: 'Harbour master', timeZone: 'Europe/Berlin', isActive: true });
  t.deepEqual(
    others.map((one) => one && [one.loginName, one.name, one.isActive]),
    [
      ['bob', 'bob Harbour', false],
      ['tides', 'tides Harbour', false],
      ['slackbot', 'slackbot Harbour', false],
      ['l'.repeat(100), `N${'🎉'.repeat(99)}`, true],
      ['u04', 'U04', true],
      undefined,
    ],
  );
});

test('whatever a name is, it is one line that people see and that turns nothing, or none', async (t) => {
  t.is(nameIn(' Ann\u202e\n\u0007Bee ', 99), 'Ann Bee');
  t.is(nameIn('\u2067\u200b\u2069', 99), '');
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '\u202e', '\u2066', '\ud800', '\u2028', '\u200b', '😀'),
      fc.integer({ min: 1, max: 9 }),
      (text, odd, max) => {
        const name = nameIn(odd + text + odd, max);
        if (name === '') return;
        const refusal = refusalOfText(name, { maxCharacters: max, blank: 'name-empty', tooLong: 'name-too-long', lines: 'one' });
        if (refusal !== undefined) throw new Error(JSON.stringify([name, refusal]));
      },
    ),
    { numRuns: 100 },
  );
});

test('channels, private channels, groups and direct messages are each found in their own folder', async (t) => {
  const workspace: Workspace = {
    ...plain,
    channels: [channel('C01', 'general', ['U01'], { topic: { value: 'Tides' }, purpose: { value: '' } }), { name: 'no id' }],
    groups: [channel('G01', 'crew', ['U01'])],
    mpims: [channel('G02', 'mpdm-ann--bob--eve-1', ['U01', 'U02', 'U04'])],
    dms: [{ id: 'D01', created: 1_672_531_000, members: ['U01', 'U02'] }],
    root: 'Harbour export/',
  };
  await using archive = await opened(
    slackArchiveOf({ ...workspace, days: { 'general/2023-01-02.json': [], 'general/2023-01-01.json': [], 'other/x.json': [] } }),
  );
  t.deepEqual(
    (await Array.fromAsync(conversationsIn(archive))).map((one) => one && [one.kind, one.folder, one.title, one.purpose]),
    [
      ['group', 'general', 'general', 'Tides'],
      undefined,
      ['group', 'crew', 'crew', undefined],
      ['group', 'mpdm-ann--bob--eve-1', undefined, undefined],
      ['direct', 'D01', undefined, undefined],
    ],
  );
  t.deepEqual(archive.daysOf('general'), ['general/2023-01-01.json', 'general/2023-01-02.json']);
});

test('no name in an archive leads out of it, what unpacks to far more than its size ends the import, and an archive of something else is none', async (t) => {
  const fault = async (content: Buffer, says: RegExp) => t.regex((await t.throwsAsync(opened(content), { instanceOf: CliFailure }))?.message ?? '', says);
  await fault(zipOf([{ name: '../users.json', content: '[]' }]), /invalid relative path/);
  await fault(zipOf([{ name: '/users.json', content: '[]' }]), /absolute path/);
  await fault(zipOf([{ name: 'outbox.json', content: '{}' }]), /no archive of Slack/);
  await fault(Buffer.from('no zip'), /is no ZIP archive/);
  await using bomb = await opened(
    zipOf([{ name: 'users.json', content: Buffer.concat([Buffer.from('[{"id":"'), Buffer.alloc(64 * 1_024 * 1_024, 'a'), Buffer.from('"}]')]) }]),
  );
  await t.throwsAsync(Array.fromAsync(usersIn(bomb)), { message: /more than 200 times its size|longer than/ });
});

test('a day that can’t be read is told, and the others are read', async (t) => {
  await using archive = await opened(
    zipOf([
      { name: 'users.json', content: '[]' },
      { name: 'general/2023-01-01.json', content: '{"no":"list"' },
      { name: 'general/2023-01-02.json', content: JSON.stringify([message('U01', 1, 'x')]) },
      { name: 'general/canvas_in_the_conversation.json', content: '[]' },
    ]),
  );
  const { faulty, count } = await survey({ archive, folder: 'general', now: NOW });
  t.deepEqual([faulty, count], [['general/2023-01-01.json'], 1]);
});

test('files are found where others added them, and read only where they are short enough', async (t) => {
  await using archive = await opened(
    slackArchiveOf({
      ...plain,
      files: [
        { name: '__uploads/F01/boat.jpg', content: 'one' },
        { name: 'general/attachments/F02-chart.pdf', content: 'two' },
      ],
    }),
  );
  t.true(archive.hasFiles);
  t.deepEqual(
    [Buffer.from((await archive.file('F01', 10)) as Uint8Array).toString(), await archive.file('F02', 2), await archive.file('F03', 10)],
    ['one', 'too-large', undefined],
  );
});
