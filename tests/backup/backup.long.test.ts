import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parsed, runCli, signUp, waitUntil, type CliResult } from '../../cli/test-fixture.ts';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { ERASED_LIST_FILE } from '../../app/backup/manifest.ts';
import { bytesIn } from './bytes-in.ts';

const REASON = ['--reason', 'a test'] as const;
type Started = Awaited<ReturnType<typeof startTidingsForTest>>;

async function ok(running: Promise<CliResult>): Promise<Readonly<Record<string, unknown>>> {
  const result = await running;
  if (result.code !== 0) throw new Error(`exit ${result.code}: ${result.err}`);
  return parsed(result)[0] ?? {};
}
const backUp = (data: string, backup: string, ...args: readonly string[]) => ok(runCli(data, 'backup', backup, '--json', ...args));
const restore = (data: string, backup: string, ...args: readonly string[]) => runCli(data, 'restore', backup, '--json', ...REASON, ...args);

const read = async ({ addresses }: Started, token: string, path: string, headers: Readonly<Record<string, string>> = {}) => {
  const response = await fetch(addresses.read + path, { headers: { authorization: `Bearer ${token}`, ...headers } });
  return {
    status: response.status,
    etag: response.headers.get('etag') ?? '',
    body: (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>,
  };
};
const logIn = async ({ addresses }: Started, loginName: string) => {
  const response = await fetch(`${addresses.write}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ loginName, password: 'correct horse battery' }),
  });
  return { status: response.status, token: ((await response.json()) as { readonly token?: string }).token ?? '' };
};
const textsIn = (body: Readonly<Record<string, unknown>>): readonly string[] => (body['posts'] as readonly { readonly text: string }[]).map(({ text }) => text);
const untilRead = async (tidings: Started, token: string, expected: readonly string[]) =>
  waitUntil(async () => {
    const { status, body } = await read(tidings, token, '/v1/me/feed');
    return status === 200 && JSON.stringify(textsIn(body)) === JSON.stringify(expected);
  });
/** Of the person, as the backup has it. */
const keyOf = (backup: string, person: string): unknown =>
  readdirSync(backup)
    .filter((name) => name.startsWith('vault-'))
    .flatMap((name) => readFileSync(join(backup, name), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as { readonly kind: string; readonly id: string; readonly record: { readonly key?: string } })
    .find(({ kind, id }) => kind === 'subject-key' && id === person)?.record.key;

test('a system that runs is backed up, then what is new; restored elsewhere it is as it was, and what clients hold is of another log', async (t) => {
  t.timeout(240_000);
  await using folder = await temporaryFolder();
  const [data, backup, elsewhere] = ['data', 'backup', 'elsewhere'].map((name) => join(folder.path, name)) as [string, string, string];
  const list = join(folder.path, 'erased.ndjson');
  let bob = '';
  let held = { position: '', since: '', etag: '' };
  {
    await using tidings = await startTidingsForTest(data, { TIDINGS_ERASED_LIST: list });
    const ann = await signUp(tidings.addresses, 'ann');
    const guest = await signUp(tidings.addresses, 'bob');
    bob = guest.id;
    await ann.post('the first');
    await guest.post('what bob wrote');
    await tidings.adapters.media.put('kept/one', Buffer.from('a picture'));
    await tidings.adapters.media.put('gone/two', Buffer.from('another'));
    t.like(await backUp(data, backup, '--erased-list', list), { objects: 2, erasedAdded: 0 });
    const first = await runCli(data, 'backup', backup, '--verify');
    t.regex(first.out.join(), /all whole/);

    await ann.post('the second');
    await tidings.adapters.media.remove(['gone/two']);
    const second = await backUp(data, backup, '--erased-list', list);
    t.true(Number(second['events']) > 0 && Number(second['events']) < 10, JSON.stringify(second));
    t.is(second['objects'], 1);
    t.false(existsSync(join(backup, 'media/gone/two')), 'what was deleted is not to come back');
    t.is(readdirSync(backup).filter((name) => name.startsWith('vault-')).length, 1);

    // What comes now is lost, but for the erasing.
    await ann.post('the third');
    await untilRead(tidings, ann.token, ['the third', 'the second', 'the first']);
    const { body } = await read(tidings, ann.token, '/v1/sync');
    held = {
      position: String((await ann.give('POST', '/v1/me/feed', { text: 'the fourth' }))['position']),
      since: String(body['cursor']),
      etag: (await read(tidings, ann.token, '/v1/me/feed')).etag,
    };
    const erased = await fetch(`${tidings.addresses.write}/v1/people/${bob}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'tidings-reason': 'asked', 'idempotency-key': 'erase-bob' },
    });
    t.is(erased.status, 200);
    await waitUntil(() => existsSync(list) && readFileSync(list, 'utf8').includes(bob));
  }

  t.regex((await runCli(elsewhere, 'restore', backup)).err, /reason/);
  t.regex((await restore(elsewhere, backup)).err, /erased subjects.*is missing/);
  t.regex((await restore(data, backup, '--erased-list', list)).err, /isn’t empty/);
  t.like(await ok(restore(elsewhere, backup, '--erased-list', list)), { erasedAgain: 1, media: { objects: 1, damaged: [] } });
  t.deepEqual(
    parsed(await runCli(elsewhere, 'audit', '--json')).map(({ action, reason }) => [action, reason]),
    [
      ['restore-backup', 'a test'],
      ['back-up', null],
      ['back-up', null],
    ],
  );
  const key = keyOf(backup, bob);
  t.truthy(key);
  t.false(bytesIn(elsewhere).includes(String(key)), 'a key that was destroyed never reaches the disk again');

  await using tidings = await startTidingsForTest(elsewhere, { TIDINGS_ERASED_LIST: list });
  const { status, token } = await logIn(tidings, 'ann');
  t.is(status, 201);
  t.is((await logIn(tidings, 'bob')).status, 401);
  await untilRead(tidings, token, ['the second', 'the first']);
  t.like((await read(tidings, token, `/v1/people/${bob}`)).body, { erased: true, name: null });
  for (const [path, headers] of [
    ['/v1/me/feed', { 'min-position': held.position }],
    [`/v1/sync?since=${held.since}`, {}],
  ] as const) {
    const refused = await read(tidings, token, path, headers);
    t.deepEqual([refused.status, refused.body['code']], [409, 'position-of-another-log'], path);
  }
  // A tag names what is answered, whichever log it comes from.
  t.is((await read(tidings, token, '/v1/me/feed', { 'if-none-match': held.etag })).status, 200);
  t.is(Buffer.concat(await Array.fromAsync((await tidings.adapters.media.read('kept/one'))!.stream as AsyncIterable<Buffer>)).toString(), 'a picture');
  t.regex((await runCli(elsewhere, 'backup', backup)).err, /was restored since/);
});

