/** For the suites of adapters on Redis: one server and one cluster a file, which its tests share, each under a prefix of its own. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { connectRedis, type RedisConnection } from '../../ports/redis/connect.ts';
import { startRedisCluster, startRedisServer } from './redis.ts';

export const COMMAND_TIMEOUT_MS = 1_500;
export const REDIS_KINDS = ['one Redis', 'three nodes of a cluster'] as const;
export type RedisKind = (typeof REDIS_KINDS)[number];

/** `connect`: to the file's server or cluster, which is started when a test first asks for it. */
export function redisSuite(): { readonly connect: (kind: RedisKind) => Promise<{ readonly redis: RedisConnection; readonly prefix: string }> } {
  const stack = new AsyncDisposableStack();
  const connections = new Map<RedisKind, Promise<RedisConnection>>();
  test.after.always(() => stack.disposeAsync());

  const open = async (kind: RedisKind): Promise<RedisConnection> => {
    if (kind === 'one Redis') return stack.use(await connectTo([stack.use(await startRedisServer()).url]));
    return stack.use(await connectTo(stack.use(await startRedisCluster()).urls));
  };
  return {
    connect: async (kind) => {
      const connection = connections.get(kind) ?? open(kind);
      connections.set(kind, connection);
      return { redis: await connection, prefix: `${randomUUID()}:` };
    },
  };
}

export const connectTo = (urls: readonly string[]): Promise<RedisConnection> => {
  const [url = '', ...others] = urls;
  const address = others.length === 0 ? { url } : { urls: [url, ...others] as const };
  return connectRedis({ ...address, name: 'test', connectTimeoutMs: 3_000, commandTimeoutMs: COMMAND_TIMEOUT_MS, onError: () => undefined });
};
