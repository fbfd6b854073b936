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

  check('a caller may do a thing as often as the limit says, and is then told when to come back', async (t, rateLimit) => {
    for (const remaining of [2, 1, 0]) t.deepEqual(await rateLimit.take(posts, 'ann'), { allowed: true, remaining });
    const refused = await rateLimit.take(posts, 'ann');
    t.false(refused.allowed);
    t.true(!refused.allowed && refused.retryAfterMs > 0 && refused.retryAfterMs <= 60_000);
  });

  check('callers and limits are counted apart', async (t, rateLimit) => {
    for (let n = 0; n < 3; n++) await rateLimit.take(posts, 'ann');
    t.deepEqual(await rateLimit.take(posts, 'bob'), { allowed: true, remaining: 2 });
    t.deepEqual(await rateLimit.take({ name: 'likes', points: 3, windowSeconds: 60 }, 'ann'), { allowed: true, remaining: 2 });
    t.deepEqual(await rateLimit.take({ ...posts, points: 10 }, 'bob'), { allowed: true, remaining: 9 });
    t.false((await rateLimit.take(posts, 'ann')).allowed);
  });

  check('some things cost more points than others', async (t, rateLimit) => {
    t.deepEqual(await rateLimit.take(posts, 'ann', 2), { allowed: true, remaining: 1 });
    t.false((await rateLimit.take(posts, 'ann', 2)).allowed);
    t.false((await rateLimit.take(posts, 'bob', 4)).allowed);
  });

  check('what came to nothing is given back, to who had it and of that limit', async (t, rateLimit) => {
    for (let n = 0; n < 3; n++) await rateLimit.take(posts, 'ann');
    await rateLimit.take(posts, 'bob');
    await rateLimit.giveBack(posts, 'ann');
    t.deepEqual(await rateLimit.take(posts, 'ann'), { allowed: true, remaining: 0 });
    t.false((await rateLimit.take(posts, 'ann')).allowed);
    t.deepEqual(await rateLimit.take(posts, 'bob'), { allowed: true, remaining: 1 });
  });

  check('a thing that was counted is allowed again and counts once, for who had it and of that limit', async (t, rateLimit) => {
    for (let n = 0; n < 5; n++) t.deepEqual(await rateLimit.takeOnce(posts, 'ann', 'first'), { allowed: true, remaining: 2 });
    t.deepEqual(await rateLimit.take(posts, 'ann', 2), { allowed: true, remaining: 0 });
    t.true((await rateLimit.takeOnce(posts, 'ann', 'first')).allowed, 'though there is nothing left');
    t.deepEqual(await rateLimit.takeOnce(posts, 'bob', 'first'), { allowed: true, remaining: 2 });
    t.deepEqual(await rateLimit.takeOnce({ ...posts, name: 'likes' }, 'ann', 'first'), { allowed: true, remaining: 2 });
  });

  check('a thing that was refused is not remembered, and is counted once there is room', async (t, rateLimit) => {
    for (let n = 0; n < 3; n++) await rateLimit.take(posts, 'ann');
    for (let n = 0; n < 2; n++) t.false((await rateLimit.takeOnce(posts, 'ann', 'first')).allowed);
    await rateLimit.giveBack(posts, 'ann', 3); // two that were refused count, as they do of any that were
    t.deepEqual(await rateLimit.takeOnce(posts, 'ann', 'first'), { allowed: true, remaining: 0 });
  });

  check('the same thing asked for many times at once counts once', async (t, rateLimit) => {
    await Promise.all(Array.from({ length: 20 }, () => rateLimit.takeOnce(posts, 'ann', 'first')));
    t.deepEqual(await rateLimit.take(posts, 'ann'), { allowed: true, remaining: 1 });
  });

  check('once the window has passed, the same thing counts again', async (t, rateLimit) => {
    const limit: Limit = { name: 'frames', points: 1, windowSeconds: 1 };
    await rateLimit.takeOnce(limit, 'ann', 'first');
    const refused = await rateLimit.take(limit, 'ann');
    await after(refused.allowed ? 0 : refused.retryAfterMs + 20);
    t.deepEqual(await rateLimit.takeOnce(limit, 'ann', 'first'), { allowed: true, remaining: 0 });
    t.false((await rateLimit.take(limit, 'ann')).allowed);
  });

  check('of many at once exactly as many are allowed as the limit says', async (t, rateLimit) => {
    const limit: Limit = { name: 'logins', points: 20, windowSeconds: 60 };
    const answers = await Promise.all(Array.from({ length: 100 }, () => rateLimit.take(limit, 'ann')));
    t.is(answers.filter(({ allowed }) => allowed).length, 20);
  });

  check('once the window has passed the caller may go on', async (t, rateLimit) => {
    const limit: Limit = { name: 'frames', points: 1, windowSeconds: 1 };
    await rateLimit.take(limit, 'ann');
    const refused = await rateLimit.take(limit, 'ann');
    await after(refused.allowed ? 0 : refused.retryAfterMs + 20);
    t.deepEqual(await rateLimit.take(limit, 'ann'), { allowed: true, remaining: 0 });
  });
}