test('a backup is restored up to a time; who was erased since then is erased again, and a restore without the list is refused unless told', async (t) => {
  t.timeout(240_000);
  await using folder = await temporaryFolder();
  const [data, backup, before, without] = ['data', 'backup', 'before', 'without'].map((name) => join(folder.path, name)) as [string, string, string, string];
  let then = '';
  {
    await using tidings = await startTidingsForTest(data);
    const [ann, bob] = [await signUp(tidings.addresses, 'ann'), await signUp(tidings.addresses, 'bob')];
    await ann.post('before');
    then = new Date(Date.now() + 5).toISOString();
    await waitUntil(() => new Date().toISOString() > then);
    await ann.post('after');
    await bob.give('DELETE', '/v1/me');
  }
  // Nobody runs: the command line opens the folder itself.
  t.like(await backUp(data, backup), { erasedAdded: 1 });
  t.like(await backUp(data, backup), { erasedAdded: 0 });
  t.regex((await restore(before, backup, '--to', '2001-01-01T00:00:00Z')).err, /no event that is as old/);
  rmSync(before, { recursive: true });
  t.like(await ok(restore(before, backup, '--to', then)), { erasedAgain: 1 });
  {
    await using tidings = await startTidingsForTest(before);
    t.is((await logIn(tidings, 'bob')).status, 401);
    const { token } = await logIn(tidings, 'ann');
    await untilRead(tidings, token, ['before']);
  }

  const list = join(backup, ERASED_LIST_FILE);
  const text = readFileSync(list, 'utf8');
  rmSync(list);
  t.regex((await restore(without, backup)).err, /is missing.*--without-erased-list/);
  writeFileSync(list, `${text.split('\n')[0]}\n`);
  t.regex((await restore(without, backup)).err, /it is an old copy/);
  writeFileSync(list, text.replace(/"installation":"./, '"installation":"~'));
  t.regex((await restore(without, backup)).err, /another installation/);
  t.false(existsSync(without), 'nothing is begun that is refused');
  // The mark of who was erased before the backup is in the vault as well.
  t.like(await ok(restore(without, backup, '--without-erased-list')), { erasedAgain: 0 });
});

test('what isn’t as it was written is named, and damaged media alone doesn’t keep a backup from being restored', async (t) => {
  t.timeout(240_000);
  await using folder = await temporaryFolder();
  const [data, backup, elsewhere] = ['data', 'backup', 'elsewhere'].map((name) => join(folder.path, name)) as [string, string, string];
  {
    await using tidings = await startTidingsForTest(data);
    await (await signUp(tidings.addresses, 'ann')).post('a text');
    await tidings.adapters.media.put('kept/one', Buffer.from('a picture'));
  }
  await backUp(data, backup);
  writeFileSync(join(backup, 'media/kept/one'), 'a Picture');
  const verified = await runCli(data, 'backup', backup, '--verify');
  t.is(verified.code, 1);
  t.deepEqual(verified.out, ['media/kept/one is missing, or isn’t what was written.']);
  t.like(await ok(restore(elsewhere, backup)), { media: { objects: 0, damaged: ['kept/one'] } });

  writeFileSync(join(backup, 'media/kept/one'), 'a picture');
  const [segment = ''] = readdirSync(join(backup, 'log'));
  const path = join(backup, 'log', segment);
  const whole = readFileSync(path);
  const vault = readdirSync(backup).find((name) => name.startsWith('vault-')) ?? '';
  const kept = readFileSync(join(backup, vault));
  for (const [file, bytes, change] of [
    [path, whole, () => appendFileSync(path, 'x')],
    [path, whole, () => writeFileSync(path, Buffer.from(whole).fill(0, 100, 101))],
    [path, whole, () => rmSync(path)],
    [join(backup, vault), kept, () => writeFileSync(join(backup, vault), kept.subarray(0, -40))],
  ] as const) {
    change();
    t.is((await runCli(data, 'backup', backup, '--verify')).code, 1);
    const third = join(folder.path, 'third');
    const refused = await restore(third, backup);
    t.is(refused.code, 1);
    t.regex(refused.err, /isn’t what was written/);
    await t.throwsAsync(startTidingsForTest(third), { message: /was interrupted/ });
    writeFileSync(file, bytes);
    rmSync(third, { recursive: true });
  }
  t.is((await runCli(data, 'backup', backup, '--verify')).code, 0);
});

test('a backup goes into no folder that has something else, nor into that of another installation', async (t) => {
  t.timeout(240_000);
  await using folder = await temporaryFolder();
  const [data, other, backup] = ['data', 'other', 'backup'].map((name) => join(folder.path, name)) as [string, string, string];
  for (const one of [data, other]) {
    await using tidings = await startTidingsForTest(one);
    await signUp(tidings.addresses, 'ann');
  }
  await backUp(data, backup);
  t.regex((await runCli(other, 'backup', backup)).err, /another installation/);
  t.regex((await runCli(data, 'backup', other)).err, /isn’t empty and has no backup/);
  t.regex((await runCli(data, 'backup', data)).err, /isn’t empty|open/);
  t.regex((await runCli(data, 'backup', join(folder.path, 'nothing'), '--verify')).err, /has no backup/);
  const both = await Promise.all([runCli(data, 'backup', backup), runCli(data, 'backup', backup)]);
  t.true(both.some(({ code }) => code === 0));
  t.regex((await runCli(data, 'backup', backup, '--verify')).out.join(), /all whole/);
});

test('a session that ended after the backup is good again, unless the restore ends them all; whoever could log in still can', async (t) => {
  t.timeout(240_000);
  await using folder = await temporaryFolder();
  const [data, backup] = ['data', 'backup'].map((name) => join(folder.path, name)) as [string, string];
  let token = '';
  {
    await using tidings = await startTidingsForTest(data);
    ({ token } = await signUp(tidings.addresses, 'ann'));
    await backUp(data, backup);
    const out = await fetch(`${tidings.urls['write-api']}/v1/sessions/current`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    t.true(out.ok, String(out.status));
  }
  for (const [name, options, status] of [
    ['kept', [], 200],
    ['ended', ['--end-sessions'], 401],
  ] as const) {
    const restored = join(folder.path, name);
    await ok(restore(restored, backup, ...options));
    await using tidings = await startTidingsForTest(restored);
    const me = await fetch(`${tidings.urls['write-api']}/v1/me/sessions`, { headers: { authorization: `Bearer ${token}` } });
    t.is(me.status, status, await me.text());
  }
});
