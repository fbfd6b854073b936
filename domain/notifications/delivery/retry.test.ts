import test from 'ava';
import fc from 'fast-check';
import { DAY_MS, HOUR_MS, instant, MINUTE_MS, msBetween, plus, SECOND_MS } from '../../shared/instant.ts';
import {
  ATTEMPTS_PLANNED,
  LAST_CHANCE_MS,
  RETRY_AFTER_MAX_MS,
  RETRY_BASE_MS,
  RETRY_CEILING_MS,
  RETRY_JITTER_FLOOR,
  retryAt,
  SPREAD_AFTER_ATTEMPTS,
  UNKNOWN_REPEAT_AFTER_MS,
  unknownRepeatAt,
} from './retry.ts';

const at = instant(0);
const expiresAt = plus(at, 7 * DAY_MS);
const delay = (attempt: number, random: number, more: { readonly retryAfterMs?: number } = {}) =>
  msBetween(at, retryAt({ attempt, random, at, expiresAt, ...more }));
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('the delay grows with each attempt, up to a ceiling', (t) => {
  t.deepEqual(
    [1, 2, 3, 4].map((attempt) => delay(attempt, 0.999_999)),
    [2, 4, 8, 16].map((times) => times * RETRY_BASE_MS),
  );
  t.is(delay(50, 0.999_999_999), RETRY_CEILING_MS);
});

test('the delay is drawn between a tenth of its ceiling and the ceiling', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: SPREAD_AFTER_ATTEMPTS }), random, (attempt, drawn) => {
      const ceiling = Math.min(RETRY_BASE_MS * 2 ** attempt, RETRY_CEILING_MS);
      t.true(delay(attempt, drawn) >= ceiling * RETRY_JITTER_FLOOR && delay(attempt, drawn) <= ceiling);
    }),
  );
  t.is(delay(50, 0), RETRY_CEILING_MS * RETRY_JITTER_FLOOR);
});

test('a vendor’s retry-after is respected, up to a limit', (t) => {
  t.is(delay(1, 0, { retryAfterMs: HOUR_MS }), HOUR_MS);
  t.is(delay(50, 0.999_999_999, { retryAfterMs: SECOND_MS }), RETRY_CEILING_MS);
  t.is(delay(1, 0, { retryAfterMs: DAY_MS }), RETRY_AFTER_MAX_MS);
});

test('where the next delay would end after the time to live, there is one more try just before its end', (t) => {
  const soon = plus(at, 10 * MINUTE_MS);
  const last = plus(soon, -LAST_CHANCE_MS);
  t.is(retryAt({ attempt: 50, random: 0.9, at, expiresAt: soon }), last);
  for (const attempt of [51, 10 * ATTEMPTS_PLANNED]) t.true(retryAt({ attempt, random: 0.9, at: last, expiresAt: soon }) >= soon);
});

test('after however many attempts, a delivery has one more just before the end of its time to live', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 * ATTEMPTS_PLANNED }), random, fc.integer({ min: MINUTE_MS, max: 7 * DAY_MS }), (attempt, drawn, leftMs) => {
      const end = plus(at, leftMs);
      t.true(retryAt({ attempt, random: drawn, at, expiresAt: end }) < end);
    }),
    { numRuns: 100 },
  );
});

test('there is no last try before the vendor’s retry-after', (t) => {
  const soon = plus(at, 10 * MINUTE_MS);
  t.is(retryAt({ attempt: 1, random: 0, retryAfterMs: HOUR_MS, at, expiresAt: soon }), plus(at, HOUR_MS));
});

test('under any random delays, the attempts outlast an outage of two hours', (t) => {
  fc.assert(
    fc.property(fc.array(random, { minLength: ATTEMPTS_PLANNED, maxLength: ATTEMPTS_PLANNED }), (draws) => {
      const total = draws.reduce((sum, drawn, i) => sum + delay(i + 1, drawn), 0);
      t.true(total >= 2 * HOUR_MS);
    }),
  );
  const unluckiest = Array.from({ length: ATTEMPTS_PLANNED }, (_, i) => delay(i + 1, 0)).reduce((sum, each) => sum + each, 0);
  t.true(unluckiest >= 2 * HOUR_MS);
});

const timeToLive = fc.integer({ min: MINUTE_MS, max: 7 * DAY_MS });

test('under any random delays, the attempts last as long as the message lives', (t) => {
  fc.assert(
    fc.property(timeToLive, fc.array(random, { minLength: ATTEMPTS_PLANNED, maxLength: ATTEMPTS_PLANNED }), (ttlMs, draws) => {
      const end = plus(at, ttlMs);
      let now = at;
      for (let attempt = 1; attempt <= ATTEMPTS_PLANNED && now < end; attempt++)
        now = retryAt({ attempt, random: draws[attempt - 1] ?? 0, at: now, expiresAt: end });
      t.true(now >= end, `all attempts are used up at ${now}, and it lives until ${end}`);
    }),
  );
});

test('attempts of unknown outcome last as long as the message lives', (t) => {
  fc.assert(
    fc.property(timeToLive, (ttlMs) => {
      const end = plus(at, ttlMs);
      let now = at;
      for (let attempt = 1; attempt <= ATTEMPTS_PLANNED && now < end; attempt++) {
        const next = unknownRepeatAt({ attempt, at: now, expiresAt: end });
        t.true(msBetween(now, next) >= UNKNOWN_REPEAT_AFTER_MS);
        now = next;
      }
      t.true(now >= end);
    }),
  );
});
