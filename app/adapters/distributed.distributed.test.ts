/** What a process of the distributed profile refuses to start on, and what it tells while servers are away. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { testInTurnWith } from '../../tests/servers/availability.ts';
import { startMongoServer } from '../../tests/servers/mongodb.ts';
import { startRedisServer } from '../../tests/servers/redis.ts';
import type { TestServer } from '../../tests/servers/server-process.ts';
import { startTidingsProcess, temporaryFolder, type TidingsProcess } from '../../tests/start-for-test.ts';
import { CannotStart } from '../cannot-start.ts';
import { configFrom } from '../config/config.ts';
import { createLogger } from '../logger.ts';
import { startTidings } from '../start.ts';

// In turn: the official client keeps its pending calls in one place, and a store that is gone fails all of them.
const test = testInTurnWith('redis-server', 'secantusd-py');
/** Nothing listens there. */
const NOWHERE = '127.0.0.1:1';
/** What an operator waits for `/health/ready`. */
const READY_WITHIN_MS = 5_000;

type Given = AsyncDisposable & {
  readonly mongodb: TestServer;
  readonly redis: TestServer;
  readonly settings: Readonly<Record<string, string>>;
  readonly folder: string;
};

async function givenServers(): Promise<Given> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder()).path;
  const mongodb = starting.use(await startMongoServer());
  const redis = starting.use(await startRedisServer());
  const store = starting.use(await startEventStore(join(folder, 'store')));
  const settings = {
    TIDINGS_PROFILE: 'distributed',
    TIDINGS_EVENTSTORE_URLS: urlOf(store),
    TIDINGS_MONGODB_URL: mongodb.url,
    TIDINGS_REDIS_URL: redis.url,
    TIDINGS_FEED_CACHE_REDIS_URL: redis.url,
    TIDINGS_VAULT_KEY_FILE: await keysIn(folder, 'keys'),
    TIDINGS_ADMIN_TOKEN: 'the-operator-of-a-test',
    TIDINGS_FRONT_PORT: 'off',
    ...Object.fromEntries(['WRITE', 'READ', 'GATEWAY', 'OPS'].map((of) => [`TIDINGS_${of}_PORT`, '0'])),
    TIDINGS_MONGODB_CONNECT_TIMEOUT_MS: '1000',
    TIDINGS_REDIS_CONNECT_TIMEOUT_MS: '1000',
  };
  const started = starting.move();
  return { mongodb, redis, settings, folder, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

const startEventStore = (folder: string) =>
  startTidingsProcess(folder, { TIDINGS_EVENT_STORE_PORT: '0', TIDINGS_EVENT_STORE_TLS: 'insecure', TIDINGS_EVENT_STORE_IDEMPOTENCY: 'eventstoredb' }, [
    '--role',
    'event-store',
  ]);

const urlOf = (store: TidingsProcess): string => String(store.lines.find(({ role }) => role === 'event-store')?.['url']);

async function keysIn(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `k1 ${randomBytes(32).toString('base64')}\n`);
  return file;
}

const start = (settings: Readonly<Record<string, string>>) => startTidings(configFrom(settings), { logger: createLogger('silent') });

async function refusalOf(t: ExecutionContext, settings: Readonly<Record<string, string>>): Promise<string> {
  const error = await t.throwsAsync(start(settings), { instanceOf: CannotStart });
  return error?.message ?? '';
}

test('a server that isn’t there ends the start with a sentence that names its setting', async (t) => {
  await using given = await givenServers();
  for (const [setting, url] of [
    ['TIDINGS_MONGODB_URL', `mongodb://${NOWHERE}/?directConnection=true`],
    ['TIDINGS_REDIS_URL', `redis://${NOWHERE}`],
    ['TIDINGS_FEED_CACHE_REDIS_URL', `redis://${NOWHERE}`],
    ['TIDINGS_EVENTSTORE_URLS', `esdb://${NOWHERE}?tls=false`],
  ] as const)
    t.regex(await refusalOf(t, { ...given.settings, [setting]: url }), new RegExp(`can’t be reached. See ${setting}\\.$`), setting);
});

