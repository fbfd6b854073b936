/** The process as an operator starts and stops it. Serial, for each test starts a whole Tidings. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { openDataFolder } from './data-folder.ts';
import { VIEWS_FILE } from '../ports/views/sqlite/schema.ts';
import { startTidingsProcess, temporaryFolder } from '../tests/start-for-test.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FREE = {
  TIDINGS_FRONT_PORT: 'off',
  TIDINGS_WRITE_PORT: '0',
  TIDINGS_READ_PORT: '0',
  TIDINGS_GATEWAY_PORT: '0',
  TIDINGS_OPS_PORT: '0',
  TIDINGS_EVENT_STORE_PORT: '0',
};

type Line = { readonly msg: string; readonly level: string; readonly [field: string]: unknown };

function runUntilExit(folder: string, settings: Readonly<Record<string, string>>, ...flags: readonly string[]) {
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
  test.serial(`exits with 1 and names the setting when the port of ${port} is taken`, async (t) => {
    await using folder = await temporaryFolder();
    const other = createServer().listen(0, '127.0.0.1');
    t.teardown(() => other.close());
    await once(other, 'listening');
    const { status, last, stderr } = runUntilExit(folder.path, { [port]: String((other.address() as AddressInfo).port) }, ...flags);
    t.is(status, 1);
    t.like(last, { level: 'error', msg: 'can’t start' });
    t.true(String(last?.['reason']).includes(port) && String(last?.['cause']).includes('EADDRINUSE'), JSON.stringify(last));
    t.false(stderr.includes('    at '), stderr);
  });
}

test.serial('exits with 1 and names the data folder when it can’t be opened', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'file');
  await writeFile(file, '');
  const { status, last, stderr } = runUntilExit(file, {});
  t.is(status, 1);
  t.like(last, { level: 'error', msg: 'can’t start' });
  t.true(String(last?.['reason']).includes(file));
  t.is(stderr, '');
});

const serialOnLinux = process.platform === 'linux' ? test.serial : test.serial.skip;

serialOnLinux('exits with 1 at once for a data folder under /proc, where none can be made', (t) => {
  const { status, last, stderr } = runUntilExit('/proc/tidings/data', {});
  t.is(status, 1);
  t.like(last, { level: 'error', msg: 'can’t start', cause: "ENOENT: no such file or directory, mkdir '/proc/tidings'" });
  t.regex(String(last?.['see']), /docs\/operating\.md/);
  t.is(stderr, '');
});

test.serial('exits with 3 when another process has the data folder open, and says so', async (t) => {
  await using folder = await temporaryFolder();
  using _other = openDataFolder(folder.path);
  const { status, last } = runUntilExit(folder.path, {});
  t.is(status, 3);
  t.like(last, { level: 'error', msg: 'can’t start' });
  t.regex(String(last?.['reason']), /Another Tidings process has .* open/);
});

test.serial('shows a person where it listens, and prints its version', async (t) => {
  await using folder = await temporaryFolder();
  const env = { ...process.env, ...FREE, TIDINGS_DATA: folder.path, TIDINGS_LOG_FORMAT: 'text' };
  const child = spawn(process.execPath, ['app/main.ts'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.pipe(process.stderr);
  t.teardown(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  let out = '';
  const ready = new Promise<void>((resolve) => child.stdout.on('data', (data: Buffer) => (out += data.toString()).includes('Next: ') && resolve()));
  await Promise.race([ready, ended]);
  child.kill('SIGTERM');
  t.deepEqual(await ended, [0, null]);
  t.regex(out, /Tidings is running on the data folder .*Outbox +http:\S+\/outbox\/ .*Write API +http:.*README\.md.*Stopping.*Stopped\.\n$/s);
  t.false(out.includes('{"level"'));
  t.regex(spawnSync(process.execPath, ['app/main.ts', '--version'], { cwd: ROOT, encoding: 'utf8' }).stdout, /^\d+\.\d+\.\d+\n$/);
});

test.serial('exits with 1 and names the file and the remedy when a file of the data folder is of another version', async (t) => {
  await using folder = await temporaryFolder();
  const views = new DatabaseSync(join(folder.path, 'views.sqlite'));
  views.exec(`CREATE TABLE one (x); PRAGMA application_id = ${VIEWS_FILE.applicationId}; PRAGMA user_version = 1`);
  views.close();
  const { status, last, stderr } = runUntilExit(folder.path, {});
  t.is(status, 1);
  t.like(last, { level: 'error', msg: 'can’t start' });
  t.true(String(last?.['cause']).includes('views.sqlite') && String(last?.['cause']).includes(VIEWS_FILE.remedy), JSON.stringify(last));
  t.false(stderr.includes('    at '), stderr);
});

test.serial('exits with 1 and a line of the log when EventStoreDB can’t be reached', async (t) => {
  await using folder = await temporaryFolder();
  const { status, last, stderr } = runUntilExit(folder.path, { TIDINGS_EVENTSTORE_URLS: 'esdb://127.0.0.1:1?tls=false' });
  t.is(status, 1);
  t.like(last, { level: 'error', msg: 'can’t start' });
  t.false(stderr.includes('    at '), stderr);
});

test.serial('refuses wrong flags with 2', (t) => {
  for (const flags of [['--nonsense'], ['--role', 'kitchen'], ['--profile', 'paper'], ['more']]) {
    t.is(spawnSync(process.execPath, ['app/main.ts', ...flags], { cwd: ROOT }).status, 2, flags.join(' '));
  }
});

test.serial('npm start passes on SIGTERM, and exits with 0 after an orderly stop', async (t) => {
  await using folder = await temporaryFolder();
  const env = { ...process.env, ...FREE, TIDINGS_DATA: folder.path };
  const npm = spawn('npm', ['start'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  npm.stderr.pipe(process.stderr);
  t.teardown(() => killGroup(npm));
  const ended = once(npm, 'exit');
  let out = '';
  const ready = new Promise<void>((resolve) => npm.stdout.on('data', (data: Buffer) => (out += data.toString()).includes('"ready"') && resolve()));
  await Promise.race([ready, ended]);
  npm.kill('SIGTERM');
  t.deepEqual(await ended, [0, null]);
  t.true(out.includes('"stopped"'), out);
});

test.serial('one press of Ctrl-C that arrives twice stops the process in order', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsProcess(folder.path);
  const ended = once(tidings.child, 'exit');
  tidings.child.kill('SIGINT');
  while (!tidings.lines.some(({ msg }) => msg === 'stopping')) await delay(1);
  tidings.child.kill('SIGINT');
  t.deepEqual(await ended, [0, null]);
});

test.serial('only the owner can read the files of the data folder, even if others may list it', async (t) => {
  await using folder = await temporaryFolder();
  await chmod(folder.path, 0o755);
  await using _tidings = await startTidingsProcess(folder.path);
  const entries = await readdir(folder.path);
  const modes = await Promise.all(entries.map(async (name) => ({ name, mode: (await stat(join(folder.path, name))).mode & 0o077 })));
  t.true(entries.includes('views.sqlite') && entries.includes('outbox'));
  t.deepEqual(
    modes.filter(({ mode }) => mode !== 0),
    [],
  );
});

test.serial('a process without projections refuses to rebuild one, and says why', async (t) => {
  await using folder = await temporaryFolder();
  await using _process = await startTidingsProcess(folder.path, {}, ['--role', 'read-api']);
  const { status, stderr } = spawnSync(process.execPath, ['cli/main.ts', '--data', folder.path, 'projections', 'rebuild', 'inbox'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  t.is(status, 1);
  t.regex(stderr, /without the role projections/);
});

/** npm, its shell and what they started, where any of them is left. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // all have ended
  }
}
