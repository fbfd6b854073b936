/** Rate limits on a real Redis and on three nodes of a cluster: the contract, and what they do in outages. */
import type { ExecutionContext } from 'ava';
import { testWith } from '../../tests/servers/availability.ts';
import { onceBack } from '../../tests/servers/once-back.ts';
import { ask, startRedisServer } from '../../tests/servers/redis.ts';
import { COMMAND_TIMEOUT_MS, connectTo, redisSuite, REDIS_KINDS } from '../../tests/servers/redis-suite.ts';
import { rateLimitContract } from './contract.ts';
import { RateLimitUnavailable, type FailureLimit, type RateLimit } from './port.ts';
import { startRedisRateLimit } from './redis.ts';

const test = testWith('redis-server');
const { connect } = redisSuite();
/** How much later than its time-out a call may end on a machine that is busy with other things. */
const OVERRUN_MAX_MS = 3_000;

for (const kind of REDIS_KINDS) {
  const start = async () => {
    const { redis, prefix } = await connect(kind);
    return startRedisRateLimit(redis, { prefix });
  };
  rateLimitContract(kind, start, test);
}

const limit: FailureLimit = { name: 'posts', points: 3, windowSeconds: 60, delaySecondsMax: 60 };

const callsOf = (rateLimit: RateLimit): readonly (() => Promise<unknown>)[] => [
  () => rateLimit.take(limit, 'ann'),
  () => rateLimit.takeOnce(limit, 'ann', 'first'),
  () => rateLimit.refund(limit, 'ann'),
  () => rateLimit.refundOnce(limit, 'ann', 'first'),
  () => rateLimit.attempt(limit, 'ann'),
  () => rateLimit.forgetFailures(limit, 'ann'),
  () => rateLimit.takeBackAttempt(limit, 'ann'),
  () => rateLimit.takeToken('acme', { perSecond: 1, burst: 1 }),
];

async function eachFails(t: ExecutionContext, rateLimit: RateLimit): Promise<void> {
  for (const call of callsOf(rateLimit)) {
    const fromMs = performance.now();
    await t.throwsAsync(call(), { instanceOf: RateLimitUnavailable });
    t.true(performance.now() - fromMs < COMMAND_TIMEOUT_MS + OVERRUN_MAX_MS);
  }
}

test('while Redis is gone or hangs, every call fails as an outage within the time of a command; afterwards all is served', async (t) => {
  await using server = await startRedisServer();
  await using redis = await connectTo([server.url]);
  const rateLimit = await startRedisRateLimit(redis);
  server.hang();
  await eachFails(t, rateLimit);
  server.resume();
  await onceBack(() => rateLimit.take({ ...limit, name: 'probe' }, 'ann'), RateLimitUnavailable);
  await server.kill();
  await eachFails(t, rateLimit);
  await server.start();
  await onceBack(() => rateLimit.take({ ...limit, name: 'probe' }, 'ann'), RateLimitUnavailable);
  for (const call of callsOf(rateLimit)) await t.notThrowsAsync(onceBack(call, RateLimitUnavailable));
});

test('two processes count together, and a flush begins anew', async (t) => {
  await using server = await startRedisServer();
  await using one = await connectTo([server.url]);
  await using other = await connectTo([server.url]);
  const processes = [await startRedisRateLimit(one), await startRedisRateLimit(other)];
  const many = <Answer>(call: (rateLimit: RateLimit) => Promise<Answer>) =>
    Promise.all(Array.from({ length: 20 }, (_, i) => call(processes[i % 2] as RateLimit)));
  t.is((await many((rateLimit) => rateLimit.take(limit, 'ann'))).filter(({ allowed }) => allowed).length, limit.points);
  t.is((await many((rateLimit) => rateLimit.attempt(limit, 'ann'))).filter(({ allowed }) => allowed).length, limit.points);
  t.is((await many((rateLimit) => rateLimit.takeToken('acme', { perSecond: 1, burst: 5 }))).filter((waitMs) => waitMs === 0).length, 5);
  t.true((await many((rateLimit) => rateLimit.takeOnce(limit, 'bob', 'first'))).every(({ allowed }) => allowed));
  t.deepEqual(await processes[0]?.take(limit, 'bob'), { allowed: true, remaining: limit.points - 2 });
  await ask(server.url, ['FLUSHALL']);
  t.deepEqual(await processes[1]?.take(limit, 'ann'), { allowed: true, remaining: limit.points - 1 });
});

test('nothing is kept for longer than it counts, and no key tells of whom it is', async (t) => {
  await using server = await startRedisServer();
  await using redis = await connectTo([server.url]);
  const rateLimit = await startRedisRateLimit(redis);
  const caller = '203.0.113.7 }{ ann@example.org';
  await rateLimit.take(limit, caller);
  await rateLimit.takeOnce(limit, caller, 'first');
  await rateLimit.attempt(limit, caller);
  await rateLimit.takeToken(caller, { perSecond: 0.05, burst: 5 });
  const keys = (await ask(server.url, ['KEYS', '*'])) as readonly string[];
  t.is(keys.length, 3);
  for (const key of keys) {
    t.false(key.includes('ann') || key.includes('203'));
    const leftMs = Number(await ask(server.url, ['PTTL', key]));
    t.true(leftMs > 0 && leftMs <= limit.windowSeconds * 1_000);
  }
});
