import test from 'ava';
import { countFailures } from './memory-failures.ts';

const limit = { name: 'guesses', points: 1, windowSeconds: 3_600, delaySecondsMax: 10 };

test('the wait doubles with each failure, and ends at its bound', (t) => {
  let now = 0;
  const failures = countFailures({ callersMax: 10, nowMs: () => now });
  const waits: number[] = [];
  for (let n = 0; n < 6; n++) {
    t.true(failures.attempt(limit, 'ann').allowed);
    const refused = failures.attempt(limit, 'ann');
    waits.push(refused.allowed ? 0 : refused.retryAfterMs);
    now += waits.at(-1) ?? 0;
  }
  t.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

test('of too many callers, the one whose last attempt is longest ago is forgotten', (t) => {
  const failures = countFailures({ callersMax: 2, nowMs: () => 0 });
  for (const caller of ['ann', 'bob', 'eve']) failures.attempt(limit, caller);
  t.true(failures.attempt(limit, 'ann').allowed);
  t.false(failures.attempt(limit, 'eve').allowed);
});
