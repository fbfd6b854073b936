import test, { type ExecutionContext } from 'ava';
import { setTimeout as after } from 'node:timers/promises';
import { FIRST_DELAY_MS, type FailureLimit, type Limit, type RateLimit } from './port.ts';

/** Between two calls that are made at once. */
const SLACK_MS = 300;
const posts: Limit = { name: 'posts', points: 3, windowSeconds: 60 };
const guesses: FailureLimit = { name: 'guesses', points: 2, windowSeconds: 60, delaySecondsMax: 2 };

type AddTest = (title: string, body: (t: ExecutionContext) => Promise<void>) => void;

/**
 * Each adapter's test file is one call: `rateLimitContract('memory', startMemoryRateLimit)`. The counts begin empty. `addTest`: ava's
 * `test`, or one that skips where a server is missing.
 */
export function rateLimitContract(adapter: string, start: () => Promise<RateLimit>, addTest: AddTest = test): void {
  const check = (title: string, body: (t: ExecutionContext, rateLimit: RateLimit) => Promise<void>) =>
    addTest(`${adapter}: ${title}`, async (t) => {
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

  check('tells what is left to whoever takes nothing', async (t, rateLimit) => {
    t.deepEqual(await rateLimit.take(posts, 'ann', 0), { allowed: true, remaining: 3 });
    await rateLimit.take(posts, 'ann', 2);
    for (let n = 0; n < 3; n++) t.deepEqual(await rateLimit.take(posts, 'ann', 0), { allowed: true, remaining: 1 });
    await rateLimit.take(posts, 'ann');
    t.deepEqual(await rateLimit.take(posts, 'ann', 0), { allowed: true, remaining: 0 });
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

  check('returns the point of an operation that came to nothing, once, and counts it when it is asked for again', async (t, rateLimit) => {
    await rateLimit.takeOnce(posts, 'ann', 'first');
    await rateLimit.takeOnce(posts, 'ann', 'other');
    for (let n = 0; n < 3; n++) await rateLimit.refundOnce(posts, 'ann', 'first');
    await rateLimit.refundOnce(posts, 'bob', 'other');
    t.deepEqual(await rateLimit.take(posts, 'ann', 0), { allowed: true, remaining: 2 });
    t.deepEqual(await rateLimit.takeOnce(posts, 'ann', 'first'), { allowed: true, remaining: 1 });
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

  check('lets the first failures cost nothing, and makes the next attempts wait, longer after each', async (t, rateLimit) => {
    t.true((await rateLimit.attempt(guesses, 'ann')).allowed);
    const waits: number[] = [];
    for (let n = 0; n < 3; n++) {
      const [allowed, refused] = await Promise.all([rateLimit.attempt(guesses, 'ann'), rateLimit.attempt(guesses, 'ann')]);
      t.true(allowed.allowed && !refused.allowed);
      waits.push(refused.allowed ? 0 : refused.retryAfterMs);
      await after((waits.at(-1) ?? 0) + 20);
    }
    t.true(isAbout(waits[0], FIRST_DELAY_MS) && isAbout(waits[1], 2 * FIRST_DELAY_MS) && isAbout(waits[2], 2 * FIRST_DELAY_MS), waits.join(', '));
  });

  check('counts the failures of each caller and limit for themselves', async (t, rateLimit) => {
    for (let n = 0; n < 2; n++) await rateLimit.attempt(guesses, 'ann');
    t.false((await rateLimit.attempt(guesses, 'ann')).allowed);
    t.true((await rateLimit.attempt(guesses, 'bob')).allowed);
    t.true((await rateLimit.attempt({ ...guesses, name: 'codes' }, 'ann')).allowed);
  });

  check('allows no more attempts at the same moment than one after the other', async (t, rateLimit) => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => rateLimit.attempt(guesses, 'ann')));
    t.is(answers.filter(({ allowed }) => allowed).length, guesses.points);
  });

  check('an attempt that is refused is no failure: asking all the time makes nobody wait longer', async (t, rateLimit) => {
    await Promise.all(Array.from({ length: 50 }, () => rateLimit.attempt(guesses, 'ann')));
    const refused = await rateLimit.attempt(guesses, 'ann');
    t.true(!refused.allowed && refused.retryAfterMs <= FIRST_DELAY_MS);
  });

  check('a success forgets the failures, and an attempt that says nothing takes back itself', async (t, rateLimit) => {
    for (let n = 0; n < 2; n++) await rateLimit.attempt(guesses, 'ann');
    await rateLimit.forgetFailures(guesses, 'ann');
    for (let n = 0; n < 5; n++) {
      t.true((await rateLimit.attempt(guesses, 'ann')).allowed);
      await rateLimit.takeBackAttempt(guesses, 'ann');
    }
    for (let n = 0; n < 2; n++) t.true((await rateLimit.attempt(guesses, 'ann')).allowed);
    t.false((await rateLimit.attempt(guesses, 'ann')).allowed);
  });

  check('lets a burst through at once, then keeps the pace, for each bucket by itself', async (t, rateLimit) => {
    const pace = { perSecond: 2, burst: 3 };
    const waits = await Promise.all(Array.from({ length: 5 }, () => rateLimit.takeToken('acme', pace)));
    t.deepEqual(waits.slice(0, 3), [0, 0, 0]);
    t.true(isAbout(waits[3], 500) && isAbout(waits[4], 1_000), waits.join(', '));
    t.is(await rateLimit.takeToken('other', pace), 0);
    await after((waits[4] ?? 0) + 520);
    t.is(await rateLimit.takeToken('acme', pace), 0, 'a token has come since');
  });

  check('of many callers at once, lets no more through than the pace and one burst allow', async (t, rateLimit) => {
    const waits = await Promise.all(Array.from({ length: 40 }, () => rateLimit.takeToken('acme', { perSecond: 10, burst: 10 })));
    t.true(waits.filter((waitMs) => waitMs === 0).length <= 20 && Math.max(...waits) >= 2_000, waits.join(', '));
    t.true(Math.max(...waits) <= 3_000);
  });

  check('forgets failures once the window has passed since the last', async (t, rateLimit) => {
    const brief: FailureLimit = { ...guesses, name: 'brief', windowSeconds: 1, delaySecondsMax: 60 };
    for (let n = 0; n < 2; n++) await rateLimit.attempt(brief, 'ann');
    await after(1_020);
    for (let n = 0; n < 2; n++) t.true((await rateLimit.attempt(brief, 'ann')).allowed);
  });
}

const isAbout = (ms: number | undefined, expectedMs: number): boolean => ms !== undefined && ms > expectedMs - SLACK_MS && ms <= expectedMs;
