import test from 'ava';
import { rateLimitContract } from './contract.ts';
import { startMemoryRateLimit } from './memory.ts';

rateLimitContract('memory', startMemoryRateLimit);

test('of too many callers, the one whose window began first begins a new window', async (t) => {
  await using rateLimit = await startMemoryRateLimit({ callersMax: 2 });
  const limit = { name: 'posts', points: 1, windowSeconds: 60 };
  for (const caller of ['ann', 'bob', 'eve']) await rateLimit.take(limit, caller);
  t.deepEqual(
    [await rateLimit.take(limit, 'bob'), await rateLimit.take(limit, 'eve'), await rateLimit.take(limit, 'ann')].map(({ allowed }) => allowed),
    [false, false, true],
  );
});

test('of too many remembered operations, the first counts once more', async (t) => {
  await using rateLimit = await startMemoryRateLimit({ operationsMax: 2 });
  const limit = { name: 'posts', points: 4, windowSeconds: 60 };
  for (const operation of ['one', 'two', 'three', 'two', 'one']) await rateLimit.takeOnce(limit, 'ann', operation);
  t.false((await rateLimit.take(limit, 'ann')).allowed);
});

test('a window ends when its time has passed, whoever sets the clock', async (t) => {
  let nowMs = 0;
  await using rateLimit = await startMemoryRateLimit({ monotonicMs: () => nowMs });
  const limit = { name: 'posts', points: 1, windowSeconds: 60 };
  await rateLimit.take(limit, 'ann');
  await rateLimit.takeOnce(limit, 'bob', 'first');
  nowMs = 59_999;
  t.deepEqual(await rateLimit.take(limit, 'ann'), { allowed: false, retryAfterMs: 1 });
  t.deepEqual(await rateLimit.takeOnce(limit, 'bob', 'first'), { allowed: true, remaining: 0 });
  nowMs = 60_000;
  t.deepEqual(await rateLimit.take(limit, 'ann'), { allowed: true, remaining: 0 });
  t.deepEqual(await rateLimit.takeOnce(limit, 'bob', 'second'), { allowed: true, remaining: 0 });
});

test('points that are refunded after their window has ended are none of the next window’s', async (t) => {
  let nowMs = 0;
  await using rateLimit = await startMemoryRateLimit({ monotonicMs: () => nowMs });
  const limit = { name: 'posts', points: 1, windowSeconds: 60 };
  await rateLimit.take(limit, 'ann');
  nowMs = 60_000;
  await rateLimit.refund(limit, 'ann');
  t.deepEqual(await rateLimit.take(limit, 'ann'), { allowed: true, remaining: 0 });
  t.false((await rateLimit.take(limit, 'ann')).allowed);
});