test('a MongoDB without transactions and a Redis that evicts are refused', async (t) => {
  await using given = await givenServers();
  await using standalone = await startMongoServer({ args: ['--standalone'] });
  t.regex(await refusalOf(t, { ...given.settings, TIDINGS_MONGODB_URL: standalone.url }), /no transactions.*See TIDINGS_MONGODB_URL/);
  await using evicting = await startRedisServer({ config: { maxmemory: '8mb', 'maxmemory-policy': 'allkeys-lru' } });
  t.regex(await refusalOf(t, { ...given.settings, TIDINGS_REDIS_URL: evicting.url }), /noeviction.*See TIDINGS_REDIS_URL/);
});

test('keys of another vault, a vault of another log and views of another installation are refused', async (t) => {
  await using given = await givenServers();
  {
    await using _first = await start(given.settings);
  }
  const other = { ...given.settings, TIDINGS_VAULT_KEY_FILE: await keysIn(given.folder, 'others') };
  t.regex(await refusalOf(t, other), /See TIDINGS_VAULT_KEY_FILE\.$/);
  t.regex(await refusalOf(t, { ...given.settings, TIDINGS_VAULT_KEY_FILE: '/nowhere' }), /can’t be read. See TIDINGS_VAULT_KEY_FILE/);
  t.regex(await refusalOf(t, { ...given.settings, TIDINGS_MONGODB_DATABASE: 'other' }), /belongs to another vault/);

  await using store = await startEventStore(join(given.folder, 'second-store'));
  await using mongodb = await startMongoServer();
  const elsewhere = { ...given.settings, TIDINGS_EVENTSTORE_URLS: urlOf(store), TIDINGS_MONGODB_URL: mongodb.url };
  await using second = await start(elsewhere);
  const known = (await second.adapters.views.identity()) ?? '';
  t.is(await second.adapters.views.adopt('another installation', { replaces: known }), 'another installation');
  t.regex(await refusalOf(t, elsewhere), /views are of another installation/);
});

test('readiness names each server that hangs, metrics are answered, and both recover', async (t) => {
  await using given = await givenServers();
  await using cache = await startRedisServer();
  await using tidings = await start({ ...given.settings, TIDINGS_FEED_CACHE_REDIS_URL: cache.url, TIDINGS_MONGODB_COMMAND_TIMEOUT_MS: '1000' });
  const ops = tidings.urls.operations ?? '';
  const ready = async () => {
    const startedMs = performance.now();
    const response = await fetch(`${ops}/health/ready`);
    const { checks } = (await response.json()) as { readonly checks: readonly { readonly name: string; readonly status: string }[] };
    t.true(performance.now() - startedMs < READY_WITHIN_MS);
    return { status: response.status, wrong: checks.filter(({ status }) => status !== 'ok').map(({ name, status }) => `${name} ${status}`) };
  };
  const until = async (holds: (now: Awaited<ReturnType<typeof ready>>) => boolean) => {
    for (let tries = 0; tries < 60; tries++) {
      const now = await ready();
      if (holds(now)) return;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error(JSON.stringify(await ready()));
  };
  await until(({ status }) => status === 200);

  cache.hang();
  await until(({ status, wrong }) => status === 200 && wrong.join() === 'feed-cache degraded');
  given.redis.hang();
  await until(({ status, wrong }) => status === 503 && wrong.includes('redis failed') && wrong.includes('queues failed'));
  given.mongodb.hang();
  await until(({ status, wrong }) => status === 503 && wrong.includes('views failed') && wrong.includes('vault failed'));
  const metrics = await fetch(`${ops}/metrics`, { signal: AbortSignal.timeout(10_000) });
  t.regex(await metrics.text(), /^tidings_health\{check="views"\} 0$/m);

  for (const server of [cache, given.redis, given.mongodb]) server.resume();
  await until(({ status, wrong }) => status === 200 && wrong.length === 0);
});
