import test from 'ava';
import fc from 'fast-check';
import type { Recurrence } from '../../domain/notifications/schedules/events.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { localTimeAt, type LocalTime } from '../../domain/shared/local-time.ts';
import { occurrencesAfter } from './recurrence.ts';

const BEFORE = '2010-01-01T00:00:00.000Z' as Instant;

const recurrence = (rule: string, start: string, zone: string, clock: Recurrence['clock'] = 'zone'): Recurrence => ({
  rule,
  start: start as LocalTime,
  zone,
  clock,
});

const first = (count: number, of: Recurrence, after = BEFORE): readonly string[] =>
  occurrencesAfter(of, after)
    .take(count)
    .map(({ at }) => at.replace(':00.000Z', 'Z'))
    .toArray();

const ROWS: readonly (readonly [what: string, of: Recurrence, expected: readonly string[]])[] = [
  [
    'clocks go forward over it',
    recurrence('FREQ=DAILY', '2027-03-27T02:30:00', 'Europe/Berlin'),
    ['2027-03-27T01:30Z', '2027-03-28T01:30Z', '2027-03-29T00:30Z', '2027-03-30T00:30Z'],
  ],
  ['clocks go back over it', recurrence('FREQ=DAILY', '2027-10-30T02:30:00', 'Europe/Berlin'), ['2027-10-30T00:30Z', '2027-10-31T00:30Z', '2027-11-01T01:30Z']],
  ['midnight is skipped', recurrence('FREQ=DAILY', '2027-03-13T00:30:00', 'America/Havana'), ['2027-03-13T05:30Z', '2027-03-14T05:30Z', '2027-03-15T04:30Z']],
  ['a zone is three quarters of an hour off', recurrence('FREQ=DAILY', '2027-03-13T09:00:00', 'Asia/Kathmandu'), ['2027-03-13T03:15Z', '2027-03-14T03:15Z']],
  [
    'months without a 31st are left out, and don’t count',
    recurrence('FREQ=MONTHLY;COUNT=3', '2027-01-31T09:00:00', 'UTC'),
    ['2027-01-31T09:00Z', '2027-03-31T09:00Z', '2027-05-31T09:00Z'],
  ],
  [
    'weeks that begin on Sunday',
    recurrence('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU', '2027-01-03T09:00:00', 'UTC'),
    ['2027-01-04T09:00Z', '2027-01-18T09:00Z'],
  ],
  [
    'weeks that begin on Monday',
    recurrence('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=MO', '2027-01-03T09:00:00', 'UTC'),
    ['2027-01-11T09:00Z', '2027-01-25T09:00Z'],
  ],
  ['an end that is a moment', recurrence('FREQ=DAILY;UNTIL=20270328T003000Z', '2027-03-27T02:30:00', 'Europe/Berlin'), ['2027-03-27T01:30Z']],
  [
    'an end that is a moment, and an occurrence at it',
    recurrence('FREQ=DAILY;UNTIL=20270328T013000Z', '2027-03-27T02:30:00', 'Europe/Berlin'),
    ['2027-03-27T01:30Z', '2027-03-28T01:30Z'],
  ],
  [
    'an end that is a day, and whole',
    recurrence('FREQ=DAILY;UNTIL=20270328', '2027-03-27T23:30:00', 'America/New_York'),
    ['2027-03-28T03:30Z', '2027-03-29T03:30Z'],
  ],
  [
    'an end that is a time on the clock',
    recurrence('FREQ=DAILY;UNTIL=20270328T233000', '2027-03-27T23:30:00', 'America/New_York'),
    ['2027-03-28T03:30Z', '2027-03-29T03:30Z'],
  ],
  [
    'two times that are one moment where clocks go forward, and their order there',
    recurrence('FREQ=DAILY;COUNT=8;BYHOUR=2,3;BYMINUTE=0,30', '2027-03-27T23:00:00', 'Europe/Berlin'),
    ['2027-03-28T01:00Z', '2027-03-28T01:30Z', '2027-03-29T00:00Z', '2027-03-29T00:30Z', '2027-03-29T01:00Z', '2027-03-29T01:30Z'],
  ],
  [
    'a zone leaves out a whole day',
    recurrence('FREQ=DAILY', '2011-12-29T09:00:00', 'Pacific/Apia'),
    ['2011-12-29T19:00Z', '2011-12-30T19:00Z', '2011-12-31T19:00Z'],
  ],
  ['a day that no month has', recurrence('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', '2027-03-27T02:30:00', 'Europe/Berlin'), []],
  [
    'on each recipient’s clock, when the first of them shows it',
    recurrence('FREQ=DAILY;COUNT=1', '2027-03-27T09:00:00', 'Europe/Berlin', 'recipient'),
    ['2027-03-26T19:00Z'],
  ],
];

for (const [what, of, expected] of ROWS)
  test(`${what}: ${of.rule} from ${of.start} ${of.zone}`, (t) => {
    t.deepEqual(first(Math.max(expected.length + (/COUNT|UNTIL|30$/.test(of.rule) ? 1 : 0), 1), of), expected);
  });

