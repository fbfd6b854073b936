/** A workspace of Slack's, beside a process and into a folder that nobody has open. Serial: each test goes on with what those before it imported. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import sharp from 'sharp';
import { callApi } from '../../tests/client/call-api.ts';
import { startTidingsProcess, temporaryFolder, type TidingsProcess } from '../../tests/start-for-test.ts';
import { parsed, runCli, signUp, startCli, waitUntil } from '../test-fixture.ts';
import { channel, message, slackArchiveOf, ts, user, type Workspace } from './testing/slack.ts';

const PASSWORD = 'a stable full of staples';

const stack = new AsyncDisposableStack();
const folder = stack.use(await temporaryFolder()).path;
let tidings: TidingsProcess = await startTidingsProcess(folder);
stack.defer(() => tidings[Symbol.asyncDispose]());
// Somebody else has this login name already.
await signUp(tidings.addresses, 'dan');
test.after.always(() => stack.disposeAsync());

const file = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};
const importing = async (...args: readonly string[]) => {
  const result = await runCli(folder, 'import', 'slack', ...args, '--json');
  if (result.code !== 0) throw new Error(result.err);
  return parsed(result);
};
const events = async (type: string) => parsed(await runCli(folder, 'log', 'read', '--types', type, '--json'));
const revealed = async (type: string) => {
  const lines = parsed(await runCli(folder, 'log', 'read', '--types', type, '--json', '--reveal', '--reason', 'a test'));
  return lines.map((line) => ({ ...line, data: line['data'] as Readonly<Record<string, unknown>> }));
};
const posted = () => revealed('chat.message-posted.v1');

const ann = user('U01', 'ann', { profile: { display_name: 'Ann', title: 'Harbour master' } });
// A name that turns what stands behind it.
const bob = user('U02', 'bob', { real_name: 'bob\u202e Harbour', profile: { real_name: 'bob\u202e Harbour', display_name: '', title: '' } });
const WORKSPACE: Workspace = {
  users: [ann, bob, user('U03', 'dan'), user('U04', 'eve', { deleted: true }), user('U05', 'tidebot', { is_bot: true })],
  channels: [channel('C01', 'general', ['U01', 'U02', 'U03', 'U04', 'U05'], { purpose: { value: 'What everybody should know' } })],
  groups: [channel('G01', 'crew', ['U02', 'U01'])],
  dms: [
    { id: 'D01', created: 1_672_531_000, members: ['U01', 'U02'] },
    { id: 'D02', created: 1_672_531_000, members: ['U01', 'U01'] },
  ],
  days: {
    'general/2023-01-01.json': [
      message('U01', 2, 'Low tide at *four*, <@U02> :tada:', {
        reactions: [
          { name: '+1', users: ['U02', 'U03'], count: 2 },
          { name: 'harbour-parrot', users: ['U02'], count: 1 },
        ],
      }),
      // A day's file need not be in order.
      message('U02', 1, 'Good morning', { edited: { user: 'U02', ts: ts(60) } }),
      { type: 'message', subtype: 'channel_join', user: 'U03', text: '<@U03> has joined the channel', ts: ts(3) },
      message('U02', 4, 'Five, I think', { thread_ts: ts(2), parent_user_id: 'U01' }),
      message('U04', 5, 'I was here'),
      { type: 'message', subtype: 'bot_message', bot_id: 'B09', username: 'Ferry', text: 'Boarding', ts: ts(6) },
      message('U02', 7, 'See this', {
        files: [{ id: 'F01', name: 'chart.pdf', mimetype: 'application/pdf', url_private: 'https://files.slack.example/F01?t=xoxe-1' }],
      }),
    ],
    'crew/2023-01-02.json': [message('U01', 90_000, 'Crew only')],
    'D01/2023-01-02.json': [message('U01', 90_001, 'Between us'), message('U02', 90_002, `Of course${'!'.repeat(70_000)}`)],
  },
};

test.serial('a dry run tells what would be imported, and writes nothing', async (t) => {
  const archive = await file('slack.zip', slackArchiveOf(WORKSPACE));
  const lines = await importing(archive, '--dry-run');
  t.like(lines.at(-1), {
    dryRun: true,
    kinds: { people: { imported: 6, unchanged: 0 }, channels: { imported: 3, unchanged: 0 }, messages: { imported: 9, unchanged: 0 } },
    leftOut: { notice: 1, 'notes-to-oneself': 1 },
  });
  t.deepEqual(await posted(), []);
});

const read = async (path: string, token: string) => {
  const { status, body } = await callApi(async () => tidings.addresses.read, path, { headers: { authorization: `Bearer ${token}` } });
  if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
  return body as Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
};
const write = async (path: string, body: object, headers: Readonly<Record<string, string>> = {}) => {
  const answer = await callApi(async () => tidings.addresses.write, path, { method: 'POST', headers, body });
  return { status: answer.status, body: answer.body as Readonly<Record<string, string>> };
};
const claimed = async (loginName: string): Promise<string> => {
  const [, claim = ''] = new RegExp(`"${loginName}","([^"]+)"`).exec(await readFile(join(folder, 'claims.csv'), 'utf8')) ?? [];
  const { status } = await write('/v1/account-claims', { claim, newPassword: PASSWORD });
  if (status !== 204) throw new Error(`${loginName} could not claim the account: ${status}`);
  return (await write('/v1/sessions', { loginName, password: PASSWORD })).body['token'] ?? '';
};
const tokens = new Map<string, string>();
const tokenOf = (loginName: string): string => tokens.get(loginName) ?? '';
const inboxOf = async (loginName: string) => (await read('/v1/me/inbox', tokenOf(loginName)))['channels'] ?? [];
const channelOf = async (loginName: string, title: string | null) => String((await inboxOf(loginName)).find((row) => row['title'] === title)?.['channel']);

test.serial('people, channels, direct messages and messages are imported as they were', async (t) => {
  const lines = await importing(join(folder, 'slack.zip'));
  t.like(lines.at(-1), {
    kinds: { people: { imported: 6, unchanged: 0 }, channels: { imported: 3, unchanged: 0 }, messages: { imported: 9, unchanged: 0 } },
    leftOut: { notice: 1, 'notes-to-oneself': 1 },
    without: { 'other-login-name': 1, 'own-emoji': 1, 'file-elsewhere': 1 },
  });
  await importing(join(folder, 'slack.zip'), '--claims', join(folder, 'claims.csv'));
  t.deepEqual(
    (await readFile(join(folder, 'claims.csv'), 'utf8')).split('\n').flatMap((line) => /^"([^"]+)"/.exec(line)?.[1] ?? []),
    ['ann', 'bob', 'dan.u03'],
    'neither a bot nor who is gone claims an account',
  );
  const messages = await posted();
  t.deepEqual(
    messages.map(({ data }) => [data['text'], data['at'], data['replyTo'], data['editedAt']]),
    [
      ['Good morning', '2023-01-01T00:00:01.000Z', undefined, '2023-01-01T00:01:00.000Z'],
      ['Low tide at four, @bob Harbour 🎉', '2023-01-01T00:00:02.000Z', undefined, undefined],
      ['Five, I think', '2023-01-01T00:00:04.000Z', 1, undefined],
      ['I was here', '2023-01-01T00:00:05.000Z', undefined, undefined],
      ['Boarding', '2023-01-01T00:00:06.000Z', undefined, undefined],
      ['See this\nchart.pdf', '2023-01-01T00:00:07.000Z', undefined, undefined],
      ['Crew only', '2023-01-02T01:00:00.000Z', undefined, undefined],
      ['Between us', '2023-01-02T01:00:01.000Z', undefined, undefined],
      [`Of course${'!'.repeat(70_000)}`, '2023-01-02T01:00:02.000Z', undefined, undefined],
    ],
  );
});

test.serial('members read it in their inboxes, with nothing unread and nobody told', async (t) => {
  for (const name of ['ann', 'bob', 'dan.u03']) tokens.set(name, await claimed(name));
  await waitUntil(async () => (await inboxOf('ann')).length === 3 && (await inboxOf('ann')).every(({ unread }) => unread === 0));
  await waitUntil(async () => (await inboxOf('bob')).every(({ unread, mentions }) => unread === 0 && (mentions as readonly unknown[]).length === 0));
  t.deepEqual(
    (await inboxOf('dan.u03')).map(({ title }) => title),
    ['general'],
    'what was for others is not for him',
  );
  const general = await channelOf('ann', 'general');
  const history = (await read(`/v1/channels/${general}/messages`, tokenOf('ann')))['messages'] ?? [];
  const said = history.filter(({ text }) => text !== null);
  t.is(said[1]?.['text'], 'Low tide at four, @bob Harbour 🎉');
  t.deepEqual(Object.keys((said[1]?.['reactions'] ?? {}) as object), ['👍']);
  t.is(said[0]?.['editedAt'], '2023-01-01T00:01:00.000Z');
  t.is(said[2]?.['replyTo'], said[1]?.['seq']);
  t.deepEqual(
    (await events('notifications.requested.v1')).filter(({ data }) => (data as { category: string }).category !== 'account-security'),
    [],
  );
  const { status } = await callApi(async () => tidings.addresses.read, `/v1/channels/${await channelOf('ann', 'crew')}/messages`, {
    headers: { authorization: `Bearer ${tokenOf('dan.u03')}` },
  });
  t.is(status, 404);
});

test.serial('importing again changes nothing, and a newer archive brings what is new', async (t) => {
  t.like((await importing(join(folder, 'slack.zip'))).at(-1), { imported: 0, unchanged: 18 });
  const general = await channelOf('ann', 'general');
  await write(
    `/v1/channels/${general}/messages`,
    { text: 'We write here now' },
    { authorization: `Bearer ${tokenOf('ann')}`, 'idempotency-key': 'written-here' },
  );
  const days = {
    ...WORKSPACE.days,
    'general/2023-01-03.json': [
      message('U02', 200_000, 'A reply from afar', { thread_ts: ts(2) }),
      message('U01', 200_001, 'And one to nothing', { thread_ts: ts(77) }),
    ],
  };
  const users = [...WORKSPACE.users, user('U06', 'fay')];
  const channels = [channel('C01', 'general', ['U01', 'U02', 'U03', 'U06'])];
  const newer = await file('newer.zip', slackArchiveOf({ ...WORKSPACE, users, channels, days }));
  const lines = await importing(newer);
  t.is((await events('chat.member-joined.v1')).length, 1, 'who is new there is new here');
  t.like(lines.at(-1), { kinds: { messages: { imported: 2, unchanged: 9 } }, without: { 'thread-gone': 1 } });
  const [, reply, orphan] = (await posted()).slice(-3).map(({ data }) => data);
  t.like(reply, { text: 'A reply from afar', replyTo: 1, imported: 7 });
  t.false('replyTo' in (orphan ?? {}));
  // Nothing is taken for read where somebody has written here.
  await waitUntil(async () => (await inboxOf('dan.u03')).some(({ unread }) => unread === 3));
  const older = await file('older.zip', slackArchiveOf({ ...WORKSPACE, days: { 'general/2022-12-31.json': [message('U01', -100, 'Before all')] } }));
  t.like((await importing(older)).at(-1), { leftOut: { 'out-of-order': 1 } });
});

test.serial('files come with their messages where somebody added them to the archive', async (t) => {
  const jpeg = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#336699' } })
    .jpeg()
    .toBuffer();
  const fileOf = (id: string, name: string, more: object = {}) => ({ id, name, mode: 'hosted', url_private: `https://files.slack.example/${id}`, ...more });
  const messages = [
    message('U01', 300_000, '', {
      files: [
        fileOf('F10', 'boat.jpg', { mimetype: 'image/jpeg' }),
        fileOf('F11', `${'🌊'.repeat(200)}.txt`, { mimetype: 'text/plain' }),
        fileOf('F14', 'broken.png', { mimetype: 'image/png' }),
      ],
    }),
    message('U01', 300_001, 'Gone', { files: [fileOf('F12', 'gone.pdf'), fileOf('F13', 'x', { mode: 'tombstone' })] }),
  ];
  const archive = await file(
    'files.zip',
    slackArchiveOf({
      ...WORKSPACE,
      days: { 'crew/2023-01-04.json': messages },
      files: [
        { name: '__uploads/F10/boat.jpg', content: jpeg },
        { name: 'crew/attachments/F11-tides.txt', content: 'low at four\n' },
        { name: '__uploads/F14/broken.png', content: 'no picture' },
      ],
    }),
  );
  const lines = await importing(archive);
  t.like(lines.at(-1), { kinds: { messages: { imported: 2, unchanged: 0 } }, without: { 'file-elsewhere': 1, 'file-deleted': 1 } });
  const [first, second] = (await posted()).slice(-2).map(({ data }) => data);
  t.deepEqual(
    ((first?.['media'] ?? []) as readonly { readonly kind: string; readonly name: string }[]).map(({ kind, name }) => [kind, name]),
    [
      ['image', 'boat.jpg'],
      ['file', `${'🌊'.repeat(200)}.txt`],
      ['file', 'broken.png'],
    ],
  );
  t.is(second?.['text'], 'Gone\ngone.pdf');
  t.like((await importing(archive)).at(-1), { imported: 0, kinds: { messages: { imported: 0, unchanged: 2 } } });
});

const MANY = 1_000;
const CREW = 103;

test.serial('an import that was killed, and one whose process was killed, goes on where it was and doubles nothing', async (t) => {
  const users = Array.from({ length: CREW }, (_, n) => user(`U1${String(n).padStart(3, '0')}`, `sailor-${n}`));
  const ids = users.map(({ id }) => String(id));
  const idOf = (n: number) => String(ids[n % CREW]);
  const messages = Array.from({ length: MANY }, (_, n) => message(idOf(n), 400_000 + n, `Wave ${n}`, n % 10 === 9 ? { thread_ts: ts(400_000 + n - 9) } : {}));
  const archive = await file(
    'many.zip',
    slackArchiveOf({
      users,
      channels: [channel('C50', 'fleet', ids)],
      days: { 'fleet/2023-01-05.json': messages.slice(0, MANY / 2), 'fleet/2023-01-06.json': messages.slice(MANY / 2) },
    }),
  );
  const before = (await events('chat.message-posted.v1')).length;
  const imported = async () => (await events('chat.message-posted.v1')).length - before;

  const first = startCli(folder, ['import', 'slack', archive]);
  await waitUntil(async () => (await imported()) > 0 || first.hasEnded());
  first.kill('SIGKILL');
  await first.ended;
  const afterFirst = await imported();

  const second = startCli(folder, ['import', 'slack', archive]);
  await waitUntil(async () => (await imported()) > Math.min(afterFirst, MANY - 1) || second.hasEnded());
  await tidings.stop('SIGKILL');
  await second.ended;

  // Nobody has the folder open now.
  const { kinds } = (await importing(archive)).at(-1) as { kinds: Record<string, { imported: number; unchanged: number }> };
  t.is((kinds['messages']?.imported ?? 0) + (kinds['messages']?.unchanged ?? 0), MANY);
  tidings = await startTidingsProcess(folder);
  const there = (await posted()).slice(before).map(({ data }) => data);
  t.deepEqual(
    there.map(({ text }) => text),
    Array.from({ length: MANY }, (_, n) => `Wave ${n}`),
    'each once, and in their order',
  );
  t.is(there.filter(({ replyTo }) => replyTo !== undefined).length, MANY / 10);
  t.like((await importing(archive)).at(-1), { imported: 0, unchanged: CREW + 1 + MANY });
  const joined = (await events('chat.member-joined.v1')).filter(({ stream }) => String(stream).endsWith(String(there[0]?.['channel'])));
  t.is(joined.length, CREW - 1, 'but for its owner');
});

test.serial('a person with an account here goes on with it, and the report is text for people', async (t) => {
  const accounts = await file('accounts.csv', 'slack,login name\nU90,dan\n');
  const archive = await file(
    'known.zip',
    slackArchiveOf({
      users: [user('U90', 'daniel'), ann],
      groups: [channel('G90', 'pier', ['U90', 'U01'])],
      days: { 'pier/2023-01-07.json': [message('U90', 500_000, 'Mine')] },
    }),
  );
  const { code, out } = await runCli(folder, 'import', 'slack', archive, '--people', accounts);
  t.is(code, 0);
  t.deepEqual(out, [
    '2 imported, 1 there already, 0 left out.',
    '  people: 0 imported, 1 there already',
    '  channels: 1 imported, 0 there already',
    '  messages: 1 imported, 0 there already',
  ]);
  const dan = (await write('/v1/sessions', { loginName: 'dan', password: 'correct horse battery' })).body['token'] ?? '';
  await waitUntil(async () => ((await read('/v1/me/inbox', dan))['channels'] ?? []).some(({ title }) => title === 'pier'));
  const wrong = await runCli(folder, 'import', 'slack', join(folder, 'accounts.csv'));
  t.regex(wrong.err, /is no ZIP archive/);
});
