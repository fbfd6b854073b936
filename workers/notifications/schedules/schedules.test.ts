/** Schedules on the running system: each occurrence is requested once, whatever happens to the process, its clock or its neighbours. */
import test from 'ava';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreateSchedule } from '../../../commands/notifications/schedules/schedules.ts';
import { MISSED_POLICIES } from '../../../domain/notifications/schedules/events.ts';
import type { PersonId, ScheduleId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, msBetween, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import type { LocalTime } from '../../../domain/shared/local-time.ts';
import { occurrenceId } from '../../../projections/read-models/notifications/schedules.ts';
import { START } from '../../test-fixture.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { requestOccurrences } from './request-occurrences.ts';

type Given = Awaited<ReturnType<typeof startDeliveriesForTest>>;

const STEP_MS = 10 * SECOND_MS;

/** Daily at nine in Berlin, which is 08:00Z in January 2030; the test begins at midnight, UTC. */
async function schedule({ work, app, recipients }: Given, fields: Partial<CreateSchedule> = {}, rule: Partial<CreateSchedule['recurrence']> = {}) {
  const recurrence = { rule: 'FREQ=DAILY', start: '2030-01-01T09:00:00' as LocalTime, zone: 'Europe/Berlin', clock: 'zone', ...rule } as const;
  const request = { recipients, category: 'pills', channels: ['push'] } as const;
  const { id, handled } = await work.commands.createSchedule(
    { app, recurrence, missed: 'skip', request, content: { body: 'Two' }, ...fields },
    work.by(`app:${app}`),
  );
  if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
  return id;
}

const occurrencesOf = ({ work }: Given, of: ScheduleId) => work.views.find('schedule-occurrences', { where: { schedule: of }, limit: 100 });

/** The clock is set, and so much time passes as the sweeps need to find what is due, and a minute at most. Returns how many messages were sent until then. */
async function sentBy(all: Given, at: string): Promise<number> {
  const { work } = all;
  work.time.setBy(msBetween(work.clock(), at as Instant));
  for (let swept = 0; swept < 4; swept++) {
    await work.untilIdle();
    await work.time.advance(STEP_MS);
  }
  await work.untilIdle();
  return (await all.sent()).length;
}

test('each occurrence is requested once, at its time', async (t) => {
  await using all = await startDeliveriesForTest(2);
  const id = await schedule(all);
  t.is(await sentBy(all, '2030-01-01T07:59:00.000Z'), 0);
  t.is(await sentBy(all, '2030-01-01T08:00:00.000Z'), 2);
  t.is(await sentBy(all, '2030-01-02T07:59:00.000Z'), 2);
  t.is(await sentBy(all, '2030-01-02T08:00:00.000Z'), 4);
  t.is(await sentBy(all, '2030-01-02T08:10:00.000Z'), 4);
  t.deepEqual(
    (await occurrencesOf(all, id)).map(({ local, at, refused }) => [local, at, refused]),
    [
      ['2030-01-01T09:00:00' as LocalTime, '2030-01-01T08:00:00.000Z' as Instant, null],
      ['2030-01-02T09:00:00' as LocalTime, '2030-01-02T08:00:00.000Z' as Instant, null],
    ],
  );
});

test('paused it requests nothing, resumed it goes on with what comes next, cancelled it requests nothing any more', async (t) => {
  await using all = await startDeliveriesForTest(1);
  const { commands, by } = all.work;
  const of = { schedule: await schedule(all, { missed: 'all' }), app: all.app };
  await commands.pauseSchedule(of, by('x'));
  t.is(await sentBy(all, '2030-01-01T08:00:00.000Z'), 0);
  await commands.resumeSchedule(of, by('x'));
  t.is(await sentBy(all, '2030-01-01T08:10:00.000Z'), 0);
  t.is(await sentBy(all, '2030-01-02T08:00:00.000Z'), 1);
  await commands.cancelSchedule(of, by('x'));
  t.is(await sentBy(all, '2030-01-03T08:00:00.000Z'), 1);
});

test('several schedulers at once record an occurrence once; the clock is set back by an hour and comes to that time again: it was told once', async (t) => {
  await using all = await startDeliveriesForTest(1);
  const { commands, by, time, views } = all.work;
  const id = await schedule(all, { missed: 'all' });
  time.setBy(8 * HOUR_MS);
  await Promise.all(['one', 'two', 'three'].map((scheduler) => commands.advanceSchedule({ schedule: id }, by(scheduler))));
  t.is(await sentBy(all, '2030-01-01T08:01:00.000Z'), 1);
  for (const again of ['07:05', '07:59', '08:00', '08:10']) t.is(await sentBy(all, `2030-01-01T${again}:00.000Z`), 1, again);
  t.like(await views.get('schedules', id), { requested: 1, skipped: 0, next: { local: '2030-01-02T09:00:00' } });
});

test('nothing ran for twenty occurrences: they are skipped, or the latest, or the latest ten, are requested late', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-schedules-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const ids: ScheduleId[] = [];
  {
    await using before = await startDeliveriesForTest(1, {}, { folder });
    for (const missed of MISSED_POLICIES) ids.push(await schedule(before, { missed }));
    await before.work.untilIdle();
  }
  const startAt = '2030-01-20T12:00:00.000Z' as Instant; // the one of this day is four hours late
  await using all = await startDeliveriesForTest(0, {}, { folder, startAt });
  const { views } = all.work;
  const now = () => Promise.all(ids.map((id) => views.get('schedules', id)));
  await all.work.advanceUntil(async () => (await now()).every((one) => one?.next?.local === '2030-01-21T09:00:00'), { stepMs: STEP_MS });
  t.is(await sentBy(all, '2030-01-20T12:05:00.000Z'), 11);
  t.deepEqual(
    (await now()).map((one) => [one?.missed, one?.requested, one?.skipped]),
    [
      ['skip', 0, 20],
      ['latest', 1, 19],
      ['all', 10, 10],
    ],
  );
});

