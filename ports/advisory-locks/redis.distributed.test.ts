/** Locks on a real Redis and on three nodes of a cluster: the contract, and what they do in outages. */
import { testWith } from '../../tests/servers/availability.ts';
import { onceBack } from '../../tests/servers/once-back.ts';
import { ask, startRedisServer } from '../../tests/servers/redis.ts';
import { connectTo, redisSuite, REDIS_KINDS } from '../../tests/servers/redis-suite.ts';
import { advisoryLocksContract } from './contract.ts';
import { AdvisoryLocksUnavailable, LOCK_HELD_MAX_MS } from './port.ts';
import { startRedisAdvisoryLocks } from './redis.ts';

const test = testWith('redis-server');
const { connect } = redisSuite();

for (const kind of REDIS_KINDS) {
  const start = async () => {
    const { redis, prefix } = await connect(kind);
    return startRedisAdvisoryLocks(redis, { prefix });
  };
  advisoryLocksContract(kind, start, test);
}

test('while Redis is gone or hangs, asking for a lock fails as an outage, and releasing one throws nothing', async (t) => {
  await using server = await startRedisServer();
  await using redis = await connectTo([server.url]);
  const locks = await startRedisAdvisoryLocks(redis);
  const acquire = () => locks.acquire('stream', { waitMs: 30_000 });
  const held = await acquire();
  server.hang();
  await t.throwsAsync(acquire(), { instanceOf: AdvisoryLocksUnavailable });
  t.notThrows(() => held?.[Symbol.dispose]());
  await server.kill();
  await t.throwsAsync(acquire(), { instanceOf: AdvisoryLocksUnavailable });
  await server.start();
  using again = await onceBack(acquire, AdvisoryLocksUnavailable);
  t.truthy(again);
});

test('one that waits and goes on to hold nothing is passed over, and its key ends', async (t) => {
  await using server = await startRedisServer();
  await using redis = await connectTo([server.url]);
  await using gone = await connectTo([server.url]);
  const locks = await startRedisAdvisoryLocks(redis);
  using _held = await locks.acquire('stream', { waitMs: 0 });
  const waiting = (await startRedisAdvisoryLocks(gone)).acquire('stream', { waitMs: 30_000 }).catch(() => undefined);
  const patient = locks.acquire('stream', { waitMs: 30_000 });
  await gone[Symbol.asyncDispose]();
  t.true((await patient)?.hadToWait === true);
  await waiting;
  const [key = ''] = (await ask(server.url, ['KEYS', '*'])) as readonly string[];
  t.false(key.includes('stream'));
  const leftMs = Number(await ask(server.url, ['PTTL', key]));
  t.true(leftMs > 0 && leftMs <= 2 * LOCK_HELD_MAX_MS);
});
