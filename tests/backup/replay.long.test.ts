/** An installation as it was, in a folder of its own: what it shows and to whom, what it can't do, and that being killed in the making is no harm. */
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { cataloguedViews } from '../../app/analytics/catalogue.ts';
import { connectToFolder } from '../../cli/control-client.ts';
import { parsed, runCli, signUp, startCli, waitUntil, type CliResult } from '../../cli/test-fixture.ts';
import { configFrom } from '../../app/config/config.ts';
import { openEventStore } from '../../event-store/open.ts';
import { EVENT_WORDS } from '../../ports/event-log/words.ts';
import { ADMIN_TOKEN, startTidingsForTest, startTidingsProcess, temporaryFolder } from '../start-for-test.ts';
import { bytesIn } from './bytes-in.ts';

const REASON = ['--reason', 'case 12'] as const;
const replay = (data: string, into: string, ...args: readonly string[]) => runCli(data, 'replay', '--into', into, '--json', ...REASON, ...args);
const showReplay = (folder: string, settings: Readonly<Record<string, string>> = {}) => startTidingsProcess(folder, settings, ['--read-only']);
const ownTokenOf = (folder: string): string => readFileSync(join(folder, 'admin-token'), 'utf8').trim();

async function ok(running: Promise<CliResult>): Promise<Readonly<Record<string, unknown>>> {
  const result = await running;
  if (result.code !== 0) throw new Error(`exit ${result.code}: ${result.err}`);
  return parsed(result)[0] ?? {};
}

async function read(url: string, path: string, headers: Readonly<Record<string, string>>) {
  const response = await fetch(url + path, { headers });
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
}
const asOperator = (token: string, person: string, reason?: string) => ({
  authorization: `Bearer ${token}`,
  'tidings-as': person,
  ...(reason !== undefined && { 'tidings-reason': reason }),
});
const textsIn = ({ body }: { readonly body: Readonly<Record<string, unknown>> }) =>
  (body['posts'] as readonly { readonly text: string }[]).map(({ text }) => text);

async function typesIn(folder: string): Promise<readonly string[]> {
  await using store = await openEventStore(join(folder, 'events'), { words: EVENT_WORDS });
  return (await Array.fromAsync(store.readAll())).map(({ type }) => type);
}

/** What a start of the installation takes out of its media, and nobody else may. */
function leaveBehindIn(media: string): string {
  const left = join(media, '.arriving', 'left');
  mkdirSync(join(media, '.arriving'), { recursive: true });
  writeFileSync(left, 'half');
  utimesSync(left, 0, 0);
  return left;
}

