/** The examples of the docs that read events by clients of the event store, run as they are printed, on a Tidings with all its parts. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import test from 'ava';
import { runCli, signUp, waitUntil, type Person } from '../../cli/test-fixture.ts';
import { portToKeep } from '../../event-store/grpc/test-fixture.ts';
import { startTidingsProcess, temporaryFolder } from '../start-for-test.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PYTHON = join(ROOT, '.venv/bin/python3');
const hasPython = process.env['CI'] === 'true' || spawnSync(PYTHON, ['-c', 'import duckdb, esdbclient, matplotlib']).status === 0;
const ALL_SEEN_WITHIN_MS = 120_000;
const READER_PASSWORD = 'only-to-read';
const ROLES = ['write-api', 'read-api', 'gateway', 'projections', 'workers', 'event-store'].join(',');

async function startWithEventStore(folder: string) {
  const port = await portToKeep();
  const settings = { TIDINGS_EVENT_STORE_PORT: String(port), TIDINGS_EVENT_STORE_READER_PASSWORD: READER_PASSWORD, TIDINGS_ROLES: ROLES };
  const connectionString = (user: string, password: string) =>
    `esdb://${user}:${password}@localhost:${port}?tlsCaFile=${encodeURIComponent(join(folder, 'event-store-ca.pem'))}`;
  return { connectionString, start: (addresses: Readonly<Record<string, string>> = {}) => startTidingsProcess(folder, { ...settings, ...addresses }) };
}

async function talk(ann: Person, bob: Person, messages: number): Promise<string> {
  const { id: channel = '' } = await ann.give('POST', '/v1/channels', { kind: 'direct', members: [bob.id] });
  for (let n = 0; n < messages; n++) await ann.give('POST', `/v1/channels/${channel}/messages`, { text: `message ${n}` });
  return channel;
}

(hasPython ? test.serial : test.skip)('the notebook reads events as the reader, asks about them in SQL beside an export, and draws', async (t) => {
  t.timeout(240_000);
  await using folder = await temporaryFolder();
  const [data, tables] = [join(folder.path, 'data'), join(folder.path, 'tables')];
  const { connectionString, start } = await startWithEventStore(data);
  await using tidings = await start();
  const [ann, bob] = [await signUp(tidings.addresses, 'ann'), await signUp(tidings.addresses, 'bob')];
  const post = await ann.post('The cat sleeps on the piano.');
  await bob.give('PUT', `/v1/posts/${post}/like`, undefined);
  await talk(ann, bob, 3);
  t.is((await runCli(data, 'log', 'export', '--out', tables, '--format', 'parquet', '--types', 'feed.*')).code, 0);

  const { cells } = JSON.parse(readFileSync(join(ROOT, 'docs/examples/analysts.ipynb'), 'utf8')) as {
    readonly cells: readonly { readonly cell_type: string; readonly source: readonly string[] }[];
  };
  const program = cells.filter(({ cell_type }) => cell_type === 'code').map(({ source }) => source.join(''));
  const environment = {
    EVENT_STORE: connectionString('reader', READER_PASSWORD),
    EVENT_STORE_CA: join(data, 'event-store-ca.pem'),
    TABLES: tables,
    MPLBACKEND: 'agg',
    MPLCONFIGDIR: folder.path,
    PATH: process.env['PATH'],
  };
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-'], {
    input: program.join('\n\n'),
    cwd: folder.path,
    env: environment,
    encoding: 'utf8',
    timeout: 120_000,
  });
  t.is(status, 0, stderr);
  for (const row of [
    /feed\.liked\.v\d+ +│ +1 │ +1/,
    /feed\.post-published\.v\d+ +│ +1 │ +1/,
    /chat\.message-posted\.v\d+ +│ +3 │ +1/,
    new RegExp(`${ann.id} +│ +1`),
  ])
    t.regex(stdout, row);
  t.false(stdout.includes('piano'));
  t.true(statSync(join(folder.path, 'active-people.png')).size > 5_000);
});

type Line = { readonly id: string; readonly type: string; readonly stream: string; readonly revision: number };

function startWorker(eventStore: string, cantWorkOn: string) {
  const lines: Line[] = [];
  const errors: string[] = [];
  const child = spawn(process.execPath, ['docs/examples/count-events.mjs'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], EVENT_STORE: eventStore, EVENT_STORE_CANT_WORK_ON: cantWorkOn },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  createInterface({ input: child.stdout }).on('line', (text) => lines.push(JSON.parse(text) as Line));
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const ended = once(child, 'exit');
  return {
    lines,
    errors,
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
    stop: async (signal: 'SIGKILL' | 'SIGTERM') => {
      child.kill(signal);
      return (await ended)[0] as number | null;
    },
  };
}

test.serial(
  'workers share a persistent subscription: nothing is missing though one is killed and the server is, and what none can work on is parked',
  async (t) => {
    t.timeout(240_000);
    await using folder = await temporaryFolder();
    const { connectionString, start } = await startWithEventStore(folder.path);
    const asAdmin = connectionString('admin', 'changeit');
    let tidings = await start();
    const addresses = { TIDINGS_WRITE_PORT: new URL(tidings.addresses.write).port, TIDINGS_READ_PORT: new URL(tidings.addresses.read).port };
    try {
      const [ann, bob] = [await signUp(tidings.addresses, 'ann'), await signUp(tidings.addresses, 'bob')];
      const poison = await talk(ann, bob, 1);
      using one = startWorker(asAdmin, poison);
      using other = startWorker(asAdmin, poison);
      const workers = [one, other] as const;
      const seen = () => new Set(workers.flatMap(({ lines }) => lines.map(({ id }) => id)));
      let posted = 0;
      const post = async (count: number) => {
        for (let n = 0; n < count; n++) await ann.post(`post ${posted++}`);
      };
      await waitUntil(async () => {
        await post(1);
        return workers.every(({ lines }) => lines.length > 0);
      });
      await one.stop('SIGKILL');
      await post(20);
      const before = seen().size;
      await waitUntil(() => seen().size > before || seen().size === posted);
      await tidings.stop('SIGKILL');
      tidings = await start(addresses);
      await post(10);
      // What one had when it died comes again once its time is over, and clients find a server that came back in their own time.
      for (const giveUpAt = performance.now() + ALL_SEEN_WITHIN_MS; seen().size < posted; await delay(100))
        if (performance.now() > giveUpAt) throw new Error(`${seen().size} of ${posted}: ${other.errors.join('')}`);
      t.true(workers.every(({ lines }) => lines.every(({ type }) => type.startsWith('feed.post-published.'))));

      const client = EventStoreDBClient.connectionString(asAdmin);
      const parked = await Array.fromAsync(client.readStream('$persistentsubscription-$all::counters-parked', { resolveLinkTos: true }));
      t.is(new Set(parked.map(({ event }) => event?.id)).size, 1, 'once, or again after the server was killed');
      t.is(await other.stop('SIGTERM'), 0, other.errors.join());
      // Once it can be worked on, an operator has it come again.
      using able = startWorker(asAdmin, 'none');
      await client.replayParkedMessagesToAll('counters');
      await waitUntil(() => able.lines.some(({ type }) => type.startsWith('chat.message-posted.')));
      t.is(await able.stop('SIGTERM'), 0);
      await client.dispose();
    } finally {
      await tidings.stop('SIGKILL');
    }
  },
);
