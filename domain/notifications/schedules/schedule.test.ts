import test from 'ava';
import { given } from '../../shared/given-when-then.ts';
import type { AppId, NotificationId, PersonId, ScheduleId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { LocalTime } from '../../shared/local-time.ts';
import type { Occurrence, ScheduleEvent } from './events.ts';
import { parseRule, untilOf } from './rule.ts';
import { schedule as decider, type ScheduleCommand } from './schedule.ts';

const schedule = 'schedule' as ScheduleId;
const [shop, other] = ['shop', 'other'] as unknown as readonly [AppId, AppId];
const [ann, bob] = ['ann', 'bob'] as unknown as readonly [PersonId, PersonId];
const notification = 'notification' as NotificationId;
const at = '2027-03-26T12:00:00.000Z' as Instant;
const occurrence = (day: number): Occurrence => ({ local: `2027-03-${day}T09:00:00` as LocalTime, at: `2027-03-${day}T08:00:00.000Z` as Instant });
const [first, second] = [occurrence(27), occurrence(28)];
const due = [{ ...first, notification }];

const recurrence = { rule: 'FREQ=DAILY', start: first.local, zone: 'Europe/Berlin', clock: 'zone' } as const;
const wanted = { schedule, app: shop, recurrence, missed: 'latest', request: { recipients: [ann], category: 'pills' }, content: { body: 'Two' }, at } as const;
const create = { type: 'create', ...wanted, appState: { status: 'active' }, next: first } as const;
const created: ScheduleEvent = { type: 'notifications.schedule-created.v1', data: { ...wanted, subject: ann, next: first } };
const onClocks: ScheduleEvent = { ...created, data: { ...created.data, recurrence: { ...recurrence, clock: 'recipient' } } };
const paused: ScheduleEvent = { type: 'notifications.schedule-paused.v1', data: { schedule, at } };
const cancelled: ScheduleEvent = { type: 'notifications.schedule-cancelled.v1', data: { schedule, at } };
const wasDue = (next: Occurrence | null): ScheduleEvent => ({ type: 'notifications.occurrences-due.v1', data: { schedule, due, skipped: 0, next, at } });
const command = <Command extends ScheduleCommand>(one: Command) => ({ ...one, schedule });
const advance = command({ type: 'advance', from: first, due, skipped: 0, next: second, at });

test('a schedule is created with its first occurrence; its words are its one recipient’s, else its app’s', (t) => {
  given(decider).when(create).then(t, created);
  const both = { recipients: [ann, bob], category: 'pills' };
  given(decider)
    .when({ ...create, request: both })
    .then(t, { ...created, data: { ...created.data, request: both, subject: shop } });
  given(decider, created).when(create).then(t);
});

test('a schedule that would only ever be refused is refused at once', (t) => {
  const { next: _, ...never } = create;
  given(decider).when(never).thenRefused(t, 'schedule-over');
  given(decider)
    .when({ ...create, fault: { code: 'content-missing' } })
    .thenRefused(t, 'content-missing');
  given(decider)
    .when({ ...create, appState: { status: 'disabled' }, fault: { code: 'content-missing' } })
    .thenRefused(t, 'app-disabled');
});

test('what is due is recorded once, whoever else computed the same', (t) => {
  given(decider, created).when(advance).then(t, wasDue(second));
  given(decider, created, wasDue(second)).when(advance).then(t);
  given(decider, created, paused).when(advance).then(t);
  given(decider, created, cancelled).when(advance).then(t);
  given(decider, created, wasDue(null)).when(advance).then(t);
  given(decider).when(advance).thenRefused(t, 'schedule-unknown');
});

test('a moment that other zone data have moved is recorded, and nothing is due', (t) => {
  const moved = { ...first, at: '2027-03-27T07:00:00.000Z' as Instant };
  const nothing: ScheduleEvent = { type: 'notifications.occurrences-due.v1', data: { schedule, due: [], skipped: 0, next: moved, at } };
  given(decider, created)
    .when({ ...advance, due: [], next: moved })
    .then(t, nothing);
  given(decider, created, nothing).when(advance).then(t);
  given(decider, created, nothing)
    .when({ ...advance, from: moved })
    .then(t, wasDue(second));
});

test('it is paused and resumed, and goes on with what comes next', (t) => {
  const resumed: ScheduleEvent = { type: 'notifications.schedule-resumed.v1', data: { schedule, next: second, at } };
  const resume = command({ type: 'resume', app: shop, next: second, at });
  given(decider, created)
    .when(command({ type: 'pause', at }))
    .then(t, paused);
  given(decider, created, paused)
    .when(command({ type: 'pause', at }))
    .then(t);
  given(decider, created, paused).when(resume).then(t, resumed);
  given(decider, created, paused, resumed).when(resume).then(t);
  const ended: ScheduleEvent = { type: 'notifications.schedule-resumed.v1', data: { schedule, next: null, at } };
  given(decider, created, paused)
    .when(command({ type: 'resume', at }))
    .then(t, ended);
  for (const over of [cancelled, wasDue(null)]) {
    given(decider, created, over).when(resume).thenRefused(t, 'schedule-over');
    given(decider, created, over)
      .when(command({ type: 'pause', at }))
      .thenRefused(t, 'schedule-over');
  }
});

test('it is cancelled for good, and takes back what waits on the clocks of its recipients', (t) => {
  const cancel = command({ type: 'cancel', at });
  given(decider, created).when(cancel).then(t, cancelled);
  given(decider, created, wasDue(second)).when(cancel).then(t, cancelled);
  given(decider, created, cancelled).when(cancel).then(t);
  given(decider, created, wasDue(null)).when(cancel).then(t);
  const withdraws: ScheduleEvent = { ...cancelled, data: { schedule, withdrawn: notification, at } };
  given(decider, onClocks, wasDue(second)).when(cancel).then(t, withdraws);
  given(decider, onClocks, wasDue(null)).when(cancel).then(t, withdraws);
  const everywhere = '2027-03-27T21:00:00.000Z' as Instant; // 09:00 at UTC−12
  given(decider, onClocks, wasDue(second))
    .when({ ...cancel, at: everywhere })
    .then(t, { ...cancelled, data: { schedule, at: everywhere } });
});

test('another app learns nothing of it', (t) => {
  for (const type of ['pause', 'resume', 'cancel'] as const)
    given(decider, created)
      .when(command({ type, app: other, at }))
      .thenRefused(t, 'schedule-unknown');
});

test('a rule is read as calendars write it', (t) => {
  t.deepEqual(parseRule('RRULE:freq=weekly;byday=mo,we;interval=2;wkst=su'), { text: 'FREQ=WEEKLY;BYDAY=MO,WE;INTERVAL=2;WKST=SU' });
  t.deepEqual(parseRule('FREQ=DAILY;UNTIL=20270328T003000Z'), { text: 'FREQ=DAILY', until: '20270328T003000Z' });
  t.deepEqual(parseRule('FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9,17;'), { text: 'FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9,17' });
  t.deepEqual(parseRule('FREQ=DAILY;BYHOUR=9,17;BYSETPOS=-2,3'), { text: 'FREQ=DAILY;BYHOUR=9,17;BYSETPOS=-2,3' });
  t.deepEqual(untilOf('20270328T003000Z'), { end: '2027-03-28T00:30:00.000Z', isMoment: true });
  t.deepEqual(untilOf('20270328'), { end: '2027-03-28T23:59:59', isMoment: false });
});

test('a rule that can’t be, or that counts less than days, is refused with what is wrong', (t) => {
  for (const [rule, fault] of [
    ['', 'it has an empty part, which a rule does not have'],
    ['INTERVAL=2', 'it has no FREQ'],
    ['FREQ=HOURLY', 'FREQ=HOURLY is none of DAILY, WEEKLY, MONTHLY, YEARLY'],
    ['FREQ=DAILY;FREQ=DAILY', 'it has FREQ twice'],
    ['FREQ=DAILY;COLOUR=RED', 'it has a part COLOUR, which a rule does not have'],
    ['FREQ=DAILY;CONSTRUCTOR=1', 'it has a part CONSTRUCTOR, which a rule does not have'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL=0 is not possible'],
    ['FREQ=DAILY;INTERVAL=1=2', 'INTERVAL=1 is not possible'],
    ['FREQ=DAILY;BYHOUR=24', 'BYHOUR=24 is not possible'],
    ['FREQ=DAILY;BYHOUR=9\nDTSTART:20270101T000000Z', 'BYHOUR=9\nDTSTART:20270101T000000Z is not possible'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY=32 is not possible'],
    ['FREQ=DAILY;COUNT=3;UNTIL=20270328', 'COUNT and UNTIL exclude one another'],
    ['FREQ=DAILY;COUNT=1001', 'COUNT is at most 1000'],
    ['FREQ=DAILY;UNTIL=20270231', 'UNTIL=20270231 is no date'],
    ['FREQ=WEEKLY;BYDAY=1MO', 'BYDAY has numbers with FREQ=MONTHLY or YEARLY, and without BYWEEKNO'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'BYMONTHDAY does not go with FREQ=WEEKLY'],
    ['FREQ=MONTHLY;BYWEEKNO=1', 'BYWEEKNO goes with FREQ=YEARLY'],
    ['FREQ=DAILY;BYSETPOS=1', 'BYSETPOS needs another part that begins with BY'],
    ['FREQ=DAILY;BYHOUR=9,17;BYSETPOS=3', 'BYSETPOS is beyond 2, of which it has no more'],
    ['FREQ=WEEKLY;BYDAY=MO,TU,MO;BYSETPOS=-3,4', 'BYSETPOS is beyond 2, of which it has no more'],
    ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=32', 'BYSETPOS is beyond 31, of which it has no more'],
    ['FREQ=DAILY;BYHOUR=9,10,11,12,13;BYMINUTE=0,10,20,30,40', 'it comes round more than 24 times a day'],
    [`FREQ=DAILY;BYHOUR=${'9,'.repeat(300)}9`, 'it has more than 500 characters'],
  ] as const)
    t.deepEqual(parseRule(rule), { fault }, rule);
});
