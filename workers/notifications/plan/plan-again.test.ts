/** A notification goes to the devices and addresses that its recipients have when it is sent, and not only when it was planned. */
import test from 'ava';
import { pushToken } from '../../../domain/people/push-token.ts';
import type { DeviceId, EndpointId, PersonId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, plus } from '../../../domain/shared/instant.ts';
import { pushTokenStream } from '../../../domain/shared/streams.ts';
import { confirmContact } from '../../test-fixture.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';

const LATER = { stepMs: MINUTE_MS };
const QUIET = { zone: 'UTC', from: '22:00', until: '00:40' }; // the test begins at midnight
const tokensIn = (sent: readonly { readonly to: string }[]) => sent.map(({ to }) => to).toSorted();

type Deliveries = Awaited<ReturnType<typeof startDeliveriesForTest>>;

async function startOne(...options: Parameters<typeof startDeliveriesForTest> extends [unknown, ...infer Rest] ? Rest : never) {
  const all = await startDeliveriesForTest(1, ...options);
  const { devices } = await devicesOf(all);
  return { all, person: all.recipients[0] as PersonId, first: devices[0]?.device as DeviceId };
}

const devicesOf = async ({ work, recipients: [person] }: Deliveries) => (await work.views.get('contacts', person as PersonId)) ?? { devices: [] as never[] };

test('a scheduled notification goes to a device that was registered after it was requested, once', async (t) => {
  const { all, person, first } = await startOne();
  await using work = all.work;
  const notification = await all.request({ sendAt: plus(work.clock(), HOUR_MS) });
  await work.untilIdle();
  const second = await work.device(person);
  const deliveries = await all.untilEnded(notification, { count: 2, ...LATER });
  t.deepEqual(new Set(deliveries.map(({ status }) => status)), new Set(['accepted']));
  t.deepEqual(tokensIn(await all.sent()), [`token-${first}`, `token-${second}`].toSorted());
});

test('a person without any device or address is notified at those that they have by then, on every channel', async (t) => {
  await using all = await startDeliveriesForTest(0);
  const { work, app } = all;
  const person = await work.person('zoe');
  await work.commands.enrol({ person, app }, work.by(person));
  const sendAt = plus(work.clock(), HOUR_MS);
  const byPush = await all.request({ recipients: [person], channels: ['push', 'sms'], sendAt });
  const bySms = await all.request({ recipients: [person], channels: ['sms'], sendAt });
  await work.untilIdle();
  const phone = await work.device(person);
  await confirmContact(work, { person, kind: 'phone', address: '+4930123456' });
  await work.untilIdle();
  await all.untilEnded([byPush, bySms], { count: 4, ...LATER });
  const sent = (await work.outbox.list({ limit: 10 })).filter(({ category }) => category !== 'account');
  t.deepEqual(
    sent.map(({ channel, to, notification }) => [channel, to, notification].join(' ')).toSorted(),
    [`push token-${phone} ${byPush}`, `sms +4930123456 ${byPush}`, `sms +4930123456 ${bySms}`].toSorted(),
  );
});

test('a notification that quiet hours held back goes to a device that was registered meanwhile', async (t) => {
  const { all, person, first } = await startOne();
  await using work = all.work;
  await work.commands.setPreferences({ person, quietHours: QUIET }, work.by(person));
  const notification = await all.request();
  await work.untilIdle();
  const second = await work.device(person);
  await all.untilEnded(notification, { count: 2, ...LATER });
  t.deepEqual(tokensIn(await all.sent()), [`token-${first}`, `token-${second}`].toSorted());
});

test('a person who changes to another phone while the vendor is away is notified there', async (t) => {
  const { all, person, first } = await startOne();
  await using work = all.work;
  await work.outbox.behave({ push: { does: 'be-unavailable', extent: { forMs: 10 * MINUTE_MS } } });
  const notification = await all.request();
  await work.advanceUntil(async () => (await all.deliveries(notification))[0]?.status === 'waiting', { stepMs: 0 });
  await work.commands.invalidateDevice({ person, device: first, reason: 'removed-by-person' }, work.by(person));
  const second = await work.device(person);
  const deliveries = await all.untilEnded(notification, { count: 2 });
  t.deepEqual(
    deliveries.map(({ device, status, reason }) => [device, status, reason].join(' ')).toSorted(),
    [`${first} suppressed endpoint-removed`, `${second} accepted `].toSorted(),
  );
  t.deepEqual(tokensIn(await all.sent()), [`token-${second}`]);
});

test('a notification that was cancelled is planned for no new device', async (t) => {
  const { all, person } = await startOne();
  await using work = all.work;
  const notification = await all.request({ sendAt: plus(work.clock(), HOUR_MS) });
  await work.untilIdle();
  await work.device(person);
  await work.commands.cancelNotification({ notification, app: all.app }, work.by(`app:${all.app}`));
  const deliveries = await all.untilEnded(notification, LATER);
  t.deepEqual(
    deliveries.map(({ status }) => status),
    ['cancelled'],
  );
  t.deepEqual(await all.sent(), []);
});

test('each device counts towards the frequency cap once, also one that came later', async (t) => {
  const { all, person } = await startOne({ notificationsPerDayMax: 3 });
  await using work = all.work;
  const notification = await all.request({ sendAt: plus(work.clock(), HOUR_MS) });
  await work.untilIdle();
  await work.device(person);
  await all.untilEnded(notification, { count: 2, ...LATER });
  t.is((await all.sent()).length, 2);
});

test('a token that another person registered while a push waited gets nothing of it', async (t) => {
  const { all, first } = await startOne();
  await using work = all.work;
  await work.outbox.behave({ push: { does: 'be-unavailable', extent: { forMs: 10 * MINUTE_MS } } });
  const notification = await all.request();
  await work.advanceUntil(async () => (await all.deliveries(notification))[0]?.status === 'waiting', { stepMs: 0 });
  const other = await work.person('other');
  await work.commands.registerDevice({ person: other, device: 'phone' as DeviceId, platform: 'fcm', token: `token-${first}` }, work.by(other));
  const [delivery] = await all.untilEnded(notification);
  t.deepEqual([delivery?.status, delivery?.reason], ['suppressed', 'endpoint-removed']);
  t.deepEqual(await all.sent(), []);
  t.deepEqual((await devicesOf(all)).devices, []);
});

test('a claim that was interrupted before it could remove the token from its former owner keeps pushes from it all the same', async (t) => {
  const { all, first } = await startOne();
  await using work = all.work;
  const other = await work.person('other');
  // As a registration leaves it that is killed right after its claim.
  const stream = pushTokenStream(work.commands.pushTokenIdOf({ platform: 'fcm', token: `token-${first}` }));
  const claim = { type: 'claim', person: other, device: 'phone' as DeviceId, endpoint: 'of other' as EndpointId, at: plus(work.clock(), 1) } as const;
  await work.handle(pushToken, stream, claim, work.by(other));
  const [delivery] = await all.untilEnded(await all.request());
  t.deepEqual([delivery?.status, delivery?.reason], ['suppressed', 'endpoint-removed']);
  t.deepEqual(await all.sent(), []);
  t.deepEqual((await devicesOf(all)).devices, [], 'and it is removed from there');
});
