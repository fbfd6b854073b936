import test from 'ava';
import { setTimeout as delay } from 'node:timers/promises';
import { inEnglish } from '../../../commands/test-fixture.ts';
import { contacts } from '../../../domain/people/contacts.ts';
import type { DeviceId, NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, plus } from '../../../domain/shared/instant.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
import { contactsStream, notificationStream } from '../../../domain/shared/streams.ts';
import { confirmContact, type TestWorkers } from '../../test-fixture.ts';
import { requestUnrendered, startDeliveriesForTest } from '../test-fixture.ts';
import { PLANNED_IN_RANGE_MAX, planNotifications } from '../plan/plan-notifications.ts';
import { createDeliveryJobs } from './delivery-jobs.ts';
import { createRouting } from '../vendors/routing.ts';
import { addFirstAttempts } from './enqueue-deliveries.ts';

const statuses = (deliveries: readonly { readonly status: string; readonly reason: string | null }[]) =>
  deliveries.map(({ status, reason }) => [status, reason]);

test('a notification reaches every device of every recipient once', async (t) => {
  await using all = await startDeliveriesForTest(3);
  const [first] = all.recipients;
  if (first === undefined) return t.fail();
  await all.work.device(first);
  const deliveries = await all.untilEnded(await all.request(), { count: 4 });
  t.deepEqual(
    statuses(deliveries),
    deliveries.map(() => ['accepted', null]),
  );
  const sent = await all.sent();
  t.is(new Set(sent.map(({ to }) => to)).size, 4);
  t.deepEqual(new Set(sent.map(({ title, body }) => `${title}: ${body}`)), new Set(['News: Something happened']));
});

test('a long list of recipients is planned in ranges, each recipient once', async (t) => {
  const count = 2 * PLANNED_IN_RANGE_MAX + 1;
  await using all = await startDeliveriesForTest(0);
  const people = Array.from({ length: count }, (_, i) => `nobody-${i}`) as (typeof all.recipients)[number][];
  const notification = await all.request({ recipients: people });
  const deliveries = await all.untilEnded(notification, { count });
  t.is(new Set(deliveries.map(({ recipient }) => recipient)).size, count);
  t.deepEqual(new Set(deliveries.map(({ reason }) => reason)), new Set(['not-enrolled']));
  t.is(await all.work.stored.get('plannings', notification), undefined);
});

const planningOf = (work: TestWorkers) => {
  const deliveryJobs = createDeliveryJobs(work, { delayMaxMs: 0 });
  const routing = createRouting({ ...work, gates: new Map() });
  return planNotifications({ ...work, routing, addAttempts: addFirstAttempts({ deliveryJobs, routing: { has: () => true }, clock: work.clock }) });
};

test('planning again after a token was renewed sends nothing twice', async (t) => {
  await using all = await startDeliveriesForTest(1);
  const { work } = all;
  const person = all.recipients[0] as (typeof all.recipients)[number];
  const register = (token: string) => work.commands.registerDevice({ person, device: 'tablet' as DeviceId, platform: 'fcm', token }, work.by(person));
  await register('old');
  const notification = await all.request();
  await all.untilEnded(notification, { count: 2 });
  await register('new');
  for await (const stored of work.log.readStream(notificationStream(notification), { limit: 1 })) {
    const again = planningOf(work);
    await again.react((await work.codec.decode(stored)) as Recorded as Parameters<typeof again.react>[0]);
  }
  await work.untilIdle();
  t.is((await all.sent()).length, 2);
});

test('a push that waits goes to the token that was renewed meanwhile', async (t) => {
  await using all = await startDeliveriesForTest(0);
  const { work, app } = all;
  const person = await work.person('zoe');
  await work.commands.enrol({ person, app }, work.by(person));
  const register = (token: string) => work.commands.registerDevice({ person, device: 'phone' as DeviceId, platform: 'fcm', token }, work.by(person));
  await register('old');
  await work.commands.setPreferences({ person, quietHours: { zone: 'UTC', from: '23:00', until: '07:00' } }, work.by(person));
  const notification = await all.request({ recipients: [person] });
  await work.advanceUntil(async () => (await all.deliveries(notification))[0]?.status === 'deferred', { stepMs: 0 });
  await register('new');
  await all.untilEnded(notification, { count: 1, stepMs: MINUTE_MS });
  t.deepEqual(
    (await all.sent()).map(({ to }) => to),
    ['new'],
  );
});

