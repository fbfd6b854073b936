/** The feed cache on one Redis and on three nodes of a cluster. Whatever a server loses, a feed is cold, and never holed. */
import { testWith } from '../../tests/servers/availability.ts';
import type { ExecutionContext } from 'ava';
import { setTimeout as delay } from 'node:timers/promises';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { onceBack } from '../../tests/servers/once-back.ts';
import { ask, startRedisServer } from '../../tests/servers/redis.ts';
import { connectRedis, type RedisAddress } from '../redis/connect.ts';
import { oneRedisInTurn, redisClusterInTurn, type RedisForTests } from '../redis/test-fixture.ts';
import { feedCacheContract } from './contract.ts';
import { FEED_POSTS_MAX, FEED_SLACK_POSTS, FeedCacheUnavailable, type FeedCache } from './port.ts';
import { startRedisFeedCache } from './redis.ts';

const ann = '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId;
const HEALED_WITHIN_MS = 15_000;
const LISTPACKS = { 'zset-max-listpack-entries': '1024' };
const test = testWith('redis-server');

/** As long as real ones. */
const postId = (n: number): PostId => `01JZ3V8C9KQ4N7T2W5X${String(n).padStart(7, '0')}` as PostId;
const posts = (from: number, until: number): PostId[] => Array.from({ length: until - from + 1 }, (_, i) => postId(until - i));

async function start(address: RedisAddress): Promise<FeedCache> {
  const redis = await connectRedis({ ...address, name: 'test', connectTimeoutMs: 5_000, commandTimeoutMs: 3_000, onError: () => undefined });
  const cache = await startRedisFeedCache({ redis });
  return { ...cache, [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose]() };
}

const warm = async (cache: FeedCache, reader: PersonId, ids: readonly PostId[]) =>
  cache.warm(reader, await cache.beginBuild(reader), { posts: ids, floor: null });

const overTurns = (turns: () => Promise<RedisForTests>) => async (): Promise<FeedCache> => {
  await using starting = new AsyncDisposableStack();
  const redis = starting.use(await starting.use(await turns()).connect());
  const started = starting.move();
  return { ...(await startRedisFeedCache({ redis })), [Symbol.asyncDispose]: () => started.disposeAsync() };
};

feedCacheContract('one Redis', overTurns(oneRedisInTurn()), test);
feedCacheContract('three nodes of a cluster', overTurns(redisClusterInTurn()), test);

test('a full feed is a listpack, and its sentinel is no longer than that allows', async (t) => {
  await using server = await startRedisServer({ config: LISTPACKS });
  await using cache = await start(server);
  await warm(cache, ann, posts(1, FEED_POSTS_MAX + FEED_SLACK_POSTS));
  for (let n = 1; n <= FEED_SLACK_POSTS; n++) await cache.add(postId(10_000 + n), [ann]);
  const key = `feed:{0f}:${ann}`;
  const members = (await ask(server.url, ['ZRANGE', key, '0', '-1'])) as string[];
  t.is(await ask(server.url, ['OBJECT', 'ENCODING', key]), 'listpack');
  t.is(members[0]?.length, 64);
  t.true(((await ask(server.url, ['PTTL', key])) as number) > 6 * 24 * 60 * 60 * 1_000);
});

test('after a restart from disk a feed is cold, for it may lack posts, and so is one that was being built', async (t) => {
  await using server = await startRedisServer();
  await using cache = await start(server);
  const bob = '7d1b8a44-2f4e-5c0b-8f3e-94f1a3c7b002' as PersonId;
  await warm(cache, ann, posts(1, 3));
  const token = await cache.beginBuild(bob);
  await ask(server.url, ['SAVE']);
  t.deepEqual(await cache.add(postId(4), [ann, bob]), { warm: 2, newFor: [ann, bob] });
  await server.kill();
  await server.start();
  t.is(await ask(server.url, ['EXISTS', `feed:{0f}:${ann}`]), 1);
  t.is(await onceBack(() => cache.page(ann, { limit: 10 }), FeedCacheUnavailable), undefined);
  t.deepEqual(await cache.add(postId(5), [ann, bob]), { warm: 0, newFor: [] });
  t.is(await cache.pull(bob, [ann, bob]), 0);
  await cache.warm(bob, token, { posts: posts(1, 3), floor: null });
  t.is(await cache.page(bob, { limit: 10 }), undefined);
  await warm(cache, ann, posts(1, 5));
  t.deepEqual((await cache.page(ann, { limit: 10 }))?.posts, posts(1, 5));
});

