/** The process as an operator starts and stops it. One test after the other: each starts a whole Tidings. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { VIEWS_FILE } from '../ports/views/sqlite-schema.ts';
import { startTidingsProcess, temporaryFolder } from '../tests/start-for-test.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FREE = { TIDINGS_WRITE_PORT: '0', TIDINGS_READ_PORT: '0', TIDINGS_GATEWAY_PORT: '0', TIDINGS_OPS_PORT: '0', TIDINGS_EVENT_STORE_PORT: '0' };

type Line = { readonly msg: string; readonly level: string; readonly [field: string]: unknown };

function started(folder: string, settings: Readonly<Record<string, string>>, ...flags: readonly string[]) {
  const env = { ...process.env, ...FREE, TIDINGS_DATA: folder, ...settings };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['app/main.ts', ...flags], { cwd: ROOT, env, encoding: 'utf8', timeout: 60_000 });
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return { status, last: lines.at(-1), stderr };
}

for (const [port, flags] of [
  ['TIDINGS_WRITE_PORT', []],
  ['TIDINGS_GATEWAY_PORT', []],
  ['TIDINGS_EVENT_STORE_PORT', ['--role', 'event-store']],
] as const) {
  test.serial(`where the port of ${port} is taken it says so in a line that names the setting, and ends with 1`, async (t) => {
    await using folder = await temporaryFolder();
    const other = createServer().listen(0, '127.0.0.1');
    t.teardown(() => other.close());
    await once(other, 'listening');
    const { status, last, stderr } = started(folder.path, { [port]: String((other.address() as AddressInfo).port) }, ...flags);
    t.is(status, 1);
    t.like(last, { level: 'error', msg: 'can’t start' });
    t.true(String(last?.['reason']).includes(port) && String(last?.['cause']).includes('EADDRINUSE'), JSON.stringify(last));
    t.false(stderr.includes('    at '), stderr);
  });
}

test.serial('where the data folder can’t be one it says so in a line, and ends with 1', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'file');
  await writeFile(file, '');
  const { status, last, stderr } = started(file, {});
  t.is(status, 1);
  t.like(last, { level: 'error', msg: 'can’t start' });
  t.true(String(last?.['reason']).includes(file));
  t.is(stderr, '');
});

test.serial('where a file of the data folder is of another version it says in a line which and what to do, and ends with 1', async (t) => {
  await using folder = await temporaryFolder();
  const views = new DatabaseSync(join(folder.path, 'views.sqlite'));
  views.exec(`CREATE TABLE one (x); PRAGMA application_id = ${VIEWS_FILE.applicationId}; PRAGMA user_version = 1`);
  views.close();
  const { status, last, stderr } = started(folder.path, {});
  t.is(status, 1);
  t.like(last, { level: 'error', msg: 'can’t start' });
  t.true(String(last?.['cause']).includes('views.sqlite') && String(last?.['cause']).includes(VIEWS_FILE.remedy), JSON.stringify(last));
  t.false(stderr.includes('    at '), stderr);
});

test.serial('where EventStoreDB can’t be reached it says so in a line, and ends with 1', async (t) => {
  await using folder = await temporaryFolder();
  const { status, last, stderr } = started(folder.path, { TIDINGS_EVENTSTORE_URLS: 'esdb://127.0.0.1:1?tls=false' });
  t.is(status, 1);
  t.like(last, { level: 'error', msg: 'can’t start' });
  t.false(stderr.includes('    at '), stderr);
});

test.serial('what is typed wrongly is refused with 2', (t) => {
  for (const flags of [['--nonsense'], ['--role', 'kitchen'], ['--profile', 'paper'], ['more']]) {
    t.is(spawnSync(process.execPath, ['app/main.ts', ...flags], { cwd: ROOT }).status, 2, flags.join(' '));
  }
});

test.serial('npm start passes on who asks it to stop, and ends with 0 when all is in order', async (t) => {
  await using folder = await temporaryFolder();
  const npm = spawn('npm', ['start'], { cwd: ROOT, env: { ...process.env, ...FREE, TIDINGS_DATA: folder.path }, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(npm, 'exit');
  let out = '';
  const ready = new Promise<void>((resolve) => npm.stdout.on('data', (data: Buffer) => (out += data.toString()).includes('"ready"') && resolve()));
  await Promise.race([ready, ended]);
  npm.kill('SIGTERM');
  t.deepEqual(await ended, [0, null]);
  t.true(out.includes('"stopped"'), out);
});

test.serial('one press of Ctrl-C that arrives twice stops it in order', async (t) => {
  await using folder = await temporaryFolder();
  await using house = await startTidingsProcess(folder.path);
  const ended = once(house.child, 'exit');
  house.child.kill('SIGINT');
  while (!house.lines.some(({ msg }) => msg === 'stopping')) await delay(1);
  house.child.kill('SIGINT');
  t.deepEqual(await ended, [0, null]);
});

test.serial('what it keeps is for its owner alone, whoever may look into the folder', async (t) => {
  await using folder = await temporaryFolder();
  await chmod(folder.path, 0o755);
  await using _house = await startTidingsProcess(folder.path);
  const entries = await readdir(folder.path);
  const modes = await Promise.all(entries.map(async (name) => ({ name, mode: (await stat(join(folder.path, name))).mode & 0o077 })));
  t.true(entries.includes('views.sqlite') && entries.includes('outbox'));
  t.deepEqual(
    modes.filter(({ mode }) => mode !== 0),
    [],
  );
});

test.serial('a projector can’t be rebuilt by a process that builds none, which says so', async (t) => {
  await using folder = await temporaryFolder();
  await using _process = await startTidingsProcess(folder.path, {}, ['--role', 'read-api']);
  const { status, stderr } = spawnSync(process.execPath, ['cli/main.ts', '--data', folder.path, 'projections', 'rebuild', 'inbox'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  t.is(status, 1);
  t.regex(stderr, /without the role projections/);
});
