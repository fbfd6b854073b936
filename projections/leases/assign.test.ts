/** Whatever processes come and go, units are spread evenly, and none moves needlessly. */
import test from 'ava';
import fc from 'fast-check';
import { assign } from './assign.ts';

const units = (count: number) => Array.from({ length: count }, (_, n) => `p${n}@1`);
const countsOf = (assigned: Readonly<Record<string, string>>) => Map.groupBy(Object.values(assigned), (id) => id);

test('none holds more than its share, and nobody who may keep a unit loses it', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 }),
      (count, history) => {
        let before: Readonly<Record<string, string>> = {};
        for (const alive of history) {
          const ids = [...new Set(alive)].map((id) => `process-${id}`);
          const after = assign(
            ids.map((id) => ({ id, offers: units(count) })),
            before,
          );
          const quota = Math.ceil(count / ids.length);
          const held = countsOf(before);
          t.is(Object.keys(after).length, count);
          for (const [id, share] of countsOf(after)) t.true(share.length <= quota, id);
          for (const id of ids) {
            const kept = Object.keys(after).filter((unit) => after[unit] === id && before[unit] === id).length;
            t.is(kept, Math.min(quota, held.get(id)?.length ?? 0));
          }
          t.deepEqual(
            assign(
              ids.map((id) => ({ id, offers: units(count) })),
              after,
            ),
            after,
            'a fair assignment is left as it is',
          );
          before = after;
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('a unit goes only to a process that offers it', (t) => {
  const assigned = assign(
    [
      { id: 'a', offers: ['x@1', 'y@1'] },
      { id: 'b', offers: ['y@1'] },
      { id: 'c', offers: [] },
    ],
    { 'x@1': 'b', 'y@1': 'gone' },
  );
  t.deepEqual(assigned, { 'x@1': 'a', 'y@1': 'b' });
});

test('what is withdrawn is nobody’s, in every shard', (t) => {
  t.deepEqual(assign([{ id: 'a', offers: ['x@1', 'x@1/0.1', 'x@1/1.0', 'x@1.1'] }], {}, ['x@1']), { 'x@1.1': 'a' });
});