test('the same event twice plans once, and the same job twice sends once', async (t) => {
  await using all = await startDeliveriesForTest(2);
  const { work } = all;
  await work.outbox.behave({ push: { does: 'accept-slowly', latencyMs: 20 } });
  const notification = await all.request();
  await work.advanceUntil(async () => (await all.deliveries(notification)).length === 2, { stepMs: 0 });
  const again = planningOf(work);
  for await (const stored of work.log.readStream(notificationStream(notification), { limit: 1 })) {
    await again.react((await work.codec.decode(stored)) as Recorded as Parameters<typeof again.react>[0]);
  }
  const deliveries = await all.deliveries(notification);
  t.is(deliveries.length, 2);
  const doubled = deliveries.flatMap(({ delivery }) => ['a', 'b', 'c'].map((id) => ({ id: `${delivery}:${id}`, data: { delivery } })));
  await work.jobs.add('deliver-push-outbox-push-normal', doubled);
  await all.untilEnded(notification);
  t.is((await all.sent()).length, 2);
});

test('a recipient who opts out between planning and sending gets nothing', async (t) => {
  await using all = await startDeliveriesForTest(2);
  const { work } = all;
  const [first] = all.recipients;
  if (first === undefined) return t.fail();
  const scheduled = await all.request({ sendAt: plus(work.clock(), HOUR_MS) });
  await work.outbox.behave({ push: { does: 'refuse-account', extent: { forMs: 2 * MINUTE_MS } } });
  const stuck = await all.request();
  await work.advanceUntil(async () => (await all.deliveries(stuck)).every(({ status }) => status === 'waiting'), { stepMs: 1_000 });
  await work.commands.setPreferences({ person: first, choices: [{ category: 'news', channel: 'push', wanted: false }] }, work.by(first));
  for (const notification of [stuck, scheduled]) {
    const deliveries = await all.untilEnded(notification, { stepMs: MINUTE_MS });
    for (const { recipient, status, reason } of deliveries)
      t.deepEqual([status, reason], recipient === first ? ['suppressed', 'opted-out'] : ['accepted', null]);
  }
  t.is((await all.sent()).length, 2);
});

test('a scheduled notification is sent at its time and not before, and quiet hours hold it back until they end', async (t) => {
  await using all = await startDeliveriesForTest(2);
  const { work } = all;
  const [first, second] = all.recipients;
  if (first === undefined || second === undefined) return t.fail();
  await work.commands.setPreferences({ person: second, quietHours: { zone: 'UTC', from: '00:30', until: '02:00' } }, work.by(second)); // the test begins at midnight
  const at = work.clock();
  const deliveries = await all.untilEnded(await all.request({ sendAt: plus(at, HOUR_MS) }), { stepMs: MINUTE_MS });
  const sentAt = new Map((await all.sent()).map((message) => [message.delivery, message.at]));
  for (const { recipient, delivery } of deliveries) {
    const due = plus(at, recipient === first ? HOUR_MS : 2 * HOUR_MS);
    const was = sentAt.get(delivery);
    t.true(was !== undefined && was >= due && was <= plus(due, 2 * MINUTE_MS), `${was} and not ${due}`);
  }
});

test('a delivery that is planned after its notification was cancelled is cancelled at once, though it would not be sent for an hour', async (t) => {
  await using all = await startDeliveriesForTest(2);
  const { work, recipients } = all;
  const late = recipients[1];
  const sendAt = plus(work.clock(), HOUR_MS);
  const notification = await all.request({ sendAt, recipients: recipients.slice(0, 1) });
  await work.commands.cancelNotification({ notification, app: all.app }, work.by(`app:${all.app}`));
  await work.untilIdle();
  const planning = planningOf(work);
  for await (const stored of work.log.readStream(notificationStream(notification), { limit: 1 })) {
    const requested = (await work.codec.decode(stored)) as Recorded as Parameters<typeof planning.react>[0];
    await planning.react({ ...requested, data: { ...requested.data, recipients: late === undefined ? [] : [late] } });
  }
  await work.untilIdle();
  t.deepEqual(
    (await all.deliveries(notification)).map(({ status }) => status),
    ['cancelled', 'cancelled'],
  );
});

