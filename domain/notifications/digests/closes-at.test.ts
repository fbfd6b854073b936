import test from 'ava';
import { instant, MINUTE_MS, plus, type Instant } from '../../shared/instant.ts';
import { closesAt } from './closes-at.ts';

const morning = { kind: 'time-of-day', time: '08:00' } as const;
const berlin = (at: string, time = '08:00'): string | undefined => closesAt({ kind: 'time-of-day', time }, { zone: 'Europe/Berlin', at: at as Instant });
const by = (zone: string | undefined, at: string): string | undefined => closesAt(morning, { zone, at: at as Instant });

test('a window of minutes is counted from its first delivery, whatever a clock shows', (t) => {
  const at = instant(Date.UTC(2027, 2, 28, 0, 45));
  t.is(closesAt({ kind: 'after-first', minutes: 30 }, { zone: 'Europe/Berlin', at }), plus(at, 30 * MINUTE_MS));
  t.is(closesAt({ kind: 'at-once' }, { at }), undefined);
});

test('a window until a time of day closes when the person’s clock shows it next', (t) => {
  t.is(berlin('2027-01-10T06:59:59.999Z'), '2027-01-10T07:00:00.000Z');
  t.is(berlin('2027-01-10T07:00:00.000Z'), '2027-01-11T07:00:00.000Z');
  t.is(by('Asia/Seoul', '2027-01-10T07:00:00.000Z'), '2027-01-10T23:00:00.000Z');
  t.is(by(undefined, '2027-01-10T07:00:00.000Z'), '2027-01-10T08:00:00.000Z');
});

test('the clock is put on and back, and a window is an hour shorter or longer', (t) => {
  t.is(berlin('2027-03-27T12:00:00.000Z'), '2027-03-28T06:00:00.000Z');
  t.is(berlin('2027-10-30T12:00:00.000Z'), '2027-10-31T07:00:00.000Z');
});

test('a time that is skipped, or comes twice, closes a window once a day', (t) => {
  // 02:30 is not there: as long after the time before the change as it would have been.
  t.is(berlin('2027-03-27T12:00:00.000Z', '02:30'), '2027-03-28T01:30:00.000Z');
  t.is(berlin('2027-03-28T01:30:00.000Z', '02:30'), '2027-03-29T00:30:00.000Z');
  // 02:30 comes twice: the first counts, and between the two the next is tomorrow’s.
  t.is(berlin('2027-10-30T12:00:00.000Z', '02:30'), '2027-10-31T00:30:00.000Z');
  t.is(berlin('2027-10-31T00:30:00.000Z', '02:30'), '2027-11-01T01:30:00.000Z');
  t.is(berlin('2027-10-31T01:00:00.000Z', '02:30'), '2027-11-01T01:30:00.000Z');
});
