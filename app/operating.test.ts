/** Compares docs/operating.md with the code: settings, rate limits, metrics, operational events and commands. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { v7 } from 'uuid';
import { startTidingsForTest, temporaryFolder } from '../tests/start-for-test.ts';
import { configFrom } from './config/config.ts';
import { RATE_LIMITS, settingsSchema } from './config/settings.ts';
import { createLogger } from './logger.ts';
import { PROJECTIONS_MESSAGES, WORKERS_MESSAGES } from './telemetry/log-messages.ts';
import { SECURITY_MESSAGES } from './telemetry/security-log.ts';
import { startTidings } from './start.ts';

const ROOT = resolve(import.meta.dirname, '..');
const page = await readFile(join(ROOT, 'docs', 'operating.md'), 'utf8');

/** The cells of every table row whose first cell is code. */
const rowsIn = (text: string) =>
  Array.from(text.matchAll(/^\| `([^`]+)`(.*)\|$/gm), ([, name = '', rest = '']) => ({
    name,
    cells: rest
      .split('|')
      .map((cell) => cell.trim())
      .slice(1),
  }));
const rows = rowsIn(page);

test('names every setting with its default, and no other', (t) => {
  const written = rows.filter(({ name }) => name.startsWith('TIDINGS_')).map(({ name, cells }) => [name, cells[0]]);
  const known = Object.entries(settingsSchema.shape).map(([name, setting]) => {
    const initial: unknown = setting.safeParse(undefined).data;
    return [name, typeof initial === 'string' || typeof initial === 'number' ? `\`${initial}\`` : '–'];
  });
  t.deepEqual(written, known);
});

test('names every rate limit with its default, and no other', (t) => {
  const section = page.slice(page.indexOf('### Rate limits'), page.indexOf('## Roles and listeners'));
  const written = rowsIn(section).map(({ name, cells }) => [name, cells[0]]);
  t.deepEqual(
    written,
    RATE_LIMITS.map(({ name, points, windowSeconds }) => [name, `\`${points}/${windowSeconds}\``]),
  );
});

test('names every operational event with its log message, and no other', (t) => {
  const section = page.slice(page.indexOf('### Operational events'), page.indexOf('## The command line'));
  const messages = Object.entries({ ...PROJECTIONS_MESSAGES, ...WORKERS_MESSAGES });
  t.deepEqual(
    rowsIn(section).map(({ name, cells }) => [name, cells[0]]),
    messages.map(([event, { message }]) => [event, message]),
  );
});

test('names every event of the security log with its message, and no other', (t) => {
  const section = page.slice(page.indexOf('### Security log'), page.indexOf('## Metrics'));
  t.deepEqual(
    rowsIn(section).map(({ name, cells }) => [name, cells[0]]),
    Object.entries(SECURITY_MESSAGES).map(([event, { message }]) => [event, message]),
  );
});

test('names every metric, and no other', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-operating-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const ports = Object.fromEntries(['WRITE', 'READ', 'GATEWAY', 'OPS'].map((of) => [`TIDINGS_${of}_PORT`, '0']));
  await using tidings = await startTidings(configFrom({ ...ports, TIDINGS_FRONT_PORT: 'off', TIDINGS_DATA: folder }), { logger: createLogger('silent') });
  const metrics = await (await fetch(`${tidings.urls.operations}/metrics`)).text();
  const known = new Set(Array.from(metrics.matchAll(/^# TYPE (tidings_\w+) /gm), ([, name = '']) => name));
  const written = new Set(rows.map(({ name }) => name).filter((name) => name.startsWith('tidings_')));
  t.deepEqual({ missing: [...known.difference(written)], wrong: [...written.difference(known)] }, { missing: [], wrong: [] });
  t.true(known.size > 0);
});

test('counts commands by category and outcome, and refusals by code on both APIs and the gateway', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  const { write, read, ops } = tidings.addresses;
  const login = { loginName: 'ann', password: 'correct horse battery' };
  const ann = { ...login, name: 'Ann' };
  const post = (path: string, body: unknown) =>
    fetch(write + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  await post('/v1/people', ann);
  const { token, gateway } = (await (await post('/v1/sessions', login)).json()) as { readonly token: string; readonly gateway: string };
  await post('/v1/people', ann);
  await fetch(`${read}/v1/me`);
  const socket = new WebSocket(gateway);
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const send = (frame: object) => socket.send(JSON.stringify(frame));
  const refused = new Promise<void>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const { type } = JSON.parse(String(data)) as { readonly type: string };
      if (type === 'welcome') send({ type: 'send', channel: randomUUID(), id: v7(), text: 'Is anybody there?' });
      if (type === 'refused') resolve();
    });
  });
  send({ type: 'hello', token, device: 'laptop', cursors: {} });
  await refused;
  const metrics = await (await fetch(`${ops}/metrics`)).text();
  for (const line of [
    /^tidings_commands_total{category="user",outcome="appended"} 1$/m,
    /^tidings_port_calls_total{port="log",operation="append"} [1-9]/m,
    /^tidings_port_items_total{port="codec",operation="encode"} [1-9]/m,
    /^tidings_refusals_total{api="write-api",code="login-taken"} 1$/m,
    /^tidings_refusals_total{api="read-api",code="token-missing"} 1$/m,
    /^tidings_refusals_total{api="gateway",code="[a-z-]+"} 1$/m,
    /^tidings_gateway_connections 1$/m,
    /^tidings_gateway_commands_refused_total 1$/m,
  ])
    t.regex(metrics, line);
  socket.close();
});

test('names every command of the command line, and no other', (t) => {
  const helpOf = (...args: readonly string[]) => spawnSync(process.execPath, ['cli/main.ts', ...args, '--help'], { cwd: ROOT, encoding: 'utf8' }).stdout;
  const commandsIn = (help: string) =>
    Array.from(help.slice(help.indexOf('\nCommands:')).matchAll(/^ {2}([a-z][a-z-]+)/gm), ([, name = '']) => name).filter((name) => name !== 'help');
  const known = commandsIn(helpOf()).flatMap((name) => {
    const commands = commandsIn(helpOf(name));
    return commands.length === 0 ? [name] : commands.map((command) => `${name} ${command}`);
  });
  const [section = ''] = page.slice(page.indexOf('## The command line'), page.indexOf('## The data folder')).split('\n### ');
  t.deepEqual(
    rowsIn(section).map(({ name }) => name),
    known,
  );
});
