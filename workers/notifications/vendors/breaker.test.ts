import test from 'ava';
import fc from 'fast-check';
import { createBreaker, type BreakerChange } from './breaker.ts';

const config = { failuresMax: 3, openMs: 1_000, openMaxMs: 3_000 };

function createTestBreaker() {
  const time = { ms: 0 };
  const changes: BreakerChange[] = [];
  const breaker = createBreaker({ monotonicMs: () => time.ms, onChange: (change) => void changes.push(change) }, config);
  const fail = (times: number) => {
    for (let i = 0; i < times; i++) {
      breaker.admit();
      breaker.record('failed');
    }
  };
  return { time, changes, breaker, fail };
}

test('admits every attempt while it is closed, and one success resets the failures', (t) => {
  const { breaker, fail } = createTestBreaker();
  fail(2);
  breaker.admit();
  breaker.record('succeeded');
  fail(2);
  t.deepEqual(breaker.admit(), { admit: 'now' });
});

test('opens after the configured number of failures in a row', (t) => {
  const { breaker, fail, changes } = createTestBreaker();
  fail(3);
  t.deepEqual(breaker.admit(), { admit: 'wait', waitMs: 1_000 });
  t.false(breaker.wouldAdmit());
  t.deepEqual(changes, [{ change: 'opened', because: 'failures', openMs: 1_000 }]);
});

test('opens at once when the vendor refuses our account', (t) => {
  const { breaker, changes } = createTestBreaker();
  breaker.admit();
  breaker.record('account-refused');
  t.is(breaker.admit().admit, 'wait');
  t.is(changes[0]?.change === 'opened' ? changes[0].because : undefined, 'account');
});

test('admits one probe at a time, and one success closes it', (t) => {
  const { breaker, fail, time, changes } = createTestBreaker();
  fail(3);
  time.ms = 1_000;
  t.true(breaker.wouldAdmit());
  t.deepEqual(breaker.admit(), { admit: 'now' });
  t.deepEqual(breaker.admit(), { admit: 'wait', waitMs: undefined });
  breaker.record('succeeded');
  t.deepEqual(breaker.admit(), { admit: 'now' });
  t.deepEqual(changes.at(-1), { change: 'closed' });
});

test('stays open twice as long after each failed probe, up to a limit', (t) => {
  const { breaker, fail, time } = createTestBreaker();
  fail(3);
  const waits: (number | undefined)[] = [];
  for (let probe = 0; probe < 3; probe++) {
    time.ms += 100_000;
    breaker.admit();
    breaker.record('failed');
    const admission = breaker.admit();
    waits.push(admission.admit === 'wait' ? admission.waitMs : 0);
  }
  t.deepEqual(waits, [2_000, 3_000, 3_000]);
});

test('after a probe that made no attempt, the next caller probes', (t) => {
  const { breaker, fail, time } = createTestBreaker();
  fail(3);
  time.ms = 1_000;
  breaker.admit();
  breaker.record(undefined);
  t.deepEqual(breaker.admit(), { admit: 'now' });
});

test('whatever happens, a caller that waits long enough is admitted', (t) => {
  const step = fc.oneof(fc.constantFrom('succeeded' as const, 'failed' as const, 'account-refused' as const, undefined), fc.integer({ min: 0, max: 5_000 }));
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { breaker, time } = createTestBreaker();
        for (const one of steps) {
          if (typeof one === 'number') time.ms += one;
          else if (breaker.admit().admit === 'now') breaker.record(one);
        }
        time.ms += config.openMaxMs;
        return breaker.admit().admit === 'now';
      }),
    ),
  );
});