test('cancelling a notification cancels its deliveries, whether they are planned yet or not', async (t) => {
  await using all = await startDeliveriesForTest(2);
  const { work } = all;
  const cancel = (notification: NotificationId) => work.commands.cancelNotification({ notification, app: all.app }, work.by(`app:${all.app}`));
  const sendAt = plus(work.clock(), HOUR_MS);
  const planned = await all.request({ sendAt });
  await work.untilIdle();
  await cancel(planned);
  const unplanned = await all.request({ sendAt });
  await cancel(unplanned);
  for (const notification of [planned, unplanned]) {
    const deliveries = await all.untilEnded(notification, { stepMs: MINUTE_MS });
    t.deepEqual(new Set(deliveries.map(({ status }) => status)), new Set(['cancelled']));
  }
  t.deepEqual(await all.sent(), []);
});

test('a token that the vendor no longer knows is invalidated, and is not tried again', async (t) => {
  await using all = await startDeliveriesForTest(1);
  const [person] = all.recipients;
  await all.work.outbox.behave({ push: { does: 'lose-endpoint' } });
  t.deepEqual(statuses(await all.untilEnded(await all.request())), [['failed', 'unregistered']]);
  t.deepEqual((await all.work.loadState(contacts, contactsStream(person as PersonId))).state.devices, []);
  t.deepEqual(statuses(await all.untilEnded(await all.request())), [['suppressed', 'no-endpoint']]);
});

test('a vendor that hangs delays no other vendor', async (t) => {
  await using all = await startDeliveriesForTest(5, { attemptDeadlineMs: MINUTE_MS, deliverConcurrency: 1 });
  const { work } = all;
  for (const [i, person] of all.recipients.entries()) await confirmContact(work, { person, kind: 'phone', address: `+4915200000${i}` });
  await work.outbox.behave({ push: { does: 'hang' } });
  await all.request({ channels: ['push', 'sms'] });
  const isSent = ({ category }: { readonly category: string }) => category !== 'account';
  while ((await work.outbox.list({ channel: 'sms', limit: 20 })).filter(isSent).length < 5) await delay(5);
  t.false(
    work.reports.some((report) => report.event === 'attempt-ended' && report.channel === 'push'),
    'the first push still hangs',
  );
  await work.outbox[Symbol.asyncDispose](); // which lets go of it
});

test('while a vendor refuses our account, its deliveries go to another vendor, and so do those that it rejects', async (t) => {
  await using all = await startDeliveriesForTest(5, {}, { vendors: 'two' });
  const { work } = all;
  await work.outbox.behave({ push: { does: 'refuse-account' } });
  await all.untilEnded(await all.request());
  const atSecond = async () => (await work.second.list({ limit: 100 })).length;
  t.is(await atSecond(), 5);
  await work.outbox.behave({ push: { does: 'reject', reason: 'no-route' } });
  const deliveries = await all.untilEnded(await all.request());
  t.deepEqual(new Set(deliveries.map(({ status, vendor }) => `${status} by ${vendor}`)), new Set(['accepted by second-push']));
  t.is(await atSecond(), 10);
  t.deepEqual(await all.sent(), []);
});

test('where no vendor serves a channel, the delivery fails and says so', async (t) => {
  await using all = await startDeliveriesForTest(1, {}, { vendors: 'none' });
  t.deepEqual(statuses(await all.untilEnded(await all.request())), [['failed', 'no-vendor']]);
});

test('a push about a message that has reached the person meanwhile is not sent', async (t) => {
  await using all = await startDeliveriesForTest(2);
  const { work } = all;
  const [ann, bob] = all.recipients;
  if (ann === undefined || bob === undefined) return t.fail();
  await work.outbox.behave({ push: { does: 'refuse-account', extent: { forMs: MINUTE_MS } } });
  const { id: channel } = await work.commands.openDirectChannel({ person: ann, other: bob }, work.by(ann));
  await work.commands.acceptMessageRequest({ person: bob, channel }, work.by(bob));
  await work.commands.postMessage({ channel, sender: ann, text: 'hello', clientId: 'one' }, work.by(ann));
  const deliveries = async () => (await work.views.find('deliveries', { where: { recipient: bob }, limit: 10 })).filter(({ channel: by }) => by === 'push');
  await work.advanceUntil(async () => (await deliveries())[0]?.status === 'waiting', { stepMs: 0 });
  await work.presence.received(bob, 'phone' as DeviceId, channel, 0);
  await work.advanceUntil(async () => (await deliveries())[0]?.status === 'suppressed');
  t.deepEqual(statuses(await deliveries()), [['suppressed', 'received-meanwhile']]);
  t.deepEqual(await all.sent(), []);
});