test('one at the moment itself is not after it', (t) => {
  const daily = recurrence('FREQ=DAILY', '2027-03-27T02:30:00', 'Europe/Berlin');
  t.deepEqual(first(1, daily, '2027-03-28T01:30:00.000Z' as Instant), ['2027-03-29T00:30Z']);
  t.deepEqual(first(1, daily, '2027-03-28T01:29:59.999Z' as Instant), ['2027-03-28T01:30Z']);
});

test('an occurrence has the time that names it, but where the clock skips it', (t) => {
  const [skipped] = occurrencesAfter(recurrence('FREQ=DAILY', '2027-03-28T02:30:00', 'Europe/Berlin'), BEFORE).take(1);
  t.deepEqual(skipped, { local: '2027-03-28T02:30:00' as LocalTime, at: '2027-03-28T01:30:00.000Z' as Instant });
  t.is(localTimeAt('2027-03-28T01:30:00.000Z' as Instant, 'Europe/Berlin'), '2027-03-28T03:30:00' as LocalTime);
});

test('whenever one looks, the same occurrences come, each once and in order', (t) => {
  const rule = fc.constantFrom(
    'FREQ=DAILY',
    'FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,30',
    'FREQ=DAILY;INTERVAL=3',
    'FREQ=WEEKLY;BYDAY=SU,SA;BYHOUR=0,2,23',
    'FREQ=DAILY;COUNT=30;BYHOUR=1,2',
    'FREQ=DAILY;UNTIL=20271101T003000Z',
  );
  const zone = fc.constantFrom('Europe/Berlin', 'America/Havana', 'Australia/Lord_Howe', 'America/New_York', 'Africa/Casablanca', 'UTC');
  const start = fc.constantFrom('2027-03-01T02:30:00', '2027-10-20T00:15:00', '2027-02-20T02:00:00');
  fc.assert(
    fc.property(rule, zone, start, fc.nat({ max: 25 }), fc.nat({ max: 3_600_000 }), (text, where, begins, skip, laterMs) => {
      const of = recurrence(text, begins, where);
      const all = occurrencesAfter(of, BEFORE).take(60).toArray();
      for (const [i, { at }] of all.entries()) t.true(i === 0 || (all[i - 1]?.at ?? at) < at);
      const from = new Date(Date.parse(all[skip]?.at ?? BEFORE) + laterMs).toISOString() as Instant;
      const later = occurrencesAfter(of, from).take(10).toArray();
      t.deepEqual(later, all.filter(({ at }) => at > from).slice(0, later.length));
    }),
    { numRuns: 60 },
  );
});

const EVERY_HOUR = Array.from({ length: 24 }, (_, hour) => hour).join(',');
const ALL_DAYS = 'BYDAY=MO,TU,WE,TH,FR,SA,SU';

/** Rules that an app may send, of which a library that is asked for one occurrence after the other counts millions. */
const LABORIOUS: readonly (readonly [rule: string, found: number])[] = [
  [`FREQ=YEARLY;${ALL_DAYS};BYHOUR=${EVERY_HOUR}`, 50],
  [`FREQ=YEARLY;INTERVAL=3;${ALL_DAYS};BYHOUR=${EVERY_HOUR}`, 50],
  [`FREQ=WEEKLY;BYMONTH=2;${ALL_DAYS};BYHOUR=${EVERY_HOUR};BYSETPOS=168`, 50],
  [`FREQ=YEARLY;BYMONTH=2;${ALL_DAYS};BYHOUR=${EVERY_HOUR};BYSETPOS=366;COUNT=1000`, 50],
  [`FREQ=YEARLY;BYMONTH=2;${ALL_DAYS};BYSETPOS=366;COUNT=1000`, 0],
  ['FREQ=DAILY;COUNT=1000;BYMONTH=2;BYMONTHDAY=30', 0],
];
/** Of the processor, on a slow machine; asked one by one, the first of them takes as much by itself. */
const LABOUR_MAX_MS = 5_000;

test('no rule costs seconds, however it is made', (t) => {
  const before = process.cpuUsage();
  for (const [rule, found] of LABORIOUS)
    t.is(first(50, recurrence(rule, '2017-01-01T00:00:00', 'Europe/Berlin'), '2026-11-30T00:00:00.000Z' as Instant).length, found, rule);
  const { user, system } = process.cpuUsage(before);
  t.true((user + system) / 1_000 < LABOUR_MAX_MS, `${(user + system) / 1_000} ms`);
});

test('a rule that comes round every hour of some years goes on for as long as it is followed', (t) => {
  const hourly = recurrence(`FREQ=YEARLY;${ALL_DAYS};BYHOUR=${EVERY_HOUR}`, '2017-01-01T00:00:00', 'UTC');
  t.is(first(1, hourly, '2046-11-30T00:00:00.000Z' as Instant)[0], '2046-11-30T01:00Z');
});
