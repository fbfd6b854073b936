/** Imports beside a process that runs, and into a folder that nobody has open. Serial, for each test goes on with what those before it imported. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import sharp from 'sharp';
import { callApi } from '../../tests/client/call-api.ts';
import { startTidingsProcess, temporaryFolder, type TidingsProcess } from '../../tests/start-for-test.ts';
import { parsed, runCli, signUp, startCli, waitUntil, type Person } from '../test-fixture.ts';
import { announce, archiveOf, create, statusId, TO } from './testing/activities.ts';

const stack = new AsyncDisposableStack();
const folder = stack.use(await temporaryFolder()).path;
let tidings: TidingsProcess = await startTidingsProcess(folder);
stack.defer(() => tidings[Symbol.asyncDispose]());
const ann = await signUp(tidings.addresses, 'ann');
const bob = await signUp(tidings.addresses, 'bob');
test.after.always(() => stack.disposeAsync());

type Posts = {
  readonly posts: readonly { readonly id: string; readonly text: string; readonly at: string; readonly replyTo: string | null }[];
  readonly next: string | null;
};
const postsAt = async (path: string, reader: Person): Promise<Posts['posts']> => {
  const found: Posts['posts'][number][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = `limit=50${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const { status, body } = await callApi(async () => tidings.addresses.read, `${path}?${query}`, { headers: { authorization: `Bearer ${reader.token}` } });
    if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    const page = body as Posts;
    found.push(...page.posts);
    cursor = page.next;
  }
  return found;
};
const file = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};
const published = async () => parsed(await runCli(folder, 'log', 'read', '--types', 'feed.post-published.v1', '--json'));
const importing = async (...args: readonly string[]) => {
  const result = await runCli(folder, 'import', ...args, '--json');
  if (result.code !== 0) throw new Error(result.err);
  return parsed(result);
};

const ITEMS = [
  create(1, { content: '<p>low water<br>at four</p><p>bring &quot;ropes&quot;</p>' }),
  announce(2),
  create(3, { inReplyTo: statusId(1) }),
  create(4, TO.followers),
  create(5, TO.onePerson),
  create(6, { inReplyTo: 'https://elsewhere.example/users/eve/statuses/7', summary: 'spoilers', sensitive: true }),
];

test.serial('a dry run tells what would be imported, and writes nothing', async (t) => {
  const archive = await file('archive.zip', archiveOf(ITEMS));
  const [boost, direct, lost, summary] = await importing('mastodon', archive, '--as', 'ann', '--dry-run');
  t.like(boost, { is: 'left-out', code: 'boost' });
  t.like(direct, { is: 'left-out', item: statusId(5), code: 'direct-message' });
  t.like(lost, { is: 'without', item: statusId(6), code: 'replied-to' });
  t.deepEqual(summary, { is: 'summary', dryRun: true, imported: 4, unchanged: 0, leftOut: { boost: 1, 'direct-message': 1 }, without: { 'replied-to': 1 } });
  t.deepEqual(await published(), []);
});

test.serial('posts are imported at their own time, with their replies and readers, into feeds that are warm, and nobody is told', async (t) => {
  await bob.give('PUT', `/v1/me/follows/${ann.id}`);
  const last = await ann.post('Before the import');
  await waitUntil(async () => (await postsAt('/v1/me/feed', bob)).some(({ id }) => id === last));
  t.like((await importing('mastodon', join(folder, 'archive.zip'), '--as', 'ann')).at(-1), { imported: 4, unchanged: 0 });

  await waitUntil(async () => (await postsAt(`/v1/people/${ann.id}/posts`, ann)).length === 5);
  const own = await postsAt(`/v1/people/${ann.id}/posts`, ann);
  t.deepEqual(own.map(({ text, at }) => [text, at]).slice(1), [
    ['spoilers\n\nPost 6', '2023-01-01T00:06:00.000Z'],
    ['Post 4', '2023-01-01T00:04:00.000Z'],
    ['Post 3', '2023-01-01T00:03:00.000Z'],
    ['low water\nat four\n\nbring "ropes"', '2023-01-01T00:01:00.000Z'],
  ]);
  t.is(own.find(({ text }) => text === 'Post 3')?.replyTo, own.at(-1)?.id);
  t.is(own.find(({ text }) => text === 'spoilers\n\nPost 6')?.replyTo, null);
  // What was for followers is for friends here, and Bob only follows.
  await waitUntil(async () => (await postsAt('/v1/me/feed', bob)).length === 4);
  t.deepEqual(
    (await postsAt('/v1/me/feed', bob)).map(({ text }) => text),
    ['Before the import', 'spoilers\n\nPost 6', 'Post 3', 'low water\nat four\n\nbring "ropes"'],
  );
  const told = parsed(await runCli(folder, 'log', 'read', '--types', 'notifications.requested.v1', '--json'));
  t.deepEqual(told, []);
  t.true((await published()).filter(({ data }) => (data as { imported?: boolean }).imported === true).length === 4);
});

test.serial('importing again changes nothing, and what was deleted here since stays deleted', async (t) => {
  const [, second] = (await postsAt(`/v1/people/${ann.id}/posts`, ann)).toReversed();
  await ann.give('DELETE', `/v1/posts/${second?.id ?? ''}`);
  t.like((await importing('mastodon', join(folder, 'archive.zip'), '--as', 'ann')).at(-1), { imported: 0, unchanged: 4 });
  await waitUntil(async () => (await postsAt(`/v1/people/${ann.id}/posts`, ann)).length === 4);
  t.is((await published()).length, 5);
});

test.serial('people are imported without a password, and choose one with their claim, once', async (t) => {
  const people = await file(
    'people.csv',
    'name,Login name,bio,Time zone\n"Cyd, the cook",cyd,Cooks,Europe/Berlin\nAnn,ann,,\nDan,dan,,Nowhere/There\n,eve,,\nFay,fay\u200bfay,,\n',
  );
  const claims = join(folder, 'claims.csv');
  const lines = await importing('people', people, '--claims', claims, '--claim-url', 'https://harbour.example/claim');
  t.deepEqual(
    lines.map(({ item, code }) => [item, code]),
    [
      [5, 'no-name'],
      [3, 'login-taken'],
      [4, 'time-zone-unknown'],
      [6, 'login-name-malformed'],
      [undefined, undefined],
    ],
  );
  t.like(lines.at(-1), { imported: 1, unchanged: 0 });
  t.is((await stat(claims)).mode & 0o777, 0o600);
  const [, claim = ''] = /"cyd","https:\/\/harbour\.example\/claim#([^"]+)"/.exec(await readFile(claims, 'utf8')) ?? [];
  t.like((await importing('people', people)).at(-1), { imported: 0, unchanged: 1 });

  const write = async (path: string, body: object) => (await callApi(async () => tidings.addresses.write, path, { method: 'POST', headers: {}, body })).status;
  const logIn = (password: string) => write('/v1/sessions', { loginName: 'Cyd', password });
  t.is(await logIn('a stable full of staples'), 401);
  t.is(await write('/v1/account-claims', { claim: `${claim.slice(0, -1)}_`, newPassword: 'a stable full of staples' }), 401);
  t.is(await write('/v1/account-claims', { claim, newPassword: 'passwords of cyd' }), 422, 'it has the login name in it');
  t.is(await write('/v1/account-claims', { claim, newPassword: 'a stable full of staples' }), 204);
  t.is(await write('/v1/account-claims', { claim, newPassword: 'another stable of staples' }), 401);
  t.is(await logIn('another stable of staples'), 401);
  t.is(await logIn('a stable full of staples'), 201);
});

test.serial('follows are imported once, and who isn’t followed is told by the line', async (t) => {
  const text =
    '\ufeffAccount address,Show boosts,Notify on new posts,Languages\r\nbob,true,false,\r\n\r\neve@elsewhere.example,true,false,"en, de"\r\n@Bob@harbour.example ,true,false,\r\ncyd@harbour.example,,,\r\nann,,,\r\nzoe,,,\r\n';
  const follows = await file('following_accounts.csv', text);
  const lines = await importing('follows', follows, '--as', 'ann', '--local-domain', 'harbour.example');
  t.deepEqual(
    lines.flatMap(({ item, code }) => (item === undefined ? [] : [[Number(item), code] as const])).toSorted(([one], [other]) => one - other),
    [
      [4, 'elsewhere'],
      [5, 'twice'],
      [7, 'oneself'],
      [8, 'nobody'],
    ],
  );
  t.like(lines.at(-1), { imported: 2, unchanged: 0 });
  await ann.give('DELETE', `/v1/me/follows/${bob.id}`);
  t.like((await importing('follows', follows, '--as', 'ann', '--local-domain', 'harbour.example')).at(-1), { imported: 0, unchanged: 2 });
  t.is(
    parsed(await runCli(folder, 'log', 'read', '--types', 'people.followed.v1', '--json')).length,
    3,
    'Bob follows Ann, and nobody is followed again who was unfollowed here',
  );
});

test.serial('pictures come with their posts, also those that have nothing else, and what is wrong with others is told', async (t) => {
  const jpeg = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#336699' } })
    .jpeg()
    .toBuffer();
  const path = (name: string) => `media_attachments/files/1/original/${name}`;
  const attachment = (name: string, alt: string) => ({ type: 'Document', mediaType: 'image/jpeg', url: `/${path(name)}`, name: alt });
  const items = [
    create(40, { content: '', attachment: [attachment('boat.jpg', 'A boat')] }),
    create(41, { content: '', attachment: [attachment('gone.jpg', '')] }),
    create(42, { attachment: [attachment('text.jpg', ''), attachment('boat2.jpg', '')] }),
  ];
  const files = [
    { name: path('boat.jpg'), content: jpeg },
    { name: path('boat2.jpg'), content: jpeg },
    { name: path('text.jpg'), content: 'no picture' },
  ];
  const archive = await file('pictures.zip', archiveOf(items, files));
  const lines = await importing('mastodon', archive, '--as', 'ann');
  t.deepEqual(
    lines.slice(0, -1).map(({ is, item, code }) => [is, item, code]),
    [
      ['without', statusId(41), 'no-file'],
      ['left-out', statusId(41), 'pictures-only'],
      ['without', statusId(42), 'media-type-refused'],
    ],
  );
  t.like(lines.at(-1), { imported: 2, unchanged: 0 });
  const revealed = parsed(await runCli(folder, 'log', 'read', '--types', 'feed.post-published.v1', '--json', '--reveal', '--reason', 'a test')).slice(-2);
  t.deepEqual(
    revealed.map(({ data }) => (data as { media: readonly { alt: string | null; kind: string }[] }).media.map(({ alt, kind }) => [kind, alt])),
    [[['image', 'A boat']], [['image', null]]],
  );
  t.like((await importing('mastodon', archive, '--as', 'ann')).at(-1), { imported: 0, unchanged: 2 });
  t.like((await importing('mastodon', archive, '--as', 'bob', '--no-pictures')).at(-1), { imported: 1, leftOut: { 'pictures-only': 2 } });
});

const MANY = 400;

test.serial('an import that was killed, and one whose process was killed, goes on where it was and doubles nothing', async (t) => {
  const items = Array.from({ length: MANY }, (_, n) => create(100 + n, n % 10 === 9 ? { inReplyTo: statusId(99 + n) } : {}));
  const archive = await file('many.zip', archiveOf(items));
  const before = (await published()).length;
  const imported = async () => (await published()).length - before;

  const first = startCli(folder, ['import', 'mastodon', archive, '--as', 'bob']);
  await waitUntil(async () => (await imported()) > 0);
  first.kill('SIGKILL');
  await first.ended;
  const afterFirst = await imported();

  const second = startCli(folder, ['import', 'mastodon', archive, '--as', 'bob']);
  await waitUntil(async () => (await imported()) > Math.min(afterFirst, MANY - 1) || second.hasEnded());
  await tidings.stop('SIGKILL');
  await second.ended;

  // Nobody has the folder open now.
  const idle = await importing('mastodon', archive, '--as', 'bob');
  const { imported: third, unchanged } = idle.at(-1) as { imported: number; unchanged: number };
  t.is(third + unchanged, MANY);
  tidings = await startTidingsProcess(folder);
  const events = (await published()).slice(before);
  t.is(events.length, MANY);
  t.is(new Set(events.map(({ stream }) => stream)).size, MANY);
  t.is(events.filter(({ data }) => (data as { replyTo?: string }).replyTo !== undefined).length, MANY / 10);
  t.like((await importing('mastodon', archive, '--as', 'bob')).at(-1), { imported: 0, unchanged: MANY });
});

test.serial('somebody who isn’t here, and a file that is none, end with a sentence', async (t) => {
  const nobody = await runCli(folder, 'import', 'mastodon', join(folder, 'archive.zip'), '--as', 'nobody');
  t.deepEqual([nobody.code, nobody.err], [1, 'Nobody here has the login name nobody.\n']);
  const none = await runCli(folder, 'import', 'mastodon', join(folder, 'people.csv'), '--as', 'ann');
  t.is(none.code, 2);
  t.regex(none.err, /people\.csv is no ZIP archive/);
  t.regex((await runCli(folder, 'import', 'people', await file('wrong.csv', 'a,b\nc,d\n'))).err, /must name the columns: login name, name/);
  const text = (await runCli(folder, 'import', 'follows', join(folder, 'following_accounts.csv'), '--as', 'ann', '--dry-run')).out;
  t.regex(text[0] ?? '', /^\d+ would be imported, \d+ there already, \d+ left out\.$/);
  t.true(text.includes('  1 × nobody: There is nobody here with this login name.'));
});