test('an app notifies a person no more often than the cap allows, and critical notifications always pass', async (t) => {
  await using all = await startDeliveriesForTest(1, { notificationsPerDayMax: 2 });
  for (let i = 0; i < 3; i++) await all.request();
  await all.work.untilIdle();
  t.is((await all.sent()).length, 2);
  await all.request({ critical: true });
  await all.work.untilIdle();
  t.is((await all.sent()).length, 3);
});

test('a template is rendered with its parameters, and one that can’t be fails the delivery', async (t) => {
  await using all = await startDeliveriesForTest(1);
  const { work, app } = all;
  const { id: template } = await work.commands.publishTemplate(
    { app, ...inEnglish({ title: 'Hi {{ name }}', body: 'You have {{ count }}' }) },
    work.by(`app:${app}`),
  );
  const from = async (parameters: Readonly<Record<string, unknown>>) => {
    const source = { kind: 'app', app } as const;
    const asked = { source, recipients: all.recipients, category: 'news', channels: ['push'], template: { template }, parameters } as const;
    return (await work.commands.requestNotification(asked, work.by(`app:${app}`))).id;
  };
  t.deepEqual(statuses(await all.untilEnded(await from({ name: 'Ann', count: 3 }))), [['accepted', null]]);
  t.deepEqual(
    (await all.sent()).map(({ title, body }) => [title, body]),
    [['Hi Ann', 'You have 3']],
  );
  const earlier = await requestUnrendered(work, { app, recipients: all.recipients, template, parameters: { name: 'Ann' } });
  t.deepEqual(statuses(await all.untilEnded(earlier)), [['failed', 'template-fault']]);
});

test('a title is put into one line and a body cut to what the channel takes, whatever the log or the parameters hold', async (t) => {
  await using all = await startDeliveriesForTest(1);
  const { work, app, recipients } = all;
  const { id: template } = await work.commands.publishTemplate({ app, ...inEnglish({ title: '{{ title }}', body: '{{ body }}' }) }, work.by(`app:${app}`));
  const family = '👨‍👩‍👧';
  const parameters = { title: 'One\r\nBcc: two@example.org \u202etxt', body: family.repeat(1_000) };
  await all.untilEnded(await requestUnrendered(work, { app, recipients, template, parameters }));
  const [{ title, body } = { title: undefined, body: undefined }] = await all.sent();
  t.is(title, 'One Bcc: two@example.org txt');
  t.regex(body ?? '', new RegExp(`^(${family})+…$`));
});

test('a recipient who is erased between planning and sending gets nothing', async (t) => {
  await using all = await startDeliveriesForTest(1);
  const { work } = all;
  const [person] = all.recipients;
  if (person === undefined) return t.fail();
  const notification = await all.request({ sendAt: plus(work.clock(), HOUR_MS) });
  await work.untilIdle();
  await work.commands.erasePerson({ person }, work.by(person));
  t.deepEqual(statuses(await all.untilEnded(notification, { stepMs: MINUTE_MS })), [['suppressed', 'person-erased']]);
  t.deepEqual(await all.sent(), []);
});

test('the recipients of a notification get a live hint', async (t) => {
  await using all = await startDeliveriesForTest(1);
  const { work } = all;
  const [person] = all.recipients;
  if (person === undefined) return t.fail();
  const heard: unknown[] = [];
  work.broadcast.listen(person, (hint) => void heard.push(hint));
  const notification = await all.request({ channels: ['push', 'in-app'] });
  await work.advanceUntil(() => heard.length > 0, { stepMs: 0 });
  t.deepEqual(heard, [{ kind: 'notification', notification }]);
});
