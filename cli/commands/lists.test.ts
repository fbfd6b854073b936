/** A list that is imported from a file, and a notification to it that an operator pauses, resumes and cancels. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { callApi } from '../../tests/client/call-api.ts';
import { signRequest } from '../../tests/client/sign-request.ts';
import { ADMIN_TOKEN, startTidingsProcess, temporaryFolder } from '../../tests/start-for-test.ts';
import { parsed, runCli, waitUntil } from '../test-fixture.ts';

const NOBODY = '7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d';
const MEMBERS = 3_200;
const ids = Array.from({ length: MEMBERS }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);

const stack = new AsyncDisposableStack();
const folder = stack.use(await temporaryFolder()).path;
const tidings = stack.use(await startTidingsProcess(folder));

const post = async (path: string, headers: Readonly<Record<string, string>>, body: object) =>
  (await callApi(async () => tidings.addresses.write, path, { method: 'POST', headers, body })).body as Readonly<Record<string, string>>;
const { id: app = '', secret = '' } = await post('/v1/apps', { authorization: `Bearer ${ADMIN_TOKEN}` }, { name: 'Shop' });
const asApp = (path: string, body: object) => post(path, signRequest({ id: app, secret }, 'POST', path, { body }), body);
const { id: list = '' } = await asApp('/v1/lists', { name: 'Crew' });

test.after.always(() => stack.disposeAsync());

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};
const listed = async () => parsed(await runCli(folder, 'lists', 'list', '--app', app, '--json'));
const campaigns = async () => parsed(await runCli(folder, 'lists', 'campaigns', '--json'));

test.serial('a file of ids is imported, however its lines end, and importing it again changes nothing', async (t) => {
  const path = await file('ids.txt', `\ufeff${ids.join('\r\n')}\n\n`);
  for (let times = 0; times < 2; times++) t.deepEqual((await runCli(folder, 'lists', 'import', list, path)).out, [`${MEMBERS} added.`]);
  const left = await file('left.txt', `${ids[0] ?? ''}`);
  t.deepEqual((await runCli(folder, 'lists', 'import', list, left, '--remove')).out, ['1 removed.']);
  await waitUntil(async () => (await listed())[0]?.['members'] === MEMBERS - 1);
  t.like((await listed())[0], { list, app, name: 'Crew', status: 'active' });
  t.regex((await runCli(folder, 'lists')).out[0] ?? '', /^LIST +NAME +MEMBERS +STATUS +CHANGED +APP$/);
});

test.serial('a file that is none, a line that is no id, and a list that nobody made end with a sentence', async (t) => {
  const wrong = async (...args: readonly string[]) => {
    const { code, err } = await runCli(folder, 'lists', 'import', ...args);
    return [code, err] as const;
  };
  const [code, said] = await wrong(list, await file('wrong.txt', `${ids[0] ?? ''}\nada\n`));
  t.is(code, 2);
  t.regex(said, /^Line 2 is not the id of a person/);
  t.regex((await wrong(list, join(folder, 'nowhere.txt')))[1], /nowhere\.txt can’t be read/);
  t.regex((await wrong(list, await file('long.txt', 'a'.repeat(100_000))))[1], /too long/);
  t.regex((await wrong(NOBODY, await file('one.txt', ids[0] ?? '')))[1], /no such list/);
});

test.serial('a notification to the list is paused, resumed and cancelled', async (t) => {
  const { id: notification = '' } = await asApp('/v1/notifications', { list, ratePerMinute: 6, category: 'news', content: { body: 'Ahoy' } });
  await waitUntil(async () => Number((await campaigns())[0]?.['planned']) >= 1);
  t.like((await campaigns())[0], { notification, list, total: MEMBERS - 1, ratePerMinute: 6, status: 'planning' });
  t.deepEqual((await runCli(folder, 'lists', 'pause', notification)).out, ['Done.']);
  t.deepEqual((await runCli(folder, 'lists', 'pause', notification)).out, ['It was so already.']);
  await waitUntil(async () => (await campaigns())[0]?.['status'] === 'paused');
  t.deepEqual((await runCli(folder, 'lists', 'resume', notification)).out, ['Done.']);
  t.deepEqual((await runCli(folder, 'lists', 'cancel', notification)).out, ['Done.']);
  await waitUntil(async () => (await campaigns())[0]?.['cancelled'] === true);
  t.regex((await runCli(folder, 'lists', 'campaigns')).out[1] ?? '', / cancelled /);
  t.regex((await runCli(folder, 'lists', 'cancel', NOBODY)).err, /no such notification/);
});
