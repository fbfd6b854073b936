import test from 'ava';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../../ports/sqlite/test-fixture.ts';
import type { NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { MINUTE_MS, plus } from '../../../domain/shared/instant.ts';
import type { FailoverStep } from '../../../domain/notifications/failover/policy.ts';
import { confirmContact, startWorkersForTest, type TestWorkers } from '../../test-fixture.ts';
import { loadNotificationWith } from '../plan/load-notification.ts';
import { deliveriesIn, startDeliveriesForTest } from '../test-fixture.ts';
import { lookAtFailover } from './look-at-failover.ts';
import { failoverIdOf, FAILOVER_QUEUE } from './open-failovers.ts';

const bySms: FailoverStep = { afterMinutes: 10, unless: 'delivered', channel: 'sms' };
const byEmail: FailoverStep = { afterMinutes: 20, unless: 'opened', channel: 'email' };
const STEP_MS = MINUTE_MS;
/** So long after, nothing more is to happen. */
const LONG_MS = 20 * MINUTE_MS;
const LONG_STEP_MS = 10 * MINUTE_MS;

/** Somebody with a device and a phone. */
async function startFailover(...[config, options]: Parameters<typeof startWorkersForTest>) {
  const all = await startDeliveriesForTest(1, config, options);
  const [person] = all.recipients as [PersonId];
  await confirmContact(all.work, { person, kind: 'phone', address: '+4930123456' });
  await all.work.untilIdle();
  const request = (failover: readonly FailoverStep[] = [bySms], fields: Parameters<typeof all.request>[0] = {}) => all.request({ failover, ...fields });
  return { ...all, person, request };
}

const outcomes = async (work: TestWorkers, notification: NotificationId): Promise<readonly string[]> =>
  (await deliveriesIn(work, [notification])).map(({ channel, status, reason }) => [channel, status, ...(reason === null ? [] : [reason])].join(' ')).toSorted();

const UNDER_WAY = new Set(['queued', 'attempting', 'waiting']);

/** What became of them once all attempts are over: one that was under way when the time was moved on is made again. */
async function outcomesOf(work: TestWorkers, notification: NotificationId): Promise<readonly string[]> {
  await work.advanceUntil(async () => !(await deliveriesIn(work, [notification])).some(({ status }) => UNDER_WAY.has(status)), { stepMs: 1_000 });
  return await outcomes(work, notification);
}

/** Rejects where it is left open. */
const untilClosed = (work: TestWorkers, of: Parameters<typeof failoverIdOf>[0]) =>
  work.advanceUntil(async () => (await work.stored.get('failovers', failoverIdOf(of))) === undefined, { stepMs: STEP_MS });

const texts = async ({ outbox }: Pick<TestWorkers, 'outbox'>, of: NotificationId): Promise<number> =>
  (await outbox.list({ channel: 'sms', limit: 100 })).filter(({ notification }) => notification === of).length;

/** The time passes in steps, so that sweeps and what they find come one after the other. */
async function pass({ time, untilIdle }: TestWorkers, ms: number): Promise<void> {
  const stepMs = ms >= LONG_MS ? LONG_STEP_MS : STEP_MS;
  for (let passed = 0; passed < ms; passed += stepMs) {
    await time.advance(stepMs);
    await untilIdle();
  }
}

test('a push that is not confirmed is followed by a text, once, and by an email where that is not opened', async (t) => {
  await using all = await startFailover();
  const { work } = all;
  await confirmContact(work, { person: all.person, kind: 'email', address: 'ann@example.org' });
  const notification = await all.request([bySms, byEmail]);
  await pass(work, 9 * MINUTE_MS);
  t.deepEqual(await outcomesOf(work, notification), ['push accepted']);
  await pass(work, 2 * MINUTE_MS);
  t.deepEqual(await outcomesOf(work, notification), ['push accepted', 'sms accepted']);
  await pass(work, 15 * MINUTE_MS);
  t.deepEqual(await outcomesOf(work, notification), ['push accepted', 'sms accepted'], 'the minutes of a step count from the one before');
  await pass(work, 6 * MINUTE_MS);
  t.deepEqual(await outcomesOf(work, notification), ['email accepted', 'push accepted', 'sms accepted']);
  await pass(work, LONG_MS);
  t.is(await texts(work, notification), 1);
  const steps = (await deliveriesIn(work, [notification])).map(({ channel, failover }) => [channel, failover?.step, failover?.instead?.deliveries.length]);
  t.deepEqual(
    steps.toSorted(([one], [other]) => String(one).localeCompare(String(other))),
    [
      ['email', 2, 2],
      ['push', 0, undefined],
      ['sms', 1, 1],
    ],
  );
  await t.notThrowsAsync(untilClosed(work, { notification, recipient: all.person }));
});

test('a receipt keeps the text from being planned', async (t) => {
  await using all = await startFailover();
  const { work } = all;
  const notification = await all.request();
  await pass(work, MINUTE_MS);
  const [push] = await deliveriesIn(work, [notification]);
  await work.commands.reportDelivery({ person: all.person, delivery: push?.delivery as never, what: 'received' }, work.by(all.person));
  await pass(work, LONG_MS);
  t.deepEqual(await outcomes(work, notification), ['push delivered']);
  await t.notThrowsAsync(untilClosed(work, { notification, recipient: all.person }));
});

test('a receipt that comes while the text waits for the morning keeps it from being sent', async (t) => {
  await using all = await startFailover();
  const { work, person } = all;
  const notification = await all.request();
  await pass(work, MINUTE_MS);
  await work.commands.setPreferences({ person, quietHours: { zone: 'UTC', from: '00:05', until: '00:20' } }, work.by(person));
  await pass(work, 11 * MINUTE_MS);
  t.deepEqual(await outcomesOf(work, notification), ['push accepted', 'sms deferred quiet-hours'], 'it is planned with all rules anew');
  const push = (await deliveriesIn(work, [notification])).find(({ channel }) => channel === 'push');
  await work.commands.reportDelivery({ person, delivery: push?.delivery as never, what: 'opened' }, work.by(person));
  await pass(work, LONG_MS);
  t.deepEqual(await outcomes(work, notification), ['push delivered', 'sms suppressed received-meanwhile']);
  t.is(await texts(work, notification), 0);
});

test('what can’t arrive is not waited for: a device that is gone, or none at all', async (t) => {
  await using all = await startFailover();
  const { work } = all;
  await work.outbox.behave({ push: { does: 'lose-endpoint' } });
  const lost = await all.request();
  await pass(work, MINUTE_MS);
  t.deepEqual(await outcomesOf(work, lost), ['push failed unregistered', 'sms accepted']);
  const none = await all.request();
  await pass(work, MINUTE_MS);
  t.deepEqual(await outcomesOf(work, none), ['push suppressed no-endpoint', 'sms accepted']);
});

test('what stands unseen in the notification centre is followed by a push, and not once its person has looked', async (t) => {
  await using all = await startFailover();
  const { work, person } = all;
  const byPush: FailoverStep = { afterMinutes: 10, unless: 'delivered', channel: 'push' };
  const unseen = await all.request([byPush], { channels: ['in-app'] });
  await pass(work, 11 * MINUTE_MS);
  t.deepEqual(await outcomesOf(work, unseen), ['in-app delivered', 'push accepted']);
  const seen = await all.request([byPush], { channels: ['in-app'] });
  await pass(work, MINUTE_MS);
  await work.commands.markNotificationsSeen({ person, upTo: work.clock() }, work.by(person));
  await pass(work, 11 * MINUTE_MS);
  t.deepEqual(await outcomes(work, seen), ['in-app delivered']);
});

test('who wants no pushes is told on the next channel at once, and who wants neither on none', async (t) => {
  await using all = await startFailover();
  const { work, person } = all;
  await work.commands.setPreferences({ person, choices: [{ category: 'news', channel: 'push', wanted: false }] }, work.by(person));
  const texted = await all.request();
  await pass(work, MINUTE_MS);
  t.deepEqual(await outcomesOf(work, texted), ['push suppressed opted-out', 'sms accepted']);
  await work.commands.setPreferences({ person, choices: [{ category: 'news', channel: 'sms', wanted: false }] }, work.by(person));
  const untold = await all.request();
  await pass(work, MINUTE_MS);
  t.deepEqual(await outcomes(work, untold), ['push suppressed opted-out', 'sms suppressed opted-out']);
});

test('a cancelled notification goes no further', async (t) => {
  await using all = await startFailover();
  const { work } = all;
  const notification = await all.request();
  await pass(work, MINUTE_MS);
  t.deepEqual(await outcomesOf(work, notification), ['push accepted']);
  await work.commands.cancelNotification({ notification, app: all.app }, work.by(`app:${all.app}`));
  await pass(work, LONG_MS);
  t.deepEqual(await outcomes(work, notification), ['push accepted']);
});

test('an outage of the vendor is a reason to fail over', async (t) => {
  await using all = await startFailover();
  const { work } = all;
  await work.outbox.behave({ push: { does: 'be-unavailable' } });
  const notification = await all.request();
  await pass(work, 11 * MINUTE_MS);
  const sms = async () => (await outcomes(work, notification)).filter((one) => one.startsWith('sms'));
  await work.advanceUntil(async () => (await sms()).join() === 'sms accepted', { stepMs: 1_000 });
  t.deepEqual(await sms(), ['sms accepted']);
});

test('two workers that look at once, and again, plan one text', async (t) => {
  await using all = await startFailover();
  const { work, person } = all;
  const notification = await all.request();
  await pass(work, 9 * MINUTE_MS);
  work.time.setBy(2 * MINUTE_MS); // the sweeper sleeps on
  const addAttempts = async () => undefined;
  const routing = { now: async () => ({ vendorFor: () => 'outbox', isPluggedIn: () => true }) };
  const progress = { advance: () => undefined, finish: () => undefined };
  const planning = { ...work, routing, addAttempts };
  const look = () => lookAtFailover({ ...work, loadNotification: loadNotificationWith(work), planning, progress, delayMaxMs: 0 });
  const job = { data: { notification, recipient: person } };
  await Promise.all([look()(job), look()(job)]);
  await look()(job);
  await pass(work, 2 * MINUTE_MS);
  t.deepEqual(await outcomesOf(work, notification), ['push accepted', 'sms accepted']);
  t.is(await texts(work, notification), 1);
});

test('after a kill, also one that takes the views along, the next step comes nevertheless, and the steps before not again', async (t) => {
  await using folder = await temporaryFolder();
  const of: { notification?: NotificationId; at?: ReturnType<TestWorkers['clock']> } = {};
  {
    await using all = await startFailover({}, { folder: folder.path });
    of.notification = await all.request([bySms, { ...byEmail, channel: 'email' }]);
    await pass(all.work, 11 * MINUTE_MS);
    t.is(await texts(all.work, of.notification), 1);
    of.at = all.work.clock();
  }
  const { notification, at } = of;
  for (const name of await readdir(folder.path)) if (name.startsWith('views.sqlite')) await rm(join(folder.path, name));
  await using work = await startWorkersForTest({}, { folder: folder.path, startAt: plus(at, MINUTE_MS) });
  await work.untilIdle();
  await pass(work, 10 * MINUTE_MS);
  t.deepEqual(await outcomesOf(work, notification), ['push accepted', 'sms accepted']);
  await pass(work, 10 * MINUTE_MS);
  t.deepEqual(await outcomesOf(work, notification), ['email suppressed no-endpoint', 'push accepted', 'sms accepted']);
  t.is(await texts(work, notification), 1);
  t.deepEqual(await work.stored.find('failovers', { limit: 10 }), []);
  t.true((await work.jobs.queues()).includes(FAILOVER_QUEUE));
});
