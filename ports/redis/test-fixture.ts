import test from 'ava';
import { ask, startRedisCluster, startRedisServer } from '../../tests/servers/redis.ts';
import { connectRedis, type RedisConnection, type RedisOptions } from './connect.ts';

export const TEST_TIMEOUTS = { connectTimeoutMs: 10_000, commandTimeoutMs: 5_000 };

type ClientChanges = Partial<Pick<RedisOptions, 'name' | 'connectTimeoutMs' | 'commandTimeoutMs' | 'onError'>>;

export type RedisForTests = AsyncDisposable & {
  readonly urls: readonly [string, ...string[]];
  connect(options?: ClientChanges): Promise<RedisConnection>;
  /** All of its servers accept and don't answer. */
  hang(): void;
  resume(): void;
};

/** One Redis for the tests of a file, which take it in turn, each time empty: as many servers as tests would be too many. */
export const oneRedisInTurn = (): (() => Promise<RedisForTests>) =>
  inTurn(async (): Promise<Started> => {
    const server = await startRedisServer({ config: { 'zset-max-listpack-entries': '1024' } });
    return {
      urls: [server.url],
      hang: () => server.hang(),
      resume: () => server.resume(),
      connect: (options) => connectRedis({ ...defaults, ...options, url: server.url }),
      dispose: async () => await server[Symbol.asyncDispose](),
    };
  });

/** The same of three nodes of a cluster. */
export const redisClusterInTurn = (): (() => Promise<RedisForTests>) =>
  inTurn(async (): Promise<Started> => {
    const cluster = await startRedisCluster();
    const urls = cluster.urls as [string, ...string[]];
    return {
      urls,
      hang: () => cluster.nodes.forEach((node) => node.hang()),
      resume: () => cluster.nodes.forEach((node) => node.resume()),
      connect: (options) => connectRedis({ ...defaults, ...options, urls }),
      dispose: async () => await cluster[Symbol.asyncDispose](),
    };
  });

const defaults = { name: 'test', ...TEST_TIMEOUTS, onError: () => undefined };

type Started = Omit<RedisForTests, typeof Symbol.asyncDispose> & { readonly dispose: () => Promise<void> };

function inTurn(start: () => Promise<Started>): () => Promise<RedisForTests> {
  let started: Promise<Started> | undefined;
  let turn: Promise<void> = Promise.resolve();
  test.after.always(async () => (await started)?.dispose());
  return async () => {
    const before = turn;
    const { promise: mine, resolve: done } = Promise.withResolvers<void>();
    turn = mine;
    await before;
    const server = await (started ??= start());
    for (const url of server.urls) await ask(url, ['FLUSHALL']);
    return { ...server, [Symbol.asyncDispose]: async () => done() };
  };
}
