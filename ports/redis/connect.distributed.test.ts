/** A connection against a real Redis and three nodes of a cluster: what it does while the server is gone, hangs, forgets, and is back. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { testWith } from '../../tests/servers/availability.ts';
import { makeCertificates } from '../../event-store/grpc/certificates.ts';
import { freePort } from '../../tests/servers/free-port.ts';
import { ask, startRedisCluster, startRedisServer } from '../../tests/servers/redis.ts';
import { assertNoEviction, replicationIds } from './checks.ts';
import { connectRedis, type RedisAddress, type RedisConnection } from './connect.ts';
import { RedisUnavailable } from './errors.ts';
import { hashSlot } from './hash-slot.ts';
import { redisScript } from './script.ts';

const COMMAND_TIMEOUT_MS = 1_500;
/** Without waiting for an answer, on a busy machine. */
const AT_ONCE_MS = 1_000;
/** Until a hanging server is noticed by pings, and more. */
const HANG_MS = 5_000;
const SLACK_MS = 2_000;
const HEALED_WITHIN_MS = 15_000;
const test = testWith('redis-server');

const connect = (address: RedisAddress): Promise<RedisConnection> =>
  connectRedis({ ...address, name: 'test', connectTimeoutMs: 3_000, commandTimeoutMs: COMMAND_TIMEOUT_MS, onError: () => undefined });

async function eventually(check: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + HEALED_WITHIN_MS;
  while (!(await check().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`Not so within ${HEALED_WITHIN_MS} ms.`);
    await delay(20);
  }
}

async function failsWithin(t: ExecutionContext, timeMs: number, work: Promise<unknown>): Promise<void> {
  const from = performance.now();
  await t.throwsAsync(work, { instanceOf: RedisUnavailable });
  const tookMs = performance.now() - from;
  t.true(tookMs < timeMs, `it took ${tookMs} ms`);
}

const answers = (redis: RedisConnection) => () => redis.command('a', ['PING']).then((answer) => answer === 'PONG');

test('commands fail at once while a server is gone, and work again once it is back', async (t) => {
  await using server = await startRedisServer();
  await using redis = await connect(server);
  t.is(await redis.command('a', ['SET', 'a', '1']), 'OK');
  await server.kill();
  await failsWithin(t, COMMAND_TIMEOUT_MS + SLACK_MS, redis.command('a', ['GET', 'a']));
  for (let n = 0; n < 5; n++) await failsWithin(t, AT_ONCE_MS, redis.command('a', ['SET', 'late', '1']));
  await server.start();
  await eventually(answers(redis));
  t.is(await redis.command('late', ['GET', 'late']), null, 'nothing was kept for later');
});

test('commands to a server that hangs fail in their time, then at once, and it heals when it answers again', async (t) => {
  await using server = await startRedisServer();
  await using redis = await connect(server);
  server.hang();
  await failsWithin(t, COMMAND_TIMEOUT_MS + SLACK_MS, redis.command('a', ['SET', 'a', '1']));
  await failsWithin(t, AT_ONCE_MS, redis.command('a', ['SET', 'b', '1']));
  server.resume();
  await eventually(answers(redis));
  t.is(await redis.command('b', ['GET', 'b']), null);
});

test('a hanging server is noticed by a connection that nobody uses', async (t) => {
  await using server = await startRedisServer();
  await using redis = await connect(server);
  server.hang();
  await delay(HANG_MS);
  await failsWithin(t, AT_ONCE_MS, redis.command('a', ['GET', 'a']));
  server.resume();
});

test('connecting fails in its time where nothing listens and where nothing answers', async (t) => {
  await using server = await startRedisServer();
  server.hang();
  await failsWithin(t, 3_000 + SLACK_MS, connect(server));
  server.resume();
  await server.kill();
  await failsWithin(t, 3_000 + SLACK_MS, connect(server));
});

test('a script is known by its digest, and again after a flush and a restart', async (t) => {
  await using server = await startRedisServer();
  await using redis = await connect(server);
  const script = redisScript(`return redis.call('INCRBY', KEYS[1], ARGV[1])`);
  t.is(await redis.run(script, ['n'], ['2']), 2);
  t.is(await redis.run(script, ['n'], ['3']), 5);
  await ask(server.url, ['SCRIPT', 'FLUSH']);
  t.is(await redis.run(script, ['n'], ['1']), 6);
  await server.kill();
  await server.start();
  await eventually(answers(redis));
  t.is(await redis.run(script, ['n'], ['1']), 1);
  const refused = await t.throwsAsync(redis.run(redisScript(`return redis.call('NOPE')`), ['n'], []));
  t.false(refused instanceof RedisUnavailable, 'a bug is no outage');
});