test('a process that ended between recording an occurrence and requesting it: the next one requests it, once, whether it remembers or not', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-schedules-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  let id: ScheduleId;
  {
    await using before = await startDeliveriesForTest(1, { roles: ['delivery'] }, { folder });
    id = await schedule(before);
    before.work.time.setBy(8 * HOUR_MS);
    await before.work.commands.advanceSchedule({ schedule: id }, before.work.by('scheduler'));
  }
  const startAt = '2030-01-01T08:00:30.000Z' as Instant;
  for (const remembers of [true, true, false]) {
    // With its views a process loses how far its reactors have come since they told the log.
    if (!remembers) for (const file of ['', '-wal', '-shm']) await rm(join(folder, `views.sqlite${file}`), { force: true });
    await using all = await startDeliveriesForTest(0, {}, { folder, startAt });
    await all.work.advanceUntil(async () => (await all.sent()).length >= 1 && (await occurrencesOf(all, id)).length >= 1, { stepMs: STEP_MS });
    await all.work.time.advance(STEP_MS);
    await all.work.untilIdle();
    t.is((await all.sent()).length, 1);
    t.is((await occurrencesOf(all, id)).length, 1);
  }
});

test('what was recorded as due, and not requested until it is worth telling no more, is told to nobody', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-schedules-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  let id: ScheduleId;
  {
    await using before = await startDeliveriesForTest(1, { roles: ['delivery'] }, { folder });
    id = await schedule(before);
    before.work.time.setBy(8 * HOUR_MS);
    await before.work.commands.advanceSchedule({ schedule: id }, before.work.by('scheduler'));
  }
  await using all = await startDeliveriesForTest(0, {}, { folder, startAt: '2030-01-02T08:00:00.000Z' as Instant });
  const refused = async () => (await all.work.views.get('schedule-occurrences', occurrenceId(id, '2030-01-01T09:00:00' as LocalTime)))?.refused;
  await all.work.advanceUntil(async () => (await all.sent()).length >= 1, { stepMs: STEP_MS });
  t.is(await refused(), 'expires-before-sending');
  await all.work.time.advance(STEP_MS);
  await all.work.untilIdle();
  t.is((await all.sent()).length, 1, 'that of this day');
});

