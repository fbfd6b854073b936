import test, { type ExecutionContext } from 'ava';
import { setTimeout as after } from 'node:timers/promises';
import type { Limit, RateLimit } from './port.ts';

const posts: Limit = { name: 'posts', points: 3, windowSeconds: 60 };

/** Each adapter's test file is one call: `rateLimitContract('memory', startMemoryRateLimit)`. The counts begin empty. */
export function rateLimitContract(adapter: string, start: () => Promise<RateLimit>): void {
  const check = (title: string, body: (t: ExecutionContext, rateLimit: RateLimit) => Promise<void>) =>
    test(`${adapter}: ${title}`, async (t) => {
      await using rateLimit = await start();
      await body(t, rateLimit);
    });

  check('allows a caller as often as the limit says, and then tells when to come back', async (t, rateLimit) => {
    for (const remaining of [2, 1, 0]) t.deepEqual(await rateLimit.take(posts, 'ann'), { allowed: true, remaining });
    const refused = await rateLimit.take(posts, 'ann');
    t.false(refused.allowed);
    t.true(!refused.allowed && refused.retryAfterMs > 0 && refused.retryAfterMs <= 60_000);
  });

  check('counts callers and limits separately', async (t, rateLimit) => {
    for (let n = 0; n < 3; n++) await rateLimit.take(posts, 'ann');
    t.deepEqual(await rateLimit.take(posts, 'bob'), { allowed: true, remaining: 2 });
    t.deepEqual(await rateLimit.take({ name: 'likes', points: 3, windowSeconds: 60 }, 'ann'), { allowed: true, remaining: 2 });
    t.deepEqual(await rateLimit.take({ ...posts, points: 10 }, 'bob'), { allowed: true, remaining: 9 });
    t.false((await rateLimit.take(posts, 'ann')).allowed);
  });

  check('takes as many points as an operation costs', async (t, rateLimit) => {
    t.deepEqual(await rateLimit.take(posts, 'ann', 2), { allowed: true, remaining: 1 });
    t.false((await rateLimit.take(posts, 'ann', 2)).allowed);
    t.false((await rateLimit.take(posts, 'bob', 4)).allowed);
  });

  check('refunds points to the caller that took them, of that limit only', async (t, rateLimit) => {
    for (let n = 0; n < 3; n++) await rateLimit.take(posts, 'ann');
    await rateLimit.take(posts, 'bob');
    await rateLimit.refund(posts, 'ann');
    t.deepEqual(await rateLimit.take(posts, 'ann'), { allowed: true, remaining: 0 });
    t.false((await rateLimit.take(posts, 'ann')).allowed);
    t.deepEqual(await rateLimit.take(posts, 'bob'), { allowed: true, remaining: 1 });
  });

  check('allows an operation again that was counted, and counts it once, for that caller and limit only', async (t, rateLimit) => {
    for (let n = 0; n < 5; n++) t.deepEqual(await rateLimit.takeOnce(posts, 'ann', 'first'), { allowed: true, remaining: 2 });
    t.deepEqual(await rateLimit.take(posts, 'ann', 2), { allowed: true, remaining: 0 });
    t.true((await rateLimit.takeOnce(posts, 'ann', 'first')).allowed, 'though there is nothing left');
    t.deepEqual(await rateLimit.takeOnce(posts, 'bob', 'first'), { allowed: true, remaining: 2 });
    t.deepEqual(await rateLimit.takeOnce({ ...posts, name: 'likes' }, 'ann', 'first'), { allowed: true, remaining: 2 });
  });

  check('doesn’t remember a refused operation, and counts it once there is room', async (t, rateLimit) => {
    for (let n = 0; n < 3; n++) await rateLimit.take(posts, 'ann');
    for (let n = 0; n < 2; n++) t.false((await rateLimit.takeOnce(posts, 'ann', 'first')).allowed);
    await rateLimit.refund(posts, 'ann', 3); // two that were refused count, as they do of any that were
    t.deepEqual(await rateLimit.takeOnce(posts, 'ann', 'first'), { allowed: true, remaining: 0 });
  });

  check('counts an operation once that is asked for many times at the same moment', async (t, rateLimit) => {
    await Promise.all(Array.from({ length: 20 }, () => rateLimit.takeOnce(posts, 'ann', 'first')));
    t.deepEqual(await rateLimit.take(posts, 'ann'), { allowed: true, remaining: 1 });
  });

  check('counts the same operation again once the window has passed', async (t, rateLimit) => {
    const limit: Limit = { name: 'frames', points: 1, windowSeconds: 1 };
    await rateLimit.takeOnce(limit, 'ann', 'first');
    const refused = await rateLimit.take(limit, 'ann');
    await after(refused.allowed ? 0 : refused.retryAfterMs + 20);
    t.deepEqual(await rateLimit.takeOnce(limit, 'ann', 'first'), { allowed: true, remaining: 0 });
    t.false((await rateLimit.take(limit, 'ann')).allowed);
  });

  check('of many calls at once, allows exactly as many as the limit says', async (t, rateLimit) => {
    const limit: Limit = { name: 'logins', points: 20, windowSeconds: 60 };
    const answers = await Promise.all(Array.from({ length: 100 }, () => rateLimit.take(limit, 'ann')));
    t.is(answers.filter(({ allowed }) => allowed).length, 20);
  });

  check('allows the caller again once the window has passed', async (t, rateLimit) => {
    const limit: Limit = { name: 'frames', points: 1, windowSeconds: 1 };
    await rateLimit.take(limit, 'ann');
    const refused = await rateLimit.take(limit, 'ann');
    await after(refused.allowed ? 0 : refused.retryAfterMs + 20);
    t.deepEqual(await rateLimit.take(limit, 'ann'), { allowed: true, remaining: 0 });
  });
}
