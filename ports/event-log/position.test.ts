import test from 'ava';
import fc from 'fast-check';
import type { Position } from './port.ts';
import { covers, isPosition, merge, placeIn, positionIn, positionOfSortable, sortable } from './position.ts';

const positions = fc
  .uniqueArray(fc.tuple(fc.nat(5), fc.bigInt({ min: 0n, max: 2n ** 60n })), { minLength: 1, maxLength: 4, selector: ([log]) => log })
  .map((places) => places.map(([log, place]) => positionIn(log, place)).reduce((one, other) => merge(one, other) as Position));

test('what two positions are merged into covers both, and nothing less does', (t) => {
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

test('a position says nothing of the logs it does not name', (t) => {
  t.false(covers(positionIn(0, 9), positionIn(1, 0)));
  t.false(covers(undefined, positionIn(0, 0)));
  t.is(placeIn(positionIn(3, 7n), 1), undefined);
  t.is(placeIn(positionIn(3, 2n ** 60n), 3), 2n ** 60n);
});

test('made sortable, positions of one log sort as they come, and each is found again', (t) => {
  const place = fc.bigInt({ min: 0n, max: 2n ** 60n });
  fc.assert(
    fc.property(fc.nat(9_999), place, place, (log, one, other) => {
      const [first, second] = [positionIn(log, one), positionIn(log, other)];
      t.is(sortable(first) < sortable(second), one < other);
      t.is(positionOfSortable(sortable(first)), first);
    }),
  );
});

test('what is none of our positions is told apart', (t) => {
  for (const text of ['', '0', '0.', '.1', '0.1_', '0.-1', 'a.b', '0.1 ', '00000.1', `0.${'9'.repeat(20)}`]) t.false(isPosition(text), text);
});
