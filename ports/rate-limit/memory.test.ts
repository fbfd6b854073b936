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
