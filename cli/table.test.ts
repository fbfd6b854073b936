import test from 'ava';
import { tableOf } from './table.ts';

test('columns are as wide as what stands in them', (t) => {
  t.deepEqual(tableOf(['NAME', 'LAG'], [['inbox', 0]]), ['NAME   LAG', 'inbox  0']);
});

test('what has several lines stays one row, and one long cell pushes the others no further than can be read', (t) => {
  const [, row = ''] = tableOf(['TITLE', 'BODY'], [['x'.repeat(500), 'Dear Ann,\n\nthe boat\tleaves at nine.']]);
  t.is(row, `${'x'.repeat(99)}…  Dear Ann, the boat leaves at nine.`);
});
