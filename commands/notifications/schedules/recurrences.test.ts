import test from 'ava';
import type { MissedPolicy, Occurrence, Recurrence } from '../../../domain/notifications/schedules/events.ts';
import { HOUR_MS, MINUTE_MS, plus, type Instant } from '../../../domain/shared/instant.ts';
import { firstInstantOf, instantOfLocal, lastInstantOf, type LocalTime } from '../../../domain/shared/local-time.ts';
import { dueNow, faultOfRecurrence, firstAfter, IN_TIME_WITHIN_MS } from './recurrences.ts';

const zone = 'Europe/Berlin';
const on = (day: number) => `2027-03-${String(day).padStart(2, '0')}T09:00:00` as LocalTime;
const daily: Recurrence = { rule: 'FREQ=DAILY', start: on(1), zone, clock: 'zone' };
const onClocks: Recurrence = { ...daily, clock: 'recipient' };
const occurrence = (day: number, of = daily): Occurrence => ({
  local: on(day),
  at: of.clock === 'recipient' ? firstInstantOf(on(day)) : instantOfLocal(on(day), of.zone),
});
const due = (at: Instant, { missed = 'skip', of = daily, next = occurrence(1, of) }: { missed?: MissedPolicy; of?: Recurrence; next?: Occurrence } = {}) =>
  dueNow({ recurrence: of, missed, next }, at);
const first = occurrence(1).at;

test('nothing is due before its time, and one at its time', (t) => {
  t.is(due(plus(first, -1)), undefined);
  t.deepEqual(due(first), { due: [occurrence(1)], skipped: 0, next: occurrence(2) });
});

test('an occurrence in time is requested whatever the policy; a late one is skipped, or not', (t) => {
  const [inTime, late] = [plus(first, IN_TIME_WITHIN_MS), plus(first, IN_TIME_WITHIN_MS + 1)];
  for (const missed of ['skip', 'latest', 'all'] as const) t.deepEqual(due(inTime, { missed })?.due, [occurrence(1)], missed);
  t.deepEqual(due(late), { due: [], skipped: 1, next: occurrence(2) });
  for (const missed of ['latest', 'all'] as const) t.deepEqual(due(late, { missed })?.due, [occurrence(1)], missed);
});

test('of many that were missed the latest is requested, or the latest ten; one that is in time is the latest', (t) => {
  const { at } = occurrence(15);
  t.deepEqual(due(at, { missed: 'latest' }), { due: [occurrence(15)], skipped: 14, next: occurrence(16) });
  const all = due(at, { missed: 'all' });
  t.deepEqual([all?.due.length, all?.due[0], all?.skipped], [10, occurrence(6), 5]);
  t.deepEqual(due(at), { due: [occurrence(15)], skipped: 14, next: occurrence(16) });
});

test('on the clocks of recipients one is missed once the last of them has shown it', (t) => {
  const last = lastInstantOf(on(1));
  t.deepEqual(due(plus(firstInstantOf(on(1)), 20 * HOUR_MS), { of: onClocks })?.due, [occurrence(1, onClocks)]);
  const dayAfter = due(plus(last, IN_TIME_WITHIN_MS + MINUTE_MS), { of: onClocks });
  t.deepEqual([dayAfter?.due, dayAfter?.skipped], [[occurrence(2, onClocks)], 1]);
});

test('after the last occurrence there is no next one', (t) => {
  t.deepEqual(due(first, { of: { ...daily, rule: 'FREQ=DAILY;COUNT=1' } }), { due: [occurrence(1)], skipped: 0, next: undefined });
});

test('a moment that was computed with other zone data is computed anew: later it waits, earlier it is due', (t) => {
  const known = { local: on(1), at: plus(first, -HOUR_MS) };
  t.deepEqual(due(known.at, { next: known }), { due: [], skipped: 0, next: occurrence(1) });
  t.deepEqual(due(first, { next: { local: on(1), at: plus(first, HOUR_MS) } })?.due, [occurrence(1)]);
});

test('the first occurrence may be at this very moment', (t) => {
  t.deepEqual(firstAfter(daily, first), occurrence(1));
  t.deepEqual(firstAfter(daily, plus(first, 1)), occurrence(2));
  t.is(firstAfter({ ...daily, rule: 'FREQ=DAILY;COUNT=1' }, plus(first, 1)), undefined);
});

test('a zone that there isn’t, a rule that is none, and one from long ago are refused', (t) => {
  t.is(faultOfRecurrence(daily, first), undefined);
  t.deepEqual(faultOfRecurrence({ ...daily, zone: 'W. Europe Standard Time' }, first), {
    code: 'time-zone-unknown',
    facts: { zone: 'W. Europe Standard Time' },
  });
  t.is(faultOfRecurrence({ ...daily, rule: 'FREQ=MINUTELY' }, first)?.code, 'schedule-rule-invalid');
  t.is(faultOfRecurrence({ ...daily, start: '1999-01-01T09:00:00' as LocalTime }, first)?.code, 'schedule-rule-invalid');
  t.is(faultOfRecurrence({ ...onClocks, rule: 'FREQ=DAILY;UNTIL=20280101T000000Z' }, first)?.code, 'schedule-rule-invalid');
  t.is(faultOfRecurrence({ ...onClocks, rule: 'FREQ=DAILY;UNTIL=20280101T000000' }, first), undefined);
});
