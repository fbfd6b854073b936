import test from 'ava';
import fc from 'fast-check';
import { createTokenBucket } from './pace.ts';

test('lets a burst through at once, and makes later callers wait', (t) => {
  const bucket = createTokenBucket(() => 0, { perSecond: 10, burst: 2 });
  t.deepEqual(
    Array.from({ length: 4 }, () => bucket.take()),
    [0, 0, 100, 200],
  );
});

test('unused tokens allow a burst again, and no more than that', (t) => {
  let now = 0;
  const bucket = createTokenBucket(() => now, { perSecond: 10, burst: 2 });
  bucket.take();
  bucket.take();
  now = 60_000;
  t.deepEqual([bucket.take(), bucket.take(), bucket.take()], [0, 0, 100]);
});

test('lets no more through in any period than the pace and one burst allow', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 200 }), (pauses) => {
        let now = 0;
        const bucket = createTokenBucket(() => now, { perSecond: 100, burst: 5 });
        const usedAt = pauses.map((pause) => {
          now += pause;
          return now + bucket.take();
        });
        const sorted = usedAt.toSorted((one, other) => one - other);
        return sorted.every((first, i) => {
          const within = sorted.slice(i).filter((at) => at <= first + 1_000).length;
          return within <= 100 + 5 + 1;
        });
      }),
    ),
  );
});
