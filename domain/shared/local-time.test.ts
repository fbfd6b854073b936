import test from 'ava';
import { firstInstantOf, instantOfLocal, lastInstantOf, localTimeAt, localTimeOf, plusDays, type LocalTime } from './local-time.ts';
import type { Instant } from './instant.ts';

const at = (text: string) => text as Instant;
const local = (text: string) => text as LocalTime;

test('a time on a clock has one spelling, and neither an offset nor a zone', (t) => {
  t.is(localTimeOf('2027-03-28T09:00'), local('2027-03-28T09:00:00'));
  t.is(localTimeOf('2027-03-28T09:00:30'), local('2027-03-28T09:00:30'));
  for (const wrong of [
    '2027-03-28',
    '09:00',
    '2027-03-28T09:00Z',
    '2027-03-28T09:00+01:00',
    '2027-02-29T09:00',
    '2027-03-28T24:00',
    '2027-03-28T09:00:60',
    'tomorrow',
  ])
    t.is(localTimeOf(wrong), undefined, wrong);
});

test('a zone’s clock shows it at a moment: the time that is skipped later, the one that comes twice first', (t) => {
  t.is(instantOfLocal(local('2027-03-28T02:30:00'), 'Europe/Berlin'), at('2027-03-28T01:30:00.000Z'));
  t.is(instantOfLocal(local('2027-10-31T02:30:00'), 'Europe/Berlin'), at('2027-10-31T00:30:00.000Z'));
  t.is(instantOfLocal(local('2027-03-28T09:00:00'), 'Asia/Tokyo'), at('2027-03-28T00:00:00.000Z'));
  t.is(localTimeAt(at('2027-10-31T01:30:00.000Z'), 'Europe/Berlin'), local('2027-10-31T02:30:00'));
  t.is(localTimeAt(at('2027-10-31T01:30:00.999Z'), 'Asia/Kathmandu'), local('2027-10-31T07:15:00'));
});

test('it is shown by the first clock on Earth 26 hours before the last', (t) => {
  t.is(firstInstantOf(local('2027-03-28T09:00:00')), at('2027-03-27T19:00:00.000Z'));
  t.is(lastInstantOf(local('2027-03-28T09:00:00')), at('2027-03-28T21:00:00.000Z'));
  t.is(firstInstantOf(local('2027-03-28T09:00:00')), instantOfLocal(local('2027-03-28T09:00:00'), 'Pacific/Kiritimati'));
});

test('days are those of the calendar', (t) => {
  t.is(plusDays(local('2027-03-28T02:30:00'), 1), local('2027-03-29T02:30:00'));
  t.is(plusDays(local('2027-03-01T02:30:00'), -1), local('2027-02-28T02:30:00'));
});
