/** The worker of `docs/examples/posts-table.mjs`, as printed there: killed and started while posts are written, edited and deleted. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { callApi } from '../client/call-api.ts';
import { expectStatus } from '../client/expectations.ts';
import { testWith } from '../servers/availability.ts';
import { startPostgresql } from '../servers/postgresql.ts';
import { ADMIN_TOKEN, startTidingsProcess, temporaryFolder } from '../start-for-test.ts';
import { bundleClient } from './build-client.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const POSTS = 60;
const IN_STEP_WITHIN_MS = 120_000;

testWith('postgres')('a worker outside keeps a table in step, however often it and the server are killed', async (t) => {
  t.timeout(300_000);
  await using all = new AsyncDisposableStack();
  const database = all.use(await startPostgresql());
  const folder = all.use(await temporaryFolder()).path;
  let tidings = await startTidingsProcess(join(folder, 'data'));
  all.defer(async () => void (await tidings.stop('SIGTERM')));
  const { read, write } = tidings.addresses;
  const ports = { TIDINGS_WRITE_PORT: new URL(write).port, TIDINGS_READ_PORT: new URL(read).port };

  /** Under one key until it is answered, also while the server is away. */
  const call = async (method: 'POST' | 'PATCH' | 'DELETE', path: string, body: object | undefined, bearer: string) => {
    const key = v7();
    const headers = { authorization: `Bearer ${bearer}` };
    for (const giveUpAt = performance.now() + IN_STEP_WITHIN_MS; ;) {
      try {
        const answer = await callApi(async () => write, path, { method, key, headers, ...(body !== undefined && { body }) });
        if (answer.status < 500) return expectStatus([200, 201], answer).body;
      } catch (error) {
        if (performance.now() > giveUpAt) throw error;
      }
      await delay(100);
    }
  };

  const app = await call('POST', '/v1/apps', { name: 'Tables' }, ADMIN_TOKEN);
  const key = await call('POST', `/v1/apps/${String(app['id'])}/keys`, { name: 'Worker', scopes: ['projections:posts', 'personal-fields'] }, ADMIN_TOKEN);
  const login = { loginName: 'ada', password: 'a stable full of staples' };
  expectStatus([201], await callApi(async () => write, '/v1/people', { method: 'POST', key: v7(), body: { ...login, name: 'Ada' } }));
  const session = expectStatus([201], await callApi(async () => write, '/v1/sessions', { method: 'POST', key: v7(), body: login }));
  const token = String(session.body['token']);

  const example = join(folder, 'worker');
  await mkdir(join(example, 'node_modules'), { recursive: true });
  await cp(join(ROOT, 'docs/examples/posts-table.mjs'), join(example, 'posts-table.mjs'));
  await symlink(join(ROOT, 'node_modules/pg'), join(example, 'node_modules/pg'));
  await bundleClient(join(example, 'node_modules/tidings-client'));
  await writeFile(join(example, 'node_modules/tidings-client/package.json'), JSON.stringify({ type: 'module', exports: { './app': './app.js' } }));
  const environment = { ...database.environment, TIDINGS_READ: read, TIDINGS_WRITE: write, TIDINGS_APP: String(app['id']), TIDINGS_KEY: String(key['secret']) };
  const errors: string[] = [];
  const startWorker = (): ChildProcess => {
    const worker = spawn(process.execPath, ['posts-table.mjs'], {
      cwd: example,
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    worker.stderr?.on('data', (chunk: Buffer) => void errors.push(String(chunk)));
    return worker;
  };
  const workers = [startWorker()];
  all.defer(async () => {
    for (const worker of workers) if (worker.exitCode === null && worker.signalCode === null) worker.kill('SIGKILL');
  });
  let kills = 0;
  const killWorker = async () => {
    const worker = workers.at(-1);
    if (worker === undefined || worker.exitCode !== null) return t.fail(`the worker ended by itself: ${errors.join('')}`);
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    kills += 1;
    workers.push(startWorker());
  };

  const expected = new Map<string, string | null>();
  for (let n = 0; n < POSTS; n += 1) {
    const { id } = await call('POST', '/v1/me/feed', { text: `Post ${n}` }, token);
    expected.set(String(id), `Post ${n}`);
    if (n % 5 === 1) {
      await call('PATCH', `/v1/posts/${String(id)}`, { text: `Post ${n}, edited` }, token);
      expected.set(String(id), `Post ${n}, edited`);
    }
    if (n % 7 === 3) {
      await call('DELETE', `/v1/posts/${String(id)}`, undefined, token);
      expected.set(String(id), null);
    }
    if (n % 12 === 6) await killWorker();
    if (n === POSTS / 2) {
      await tidings.stop('SIGKILL');
      tidings = await startTidingsProcess(join(folder, 'data'), ports);
    }
  }
  const wanted = [...expected].filter(([, text]) => text !== null).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const stored = async () =>
    (await database.query('SELECT id, text FROM posts WHERE text IS NOT NULL ORDER BY id').catch(() => [])).map(({ id, text }) => [id, text]);
  for (const giveUpAt = performance.now() + IN_STEP_WITHIN_MS; JSON.stringify(await stored()) !== JSON.stringify(wanted);) {
    if (performance.now() > giveUpAt) break;
    await delay(200);
  }
  t.deepEqual(await stored(), wanted, errors.join(''));
  t.is(kills, 5, 'it was killed as often as it was to be');
  workers.at(-1)?.kill('SIGTERM');
  t.deepEqual(await once(workers.at(-1) as ChildProcess, 'exit'), [0, null], 'and ends when it is asked to');
});