test('credentials come from the URL', async (t) => {
  await using server = await startRedisServer();
  await ask(server.url, ['ACL', 'SETUSER', 'tidings', 'on', '>p@ss', '~*', '+@all']);
  await using redis = await connect({ url: server.url.replace('redis://', 'redis://tidings:p%40ss@') });
  t.is(await redis.command('a', ['ACL', 'WHOAMI']), 'tidings');
  await t.throwsAsync(connect({ url: server.url.replace('redis://', 'redis://tidings:wrong@') }), { instanceOf: RedisUnavailable });
});

test('a server is reached over TLS, by subscribers too, where its authority is known and nowhere else', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-redis-tls-'));
  const { authority, certificate, key } = makeCertificates(['localhost'], Date.now());
  const files = { ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  await Promise.all([writeFile(files.ca, authority), writeFile(files.cert, certificate), writeFile(files.key, key)]);
  const port = String(await freePort());
  const config = { 'tls-port': port, 'tls-ca-cert-file': files.ca, 'tls-cert-file': files.cert, 'tls-key-file': files.key, 'tls-auth-clients': 'no' };
  await using _ = await startRedisServer({ config });
  const url = `rediss://localhost:${port}`;
  const options = { url, name: 'test', connectTimeoutMs: 3_000, commandTimeoutMs: COMMAND_TIMEOUT_MS, onError: () => undefined };
  await using redis = await connectRedis({ ...options, tls: { ca: authority } });
  t.is(await redis.command('a', ['PING']), 'PONG');
  let subscribed = 0;
  await using __ = redis.subscribe(() => 'channel', { onMessage: () => undefined, onSubscribed: () => void subscribed++ });
  await eventually(async () => subscribed === 1);
  await t.throwsAsync(connectRedis(options), { instanceOf: RedisUnavailable });
  await rm(folder, { recursive: true });
});

test('a server that evicts is refused, and a history of data has a name', async (t) => {
  await using server = await startRedisServer();
  await using redis = await connect(server);
  await assertNoEviction(redis);
  const [before] = await replicationIds(redis);
  t.regex(before ?? '', /^[0-9a-f]{40}$/);
  await ask(server.url, ['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru']);
  await t.throwsAsync(assertNoEviction(redis), { message: /noeviction/ });
  await server.kill();
  await server.start();
  await eventually(answers(redis));
  t.not((await replicationIds(redis))[0], before);
});

test('a cluster is one connection: keys find their nodes, and a node that is gone takes only its own along', async (t) => {
  await using cluster = await startRedisCluster();
  const [first, ...others] = cluster.urls as [string, ...string[]];
  await using redis = await connect({ urls: [first, ...others] });
  t.true(redis.isCluster);
  const keys = Array.from({ length: 60 }, (_, i) => `key-${i}`);
  for (const key of keys) {
    t.is(hashSlot(key), Number(await ask(first, ['CLUSTER', 'KEYSLOT', key])));
    t.is(await redis.command(key, ['SET', key, key]), 'OK');
  }
  t.is(hashSlot('feed:{0f}:0f6f'), Number(await ask(first, ['CLUSTER', 'KEYSLOT', '0f'])));
  t.is((await replicationIds(redis)).length, 3);
  await cluster.nodes[0]?.kill();
  const isThere = async () =>
    await Promise.all(
      keys.map((key) =>
        redis.command(key, ['EXISTS', key]).then(
          () => true,
          () => false,
        ),
      ),
    );
  const during = await isThere();
  t.true(during.includes(true) && during.includes(false));
  await failsWithin(t, COMMAND_TIMEOUT_MS + SLACK_MS, redis.everywhere(['PING']));
  await cluster.nodes[0]?.start();
  await eventually(async () => (await isThere()).every(Boolean));
});

for (const kind of ['one server', 'a cluster'] as const)
  test(`${kind}: a subscriber gets messages in order, and is told when some may be lost`, async (t) => {
    await using cluster = kind === 'a cluster' ? await startRedisCluster() : undefined;
    await using single = await startRedisServer();
    const server = cluster?.nodes.find((_, i) => i === Math.floor((hashSlot('channel') * 3) / 16_384)) ?? single;
    const urls = cluster?.urls as [string, ...string[]] | undefined;
    await using redis = await connect(urls === undefined ? single : { urls });
    const messages: string[] = [];
    let subscribed = 0;
    await using _ = redis.subscribe(() => 'channel', { onMessage: (message) => void messages.push(message), onSubscribed: () => void subscribed++ });
    await eventually(async () => subscribed === 1);
    const sent = Array.from({ length: 500 }, (_, i) => String(i));
    await Promise.all(sent.map((message) => redis.command('channel', ['SPUBLISH', 'channel', message])));
    await eventually(async () => messages.length === sent.length);
    t.deepEqual(messages, sent);

    await server.kill();
    await server.start();
    await eventually(async () => subscribed === 2);
    server.hang();
    await delay(HANG_MS);
    server.resume();
    await eventually(async () => subscribed === 3);
    messages.length = 0;
    await eventually(async () => (await redis.command('channel', ['SPUBLISH', 'channel', 'again'])) === 1);
    await eventually(async () => messages.length === 1);
  });