test('a replay shows an operator what people could read then, by a token of its own and in the audit, and does nothing else', async (t) => {
  t.timeout(240_000);
  await using folder = await temporaryFolder();
  const [data, sunday] = ['data', 'sunday'].map((name) => join(folder.path, name)) as [string, string];
  let [ann, bob, cem, token, position, then] = ['', '', '', '', '', ''];
  {
    await using tidings = await startTidingsForTest(data);
    const [one, other, third] = [await signUp(tidings.addresses, 'ann'), await signUp(tidings.addresses, 'bob'), await signUp(tidings.addresses, 'cem')];
    [ann, bob, cem, token] = [one.id, other.id, third.id, one.token];
    await one.post('before');
    then = new Date(Date.now() + 5).toISOString();
    await waitUntil(() => new Date().toISOString() > then);
    position = String((await one.give('POST', '/v1/me/feed', { text: 'after' }))['position']);
    await other.give('DELETE', '/v1/me');
    t.regex((await runCli(data, 'replay', '--into', sunday)).err, /reason/);
    t.regex((await replay(data, data)).err, /isn’t empty/);
    t.regex((await replay(data, join(folder.path, 'tomorrow'), '--to', '2999-01-01')).err, /isn’t known yet/);
    t.false(existsSync(join(folder.path, 'tomorrow')), 'nothing was copied for it');
    t.regex((await replay(data, join(folder.path, 'never'), '--to', '2001-01-01')).err, /no event that is as old/);
    const madeOfIt = readdirSync(join(folder.path, 'never'), { recursive: true }).filter((name) => name !== 'lock');
    t.deepEqual(madeOfIt, [], 'nor is anything left of what can’t be made');
    const left = leaveBehindIn(join(data, 'media'));
    t.like(await ok(replay(data, sunday, '--to', then)), { to: then, deadLetters: 0 });
    t.deepEqual([existsSync(join(sunday, 'source')), existsSync(left)], [false, true], 'the copy goes, and media of the installation stays');
    await third.give('DELETE', '/v1/me');
  }
  t.like(await ok(replay(data, sunday, '--to', then)), { to: then }, 'made once more, it is the one that is there');
  t.regex((await replay(data, sunday)).err, /is a replay up to/);
  const bytes = bytesIn(sunday);
  t.false(bytes.includes('$argon2') || bytes.includes('scrypt') || /"kind":"(session|credential)/.test(bytes), 'nothing to log in by');

  const left = leaveBehindIn(join(data, 'media'));
  mkdirSync(join(sunday, 'source'));
  await t.throwsAsync(startTidingsForTest(sunday), { message: /to be looked at only: start with --read-only/ });
  await t.throwsAsync(showReplay(data), { message: /is no replay/ });
  const before = await typesIn(sunday);
  {
    await using shown = await showReplay(sunday, { TIDINGS_MEDIA_FOLDER: join(data, 'media') });
    t.deepEqual([existsSync(join(sunday, 'source')), existsSync(left)], [false, true]);
    const own = ownTokenOf(sunday);
    const { read: url, write } = shown.addresses;
    t.is(write, '', 'nobody takes commands');
    const feed = await read(url, '/v1/me/feed', asOperator(own, ann, 'case 12'));
    t.deepEqual([feed.status, textsIn(feed)], [200, ['before']]);
    await Promise.all([1, 2, 3].map(() => read(url, '/v1/me', asOperator(own, ann, 'case 12'))));
    for (const [headers, code] of [
      [asOperator(own, ann), 'reason-missing'],
      [asOperator(own, bob, 'case 12'), 'person-erased'],
      [asOperator(own, cem, 'case 12'), 'person-erased'],
      [asOperator(ADMIN_TOKEN, ann, 'case 12'), 'token-invalid'],
      [asOperator(own, '019dffff-ffff-7fff-8fff-ffffffffffff', 'case 12'), 'person-unknown'],
      [asOperator(own, '../ann', 'case 12'), 'person-unknown'],
      [{ authorization: `Bearer ${own}` }, 'forbidden'],
      [{ authorization: `Bearer ${token}` }, 'token-invalid'],
      [{ authorization: `Bearer ${token}`, 'tidings-as': ann, 'tidings-reason': 'mine' }, 'token-invalid'],
      [{ ...asOperator(own, ann, 'case 12'), 'min-position': position }, 'position-of-another-log'],
    ] as const)
      t.is((await read(url, '/v1/me/feed', headers)).body['code'], code);
    for (const person of [bob, cem]) t.like((await read(url, `/v1/people/${person}`, asOperator(own, ann, 'case 12'))).body, { erased: true, name: null });
    const audit = parsed(await runCli(sunday, 'audit', '--json')).map(({ action, reason }) => [action, reason]);
    t.deepEqual(audit.slice(0, 2), [
      ['read-as-person', 'case 12'],
      ['replay-log', 'case 12'],
    ]);
    t.regex((await runCli(sunday, 'store', 'scavenge')).err, /to be looked at only/);
    t.is((await runCli(sunday, 'view', 'posts', 'nothing', '--replay')).code, 0);
    t.is((await runCli(sunday, 'operators', 'add', 'kim', '--role', 'admin')).code, 0, 'each who looks has a name');
    t.is(await shown.stop('SIGTERM'), 0);
  }
  const people = join(folder.path, 'people.csv');
  writeFileSync(people, 'login,name\ndan,Dan\n');
  t.regex((await runCli(sunday, 'import', 'people', people)).err, /to be looked at only/);
  t.regex((await runCli(sunday, 'backup', join(folder.path, 'backup'))).err, /to be looked at only/);
  const added = (await typesIn(sunday)).slice(before.length);
  t.deepEqual(
    added.filter((type) => !type.startsWith('operators.')),
    [],
  );
  t.deepEqual((await runCli(sunday, 'outbox', 'list', '--json', ...REASON)).out, [], 'nothing was sent');
});

/** Every document of every view. */
async function documentsOf(folder: string): Promise<Readonly<Record<string, readonly string[]>>> {
  await using client = await connectToFolder({
    config: configFrom({ TIDINGS_DATA: folder }),
    needs: 'folder',
    say: () => undefined,
    signal: new AbortController().signal,
    reason: undefined,
  });
  const found: Record<string, readonly string[]> = {};
  for (const { collection } of cataloguedViews())
    found[collection] = (await Array.fromAsync(client.call('export-view', { collection, share: 100 }))).map((line) => JSON.stringify(line));
  return found;
}

test('killed in the middle of the copy, the restore and the views, a replay goes on, and is the one that was never killed', async (t) => {
  t.timeout(400_000);
  await using folder = await temporaryFolder();
  const [data, backup, killedOne, wholeOne] = ['data', 'backup', 'killed', 'whole'].map((name) => join(folder.path, name)) as [string, string, string, string];
  {
    await using tidings = await startTidingsForTest(data);
    const people = await Promise.all(['ann', 'bob', 'cem', 'dan'].map((name) => signUp(tidings.addresses, name)));
    for (let n = 0; n < 60; n++) await Promise.all(people.map((person) => person.post(`${'words '.repeat(50)}${n}`)));
    const [ann, ...others] = people;
    await Promise.all(others.map((person) => person.give('PUT', `/v1/me/follows/${ann?.id ?? ''}`)));
  }
  t.is((await runCli(data, 'backup', backup)).code, 0);
  await ok(replay(data, wholeOne, '--backup', backup));

  const steps = [
    ['the log', () => existsSync(join(killedOne, 'restoring.json'))],
    ['the views', () => existsSync(join(killedOne, 'replayed.json'))],
    ['the views', () => existsSync(join(killedOne, 'views.sqlite'))],
  ] as const;
  let killed = 0;
  for (const [turn, [what, isThere]] of steps.entries()) {
    const running = startCli(data, ['replay', '--into', killedOne, '--backup', backup, ...REASON]);
    await waitUntil(() => isThere() || running.hasEnded());
    await delay(turn * 200);
    running.kill('SIGKILL');
    const { code } = await running.ended;
    t.log(what, code);
    if (code !== 0) killed += 1;
  }
  t.true(killed > 1, 'no replay was killed');
  await ok(replay(data, killedOne, '--backup', backup));
  const [one, other] = [await documentsOf(killedOne), await documentsOf(wholeOne)];
  t.true((other['posts'] ?? []).length === 240);
  t.deepEqual(one, other);
});

test('what is left of a replay that was cut short can’t be more than a replay, and who was erased meanwhile is erased in it', async (t) => {
  t.timeout(240_000);
  await using folder = await temporaryFolder();
  const [data, restored] = ['data', 'restored'].map((name) => join(folder.path, name)) as [string, string];
  await using tidings = await startTidingsForTest(data);
  const [ann, bob] = [await signUp(tidings.addresses, 'ann'), await signUp(tidings.addresses, 'bob')];
  for (let n = 0; n < 20; n++) await Promise.all([ann, bob].map((person) => person.post(`words ${n}`)));

  const cutShort = async (into: string) => {
    const running = startCli(data, ['replay', '--into', into, ...REASON]);
    await waitUntil(() => existsSync(join(into, 'restoring.json')) || running.hasEnded());
    running.kill('SIGKILL');
    await running.ended;
    return existsSync(join(into, 'restoring.json'));
  };
  let cut = '';
  for (let turn = 0; cut === '' && turn < 10; turn++) if (await cutShort(join(folder.path, `cut-${turn}`))) cut = join(folder.path, `cut-${turn}`);
  t.not(cut, '', 'none was cut short');
  t.false(bytesIn(join(cut, 'source')).includes('$argon2'));
  const vaults = readdirSync(join(cut, 'source')).filter((name) => name.startsWith('vault'));
  const lines = vaults.flatMap((name) =>
    readFileSync(join(cut, 'source', name), 'utf8')
      .split('\n')
      .slice(0, -1),
  );
  const kept = new Set(
    lines.map((line) => JSON.parse(line) as { readonly kind: string; readonly id: string }).map(({ kind, id }) => (kind === 'installation-secret' ? id : kind)),
  );
  t.deepEqual([...kept].sort(), ['login-names', 'media-keys', 'search-terms', 'subject-key'], 'nothing to log in by');
  t.regex((await runCli(restored, 'restore', join(cut, 'source'), ...REASON)).err, /was copied for a replay/);

  await bob.give('DELETE', '/v1/me');
  await ok(replay(data, cut));
  await using shown = await showReplay(cut);
  const own = ownTokenOf(cut);
  t.is((await read(shown.addresses.read, '/v1/me/feed', asOperator(own, bob.id, 'case 12'))).body['code'], 'person-erased');
  t.is((await read(shown.addresses.read, '/v1/me', asOperator(own, ann.id, 'case 12'))).status, 200);
});
