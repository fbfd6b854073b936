/** What is planned on the channel `in-app` stands in the notification centre once, however often and by however many it is planned. */
import test from 'ava';
import { deliveryIdOf } from '../../../commands/handling/deterministic-ids.ts';
import type { NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, plus } from '../../../domain/shared/instant.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
import { deliveryStream, notificationStream } from '../../../domain/shared/streams.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { planNotifications } from './plan-notifications.ts';

type Deliveries = Awaited<ReturnType<typeof startDeliveriesForTest>>;

const eventsOf = async ({ work }: Deliveries, notification: NotificationId, recipient: PersonId): Promise<readonly string[]> => {
  const types: string[] = [];
  for await (const { type } of work.log.readStream(deliveryStream(deliveryIdOf({ notification, recipient, channel: 'in-app' })))) types.push(type);
  return types.map((type) => type.slice('notifications.'.length, -'.v1'.length));
};

/** By a second worker, which begins from the request as the first one did. */
async function planAgain({ work }: Deliveries, notification: NotificationId): Promise<void> {
  const routing = { now: async () => ({ isPluggedIn: () => true, vendorFor: () => undefined }) };
  const planning = planNotifications({ ...work, routing, addAttempts: async () => undefined });
  for await (const stored of work.log.readStream(notificationStream(notification), { limit: 1 })) {
    const event = (await work.codec.decode(stored)) as Recorded as Parameters<typeof planning.react>[0];
    await Promise.all([planning.react(event), planning.react(event)]);
  }
}

const itemsOf = ({ work }: Deliveries, person: PersonId) => work.views.find('centre-items', { where: { person, archived: false }, limit: 10 });

test('three plannings at once, and one later, put one thing into the centre by one event', async (t) => {
  await using all = await startDeliveriesForTest(2);
  const notification = await all.request({ channels: ['in-app'] });
  await planAgain(all, notification);
  await all.work.untilIdle();
  await planAgain(all, notification);
  await all.work.untilIdle();
  for (const person of all.recipients) {
    t.deepEqual(await eventsOf(all, notification, person), ['delivered-in-app']);
    t.is((await itemsOf(all, person)).length, 1);
  }
  t.deepEqual(
    (await all.deliveries(notification)).map(({ status, attempt }) => `${status} ${attempt}`),
    ['delivered 0', 'delivered 0'],
  );
  t.deepEqual(await all.work.outbox.list({ limit: 10 }), []);
});

test('what is planned for later stands there when its time has come, once, and not at all where it is cancelled before', async (t) => {
  await using all = await startDeliveriesForTest(1);
  const [person] = all.recipients as [PersonId];
  const sendAt = plus(all.work.clock(), HOUR_MS);
  const [kept, cancelled] = [await all.request({ channels: ['in-app'], sendAt }), await all.request({ channels: ['in-app'], sendAt })];
  await all.work.untilIdle();
  t.deepEqual(await itemsOf(all, person), []);
  await all.work.commands.cancelNotification({ notification: cancelled, app: all.app }, all.work.by(`app:${all.app}`));
  await all.work.advanceUntil(async () => (await itemsOf(all, person)).length > 0, { stepMs: 10 * MINUTE_MS });
  await planAgain(all, kept);
  await all.work.untilIdle();
  t.deepEqual(await eventsOf(all, kept, person), ['delivery-planned', 'delivery-deferred', 'delivery-released', 'delivered-in-app']);
  t.deepEqual(await eventsOf(all, cancelled, person), ['delivery-planned', 'delivery-deferred', 'delivery-cancelled']);
  t.deepEqual(
    (await itemsOf(all, person)).map(({ notification }) => notification),
    [kept],
  );
});

test('what a sandbox tells there is delivered, for its app to see, and stands in nobody’s centre', async (t) => {
  await using all = await startDeliveriesForTest(1);
  const { commands, by } = all.work;
  const [person] = all.recipients as [PersonId];
  const { id: app } = await commands.registerApp({ name: 'tests', sandbox: true }, by('admin'));
  await commands.enrol({ person, app }, by(person));
  const notification = await all.request({ source: { kind: 'app', app }, channels: ['in-app'] });
  await all.work.untilIdle();
  t.deepEqual(
    (await all.deliveries(notification)).map(({ status, sandbox }) => [status, sandbox]),
    [['delivered', true]],
  );
  await commands.markNotification({ person, notification, mark: 'read' }, by(person));
  await all.work.untilIdle();
  t.deepEqual(await itemsOf(all, person), []);
});
