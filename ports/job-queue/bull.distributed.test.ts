/** The contract of the job queue, on a real Redis. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { testWith } from '../../tests/servers/availability.ts';
import { startRedisServer } from '../../tests/servers/redis.ts';
import type { TestServer } from '../../tests/servers/server-process.ts';
import { startBullJobQueue } from './bull.ts';
import { jobQueueContract } from './contract.ts';

let server: Promise<TestServer> | undefined;
const redisUrl = async (): Promise<string> => process.env['TIDINGS_TEST_REDIS_URL'] ?? (await (server ??= startRedisServer())).url;
test.after.always(async () => await (await server)?.[Symbol.asyncDispose]());

jobQueueContract(
  'bull',
  async (options) =>
    await startBullJobQueue({
      url: await redisUrl(),
      prefix: `test-${randomUUID()}`,
      name: 'test',
      connectTimeoutMs: 5_000,
      commandTimeoutMs: 5_000,
      onError: () => undefined,
      ...options,
    }),
  testWith('redis-server'),
);