test('who withdraws is left out; what is refused is told with its code, and the next one comes', async (t) => {
  await using all = await startDeliveriesForTest(2);
  const { commands, by, views } = all.work;
  const { app } = all;
  const id = await schedule(all);
  const refusedOn = async (day: string) => (await views.get('schedule-occurrences', occurrenceId(id, `${day}T09:00:00` as LocalTime)))?.refused;
  await commands.setAppQuota({ app, quota: { recipientsPerHour: 1 } }, by('admin'));
  t.is(await sentBy(all, '2030-01-01T08:00:00.000Z'), 0);
  t.is(await refusedOn('2030-01-01'), 'quota-exceeded');
  await commands.setAppQuota({ app, quota: { recipientsPerHour: 3 } }, by('admin'));
  const [person] = all.recipients as [PersonId];
  await commands.withdrawEnrolment({ person, app }, by(person));
  t.is(await sentBy(all, '2030-01-02T08:00:00.000Z'), 1);
  t.is(await refusedOn('2030-01-02'), null);
  await commands.disableApp({ app }, by('admin'));
  t.is(await sentBy(all, '2030-01-03T08:00:00.000Z'), 1);
  t.is(await refusedOn('2030-01-03'), 'app-disabled');
  t.is((await views.get('schedules', id))?.next?.local, '2030-01-04T09:00:00' as LocalTime);
});

test('a schedule whose words were erased with their person ends', async (t) => {
  await using all = await startDeliveriesForTest(1);
  const id = await schedule(all);
  const [person] = all.recipients as [PersonId];
  await all.work.commands.erasePerson({ person }, all.work.by(person));
  t.is(await sentBy(all, '2030-01-01T08:00:00.000Z'), 0);
  t.is((await all.work.views.get('schedules', id))?.status, 'cancelled');
});

test('on each recipient’s clock everybody is told at nine, and who moves is told at nine where they are', async (t) => {
  await using all = await startDeliveriesForTest(3);
  const [inTokyo, moving] = all.recipients as [PersonId, PersonId, PersonId];
  const moveTo = async (person: PersonId, timeZone: string) => {
    await all.work.commands.changeProfile({ person, timeZone }, all.work.by(person));
    await all.work.untilIdle();
  };
  await moveTo(inTokyo, 'Asia/Tokyo');
  await moveTo(moving, 'Europe/Berlin');
  const id = await schedule(all, {}, { clock: 'recipient', zone: 'America/New_York', start: '2030-01-02T09:00:00' as LocalTime });
  t.is(await sentBy(all, '2030-01-01T19:00:00.000Z'), 0); // the first clock on Earth shows it
  t.is(await sentBy(all, '2030-01-01T23:59:00.000Z'), 0);
  t.is(await sentBy(all, '2030-01-02T00:00:00.000Z'), 1, 'in Tokyo');
  t.is(await sentBy(all, '2030-01-02T08:00:00.000Z'), 2, 'in Berlin');
  await moveTo(moving, 'Asia/Tokyo');
  t.is(await sentBy(all, '2030-01-02T14:00:00.000Z'), 3, 'by the zone for those who have told none; nobody twice');
  t.is(await sentBy(all, '2030-01-02T23:00:00.000Z'), 3); // the next one is planned
  t.is(await sentBy(all, '2030-01-03T00:00:00.000Z'), 5, 'who moved from Berlin is in Tokyo now');
  t.is(await sentBy(all, '2030-01-03T14:00:00.000Z'), 6);
  await sentBy(all, '2030-01-03T20:00:00.000Z'); // the next one is planned, in Tokyo
  await moveTo(moving, 'Europe/Berlin');
  t.is(await sentBy(all, '2030-01-04T00:00:00.000Z'), 7, 'who moved west waits for the time there');
  await moveTo(moving, 'Asia/Tokyo');
  t.is(await sentBy(all, '2030-01-04T00:05:00.000Z'), 8, 'who moved to where it is over is told at once');
  await all.work.commands.cancelSchedule({ schedule: id, app: all.app }, all.work.by('x'));
  t.is(await sentBy(all, '2030-01-04T14:00:00.000Z'), 8, 'what waits on a clock is taken back');
});

test('what can’t be taken back now is taken back later', async (t) => {
  const reactor = requestOccurrences({
    reader: {
      log: {
        readStream: async function* () {
          yield {};
        },
      },
      codec: { decode: async () => ({ type: 'notifications.schedule-created.v1', data: { app: 'shop' } }) },
    },
    commands: { cancelNotification: async () => ({ outcome: 'refused', refusal: { code: 'write-contention' } }) },
    contextFor: () => ({ outcome: 'accepted', context: {} }),
    clock: () => START,
  } as unknown as Parameters<typeof requestOccurrences>[0]);
  const cancelled = { type: 'notifications.schedule-cancelled.v1', id: 'e', metadata: {}, data: { schedule: 's', withdrawn: 'n', at: START } };
  await t.throwsAsync(reactor.react(cancelled as unknown as Parameters<typeof reactor.react>[0]));
});
