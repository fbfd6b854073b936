import test from 'ava';
import { tableOf } from './table.ts';

test('columns are as wide as their cells', (t) => {
  t.deepEqual(tableOf(['NAME', 'LAG'], [['inbox', 0]]), ['NAME   LAG', 'inbox  0']);
});

test('a cell of several lines becomes one line, and a long cell is clipped', (t) => {
  const [, row = ''] = tableOf(['TITLE', 'BODY'], [['x'.repeat(500), 'Dear Ann,\n\nthe boat\tleaves at nine.']]);
  t.is(row, `${'x'.repeat(99)}…  Dear Ann, the boat leaves at nine.`);
});

test('a long cell is clipped between characters as a person sees them', (t) => {
  const [, row = ''] = tableOf(['TITLE', 'BODY'], [['👨‍👩‍👧'.repeat(30), 'Hello']]);
  t.is(row, `${'👨‍👩‍👧'.repeat(19)}…  Hello`);
});
