/** One damaged record of the log, and no views: it is told everywhere, nobody is answered with too little, and there is a way on. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { runCli, signUp } from '../../cli/test-fixture.ts';
import { startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { TEST_TIMEOUT_MS, waitUntil } from './system-under-test.ts';

/** The log packs an id's characters as base64 does; the last two aren't a whole group. */
const asPacked = (id: string): Buffer => Buffer.from(id.slice(0, -2), 'base64url');

async function flipBitIn(folder: string, searched: Buffer): Promise<void> {
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    for (let at = bytes.indexOf(searched); at >= 0; at = bytes.indexOf(searched, at + 1)) bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    await writeFile(join(folder, name), bytes);
  }
}

test('a damaged event holds up the projections visibly until it is set aside', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  let [lost, kept] = ['', ''];
  {
    await using tidings = await startTidingsForTest(folder.path);
    const ann = await signUp(tidings.addresses);
    lost = await ann.post('lost');
    kept = await ann.post('kept');
  }
  await flipBitIn(join(folder.path, 'events'), asPacked(lost));
  for (const end of ['', '-wal', '-shm']) await rm(join(folder.path, `views.sqlite${end}`), { force: true });

  await using tidings = await startTidingsForTest(folder.path);
  const { read, write, ops } = tidings.addresses;
  const login = await fetch(`${write}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ loginName: 'ann', password: 'correct horse battery' }),
  });
  const { token } = (await login.json()) as { readonly token: string };
  const query = async (path: string) => {
    const response = await fetch(read + path, { headers: { authorization: `Bearer ${token}` } });
    return [response.status, ((await response.json()) as { readonly code?: string }).code];
  };
  t.deepEqual(await query(`/v1/posts/${kept}`), [503, 'views-not-ready']);
  t.deepEqual(await query('/v1/me/feed'), [503, 'views-not-ready']);
  const metrics = async () => (await fetch(`${ops}/metrics`)).text();
  t.regex(await metrics(), /^tidings_projection_retrying\{projection="posts",[^}]*\} 1$/m);
  t.regex(await metrics(), /^tidings_projection_failing_seconds\{projection="posts",[^}]*\} [0-9.]*[1-9]/m);

  const status = (await tidings.projections.status()).find(({ name }) => name === 'posts');
  const [, position = ''] = /position (\d+)/.exec(status?.error ?? '') ?? [];
  const done = await runCli(folder.path, 'log', 'set-aside', position, '--reason', 'a bit flipped on the disk');
  t.is(done.code, 0, done.err);
  await waitUntil('the views are built', async () => (await query(`/v1/posts/${kept}`))[0] === 200);
  t.is((await query(`/v1/posts/${lost}`))[0], 404);
  t.notRegex(await metrics(), /^tidings_projection_retrying\{projection="posts",[^}]*\} 1$/m);
});
