import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { startMemoryRateLimit } from '../../ports/rate-limit/memory.ts';
import type { RateLimit } from '../../ports/rate-limit/port.ts';
import { createResponseCosts, KILOBYTE } from './response-costs.ts';

const LIMIT = { name: 'kilobytes', points: 10, windowSeconds: 60 };

test('a caller that was answered more than the limit is refused from then on; others are not', async (t) => {
  await using rateLimit = await startMemoryRateLimit();
  const costs = createResponseCosts({ rateLimit, reportUnavailable: () => t.fail() }, LIMIT);
  costs.charge('ann', 8 * KILOBYTE);
  await nextTurn();
  t.is(costs.refusalOf('ann'), undefined);
  costs.charge('ann', 3 * KILOBYTE);
  await nextTurn();
  const refusal = costs.refusalOf('ann');
  t.like(refusal, { code: 'rate-limited', facts: { limit: 'kilobytes' } });
  t.true(Number(refusal?.facts?.['retryAfterSeconds']) > 50);
  t.is(costs.refusalOf('bob'), undefined);
});

test('small answers cost nothing, and nobody is asked about them', async (t) => {
  await using memory = await startMemoryRateLimit();
  const rateLimit: RateLimit = { ...memory, take: () => t.fail() as never };
  const costs = createResponseCosts({ rateLimit, reportUnavailable: () => t.fail() }, LIMIT);
  for (let i = 0; i < 100; i++) costs.charge('ann', KILOBYTE - 1);
  await nextTurn();
  t.is(costs.refusalOf('ann'), undefined);
});

test('the refusal ends with the window', async (t) => {
  await using rateLimit = await startMemoryRateLimit();
  const costs = createResponseCosts({ rateLimit, reportUnavailable: () => t.fail() }, { ...LIMIT, windowSeconds: 1 });
  costs.charge('ann', 11 * KILOBYTE);
  await nextTurn();
  t.not(costs.refusalOf('ann'), undefined);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  t.is(costs.refusalOf('ann'), undefined);
});

test('while the rate limiter can’t be reached, nobody is refused and it is reported', async (t) => {
  const reported: string[] = [];
  const costs = createResponseCosts(
    { rateLimit: { take: () => Promise.reject(new Error('away')) }, reportUnavailable: ({ name }) => reported.push(name) },
    LIMIT,
  );
  costs.charge('ann', 100 * KILOBYTE);
  await nextTurn();
  t.is(costs.refusalOf('ann'), undefined);
  t.deepEqual(reported, ['kilobytes']);
});
