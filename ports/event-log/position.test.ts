import test from 'ava';
import fc from 'fast-check';
import type { Position } from './port.ts';
import { covers, isPosition, latestOfSortable, logsIn, meet, merge, offsetIn, positionAt, positionOfSortable, sortable } from './position.ts';

const positions = fc
  .uniqueArray(fc.tuple(fc.nat(5), fc.bigInt({ min: 0n, max: 2n ** 60n })), { minLength: 1, maxLength: 4, selector: ([log]) => log })
  .map((offsets) => offsets.map(([log, offset]) => positionAt(log, offset)).reduce((one, other) => merge(one, other) as Position));

test('the merge of two positions covers both, and no smaller position does', (t) => {
  fc.assert(
    fc.property(positions, positions, (one, other) => {
      const both = merge(one, other) as Position;
      t.true(isPosition(both));
      t.true(covers(both, one) && covers(both, other));
      t.is(covers(one, other) && covers(other, one), one === other);
      t.is(merge(other, one), both);
      t.is(merge(both, one), both);
    }),
  );
});

test('two positions both cover where they meet, and no greater position', (t) => {
  fc.assert(
    fc.property(positions, positions, (one, other) => {
      const met = meet(one, other);
      t.is(meet(other, one), met);
      t.is(meet(one, one), one);
      const common = logsIn(one).filter((log) => logsIn(other).includes(log));
      t.deepEqual(met === undefined ? [] : logsIn(met), common);
      if (met === undefined) return;
      t.true(isPosition(met) && covers(one, met) && covers(other, met));
      for (const log of logsIn(met)) t.true([one, other].some((position) => offsetIn(position, log) === offsetIn(met, log)));
    }),
  );
  t.is(meet(positionAt(0, 1), undefined), undefined);
});

test('a position says nothing of the logs it does not name', (t) => {
  t.false(covers(positionAt(0, 9), positionAt(1, 0)));
  t.false(covers(undefined, positionAt(0, 0)));
  t.is(offsetIn(positionAt(3, 7n), 1), undefined);
  t.is(offsetIn(positionAt(3, 2n ** 60n), 3), 2n ** 60n);
});

test('sortable positions of one log sort as they come, and convert back', (t) => {
  const offset = fc.bigInt({ min: 0n, max: 2n ** 60n });
  fc.assert(
    fc.property(fc.nat(9_999), offset, offset, (log, one, other) => {
      const [first, second] = [positionAt(log, one), positionAt(log, other)];
      t.is(sortable(first) < sortable(second), one < other);
      t.is(positionOfSortable(sortable(first)), first);
    }),
  );
});

test('the latest of sortable positions is what merging them comes to', (t) => {
  const events = fc.array(fc.record({ log: fc.nat(12), offset: fc.bigInt(0n, 10n ** 18n) }));
  fc.assert(
    fc.property(events, (some) => {
      const positions = some.map(({ log, offset }) => positionAt(log, offset));
      t.is(latestOfSortable(positions.map(sortable)), positions.reduce<Position | undefined>(merge, undefined));
    }),
  );
});

test('refuses text that is no position', (t) => {
  for (const text of ['', '0', '0.', '.1', '0.1_', '0.-1', 'a.b', '0.1 ', '00000.1', `0.${'9'.repeat(20)}`]) t.false(isPosition(text), text);
});