test('a replica that is promoted serves no feed that it has from another server', async (t) => {
  await using server = await startRedisServer();
  await using replica = await startRedisServer();
  await using cache = await start(server);
  await ask(replica.url, ['REPLICAOF', '127.0.0.1', new URL(server.url).port]);
  await warm(cache, ann, posts(1, 3));
  const deadline = performance.now() + HEALED_WITHIN_MS;
  while ((await ask(replica.url, ['EXISTS', `feed:{0f}:${ann}`])) !== 1 && performance.now() < deadline) await delay(50);
  await ask(replica.url, ['REPLICAOF', 'NO', 'ONE']);
  await using promoted = await start(replica);
  t.is(await ask(replica.url, ['EXISTS', `feed:{0f}:${ann}`]), 1);
  t.is(await promoted.page(ann, { limit: 10 }), undefined);
});

test('a server that evicts leaves feeds that are complete or cold', async (t) => {
  await using server = await startRedisServer({ config: { ...LISTPACKS, maxmemory: '4mb', 'maxmemory-policy': 'allkeys-lru' } });
  await using cache = await start(server);
  const readers = Array.from({ length: 400 }, (_, i) => `${(i % 256).toString(16).padStart(2, '0')}-reader-${i}` as PersonId);
  for (const reader of readers) await warm(cache, reader, posts(1, 300));
  for (let n = 301; n <= 310; n++) await cache.add(postId(n), readers);
  const pages = await Promise.all(readers.map((reader) => cache.page(reader, { limit: 1_000 })));
  const warmPages = pages.filter((page) => page !== undefined);
  t.true(warmPages.length > 0 && warmPages.length < readers.length, `${warmPages.length} feeds are warm`);
  for (const page of warmPages) t.like(page, { posts: posts(1, 310), floor: null });
});

test('a flush makes every feed cold, and a feed that was being built stays so', async (t) => {
  await using server = await startRedisServer();
  await using cache = await start(server);
  await warm(cache, ann, posts(1, 3));
  const token = await cache.beginBuild(ann);
  await ask(server.url, ['FLUSHALL']);
  await ask(server.url, ['SCRIPT', 'FLUSH']);
  await cache.warm(ann, token, { posts: posts(1, 3), floor: null });
  t.is(await cache.page(ann, { limit: 10 }), undefined);
  await warm(cache, ann, posts(1, 4));
  t.deepEqual((await cache.page(ann, { limit: 10 }))?.posts, posts(1, 4));
});

const everyCall = (cache: FeedCache): readonly (() => Promise<unknown>)[] => [
  () => cache.page(ann, { limit: 10 }),
  () => cache.add(postId(1), [ann]),
  () => cache.pull(ann, [ann]),
  () => cache.timelines([ann]),
  () => cache.keepTimeline(ann, { version: '1', posts: [], floor: null }),
  () => cache.beginBuild(ann),
  () => cache.warm(ann, 'token', { posts: [], floor: null }),
  () => cache.warmToken(ann),
  () => cache.invalidate([ann]),
  () => cache.invalidateAll(),
];

async function isAway(t: ExecutionContext, cache: FeedCache): Promise<void> {
  await Promise.all(everyCall(cache).map((call) => t.throwsAsync(call(), { instanceOf: FeedCacheUnavailable })));
}

test('a server that is gone or hangs is an outage of the feed cache, and heals', async (t) => {
  await using server = await startRedisServer();
  await using cache = await start(server);
  await warm(cache, ann, posts(1, 3));
  server.hang();
  await isAway(t, cache);
  await isAway(t, cache);
  server.resume();
  await onceBack(() => cache.page(ann, { limit: 10 }), FeedCacheUnavailable);
  await server.kill();
  await isAway(t, cache);
  await server.start();
  t.is(await onceBack(() => cache.page(ann, { limit: 10 }), FeedCacheUnavailable), undefined);
});
