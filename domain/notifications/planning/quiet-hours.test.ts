import test from 'ava';
import fc from 'fast-check';
import { HOUR_MS, instant, MINUTE_MS, plus, type Instant } from '../../shared/instant.ts';
import { minuteOfDay, minutesOf } from '../../shared/time-zone.ts';
import { quietUntil } from './quiet-hours.ts';

const berlin = (from: string, until: string) => ({ zone: 'Europe/Berlin', from, until });
const night = berlin('22:00', '07:00');
const endOf = (hours: typeof night, at: string) => quietUntil(hours, at as Instant);

test('the beginning is quiet, the end is not', (t) => {
  const noon = berlin('12:00', '13:00'); // winter: one hour before UTC's
  t.is(endOf(noon, '2025-01-15T10:59:59.999Z'), undefined);
  t.is(endOf(noon, '2025-01-15T11:00:00.000Z'), '2025-01-15T12:00:00.000Z' as Instant);
  t.is(endOf(noon, '2025-01-15T11:59:59.999Z'), '2025-01-15T12:00:00.000Z' as Instant);
  t.is(endOf(noon, '2025-01-15T12:00:00.000Z'), undefined);
});

test('a night is quiet over midnight', (t) => {
  t.is(endOf(night, '2025-01-15T20:59:59.999Z'), undefined);
  t.is(endOf(night, '2025-01-15T21:00:00.000Z'), '2025-01-16T06:00:00.000Z' as Instant);
  t.is(endOf(night, '2025-01-16T02:30:00.000Z'), '2025-01-16T06:00:00.000Z' as Instant);
  t.is(endOf(night, '2025-01-16T06:00:00.000Z'), undefined);
});

test('a zone may be half an hour off', (t) => {
  const hours = { zone: 'Asia/Kolkata', from: '22:00', until: '07:00' };
  t.is(endOf(hours, '2025-01-15T16:29:00.000Z'), undefined);
  t.is(endOf(hours, '2025-01-15T16:30:00.000Z'), '2025-01-16T01:30:00.000Z' as Instant);
});

test('the night in which clocks go forward is an hour shorter', (t) => {
  t.is(endOf(night, '2025-03-29T21:00:00.000Z'), '2025-03-30T05:00:00.000Z' as Instant);
});

test('the night in which clocks go back is an hour longer', (t) => {
  t.is(endOf(night, '2025-10-25T20:00:00.000Z'), '2025-10-26T06:00:00.000Z' as Instant);
});

test('an end that clocks jump over is the moment of the jump', (t) => {
  t.is(endOf(berlin('22:00', '02:30'), '2025-03-29T23:00:00.000Z'), '2025-03-30T01:00:00.000Z' as Instant);
});

test('of an end that comes twice the first counts, and the hours that the clock then shows again are quiet again', (t) => {
  const hours = berlin('22:00', '02:30');
  t.is(endOf(hours, '2025-10-25T22:00:00.000Z'), '2025-10-26T00:30:00.000Z' as Instant);
  t.is(endOf(hours, '2025-10-26T00:45:00.000Z'), undefined);
  t.is(endOf(hours, '2025-10-26T01:15:00.000Z'), '2025-10-26T01:30:00.000Z' as Instant);
});

test('a beginning that clocks jump over begins after the jump', (t) => {
  const hours = berlin('02:30', '04:00');
  t.is(endOf(hours, '2025-03-30T00:59:00.000Z'), undefined);
  t.is(endOf(hours, '2025-03-30T01:00:00.000Z'), '2025-03-30T02:00:00.000Z' as Instant);
});

// The end was sought an hour too far, beyond the one loud minute, whenever clocks went forward on the way there.
test('a loud minute is not missed when clocks go forward before it', (t) => {
  const hours = { zone: 'America/New_York', from: '01:53', until: '01:52' };
  t.is(endOf(hours, '2025-03-09T06:53:00.000Z'), '2025-03-10T05:52:00.000Z' as Instant);
});

test('in any zone and at any time, the end is the first minute that is not quiet by the zone’s clock', (t) => {
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((n) => String(n).padStart(2, '0')).join(':'));
  const hours = fc.record({
    zone: fc.constantFrom('Europe/Berlin', 'Asia/Kolkata', 'America/New_York', 'Australia/Lord_Howe', 'America/St_Johns', 'UTC'),
    from: time,
    until: time,
  });
  // Days around the changes of 2025 in these zones, where a mistake would show.
  const moment = fc
    .tuple(fc.constantFrom('2025-03-09', '2025-03-30', '2025-04-06', '2025-10-05', '2025-10-26', '2025-11-02'), fc.integer({ min: -1_440, max: 1_440 }))
    .map(([day, minutes]) => plus(`${day}T00:00:00.000Z` as Instant, minutes * MINUTE_MS));
  const isQuiet = ({ zone, from, until }: typeof night, at: Instant) => {
    const [minute, first, end] = [minuteOfDay(at, zone), minutesOf(from), minutesOf(until)];
    return first < end ? minute >= first && minute < end : minute >= first || minute < end;
  };
  fc.assert(
    fc.property(hours, moment, (quiet, at) => {
      fc.pre(quiet.from !== quiet.until);
      let expected = at;
      while (isQuiet(quiet, expected)) expected = plus(expected, MINUTE_MS);
      t.is(quietUntil(quiet, at), expected === at ? undefined : expected);
    }),
    { numRuns: 500 },
  );
});

test('quiet hours end within a day and an hour', (t) => {
  const until = endOf(berlin('00:01', '00:00'), instant(0));
  t.true(until !== undefined && until <= plus(instant(0), 25 * HOUR_MS));
});
