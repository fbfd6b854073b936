import test from 'ava';
import { randomUUID } from 'node:crypto';
import type { DeliveryId, NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, plus } from '../../../domain/shared/instant.ts';
import type { Attempt, Sender } from '../../../ports/sender/port.ts';
import type { DeliveryDocument } from '../../../projections/read-models/deliveries.ts';
import { startWorkersForTest } from '../../test-fixture.ts';
import { deliveriesIn } from '../test-fixture.ts';
import { ENDPOINTS_REMEMBERED_MS } from '../webhooks/known-endpoints.ts';

/** Somebody with a device, whom the vendor would reach. */
async function startWithVendor() {
  const reached: Attempt[] = [];
  const vendor: Sender = {
    vendor: 'acme',
    channel: 'push',
    send: async (attempt) => {
      reached.push(attempt);
      return { outcome: 'accepted', vendorId: `m-${reached.length}` };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const work = await startWorkersForTest({}, { startSenders: ({ outbox }) => [vendor, ...outbox.senders] });
  const { commands, by } = work;
  const person: PersonId = await work.person('ann');
  await work.device(person);
  const request = async (sandbox: boolean) => {
    const { id: app } = await commands.registerApp({ name: 'Shop', sandbox }, by('admin'));
    await commands.setWebhook({ app, url: 'https://shop.example/hook', events: ['delivery.accepted'] }, by(`app:${app}`));
    await work.untilIdle();
    await work.time.advance(ENDPOINTS_REMEMBERED_MS);
    await commands.enrol({ person, app }, by(person));
    const asked = { source: { kind: 'app', app }, recipients: [person], category: 'news', channels: ['push'], content: { body: 'Hello' } } as const;
    return (await commands.requestNotification(asked, by(`app:${app}`))).id;
  };
  const untilAccepted = async (notifications: readonly NotificationId[], count: number) => {
    await work.advanceUntil(async () => (await deliveriesIn(work, notifications)).filter(({ status }) => status === 'accepted').length === count);
    await work.time.advance(MINUTE_MS);
    await work.untilIdle();
    return deliveriesIn(work, notifications);
  };
  return { work, reached, request, untilAccepted, [Symbol.asyncDispose]: () => work[Symbol.asyncDispose]() };
}

test('what a sandbox requests goes to the outbox and to no vendor, and its deliveries say so, while other apps reach people', async (t) => {
  await using all = await startWithVendor();
  const [inSandbox, live] = [await all.request(true), await all.request(false)];
  const deliveries = await all.untilAccepted([inSandbox, live], 2);
  t.deepEqual(
    all.reached.map(({ notification }) => notification),
    [live],
  );
  const kept = await all.work.outbox.list({ channel: 'push', limit: 10 });
  t.deepEqual(
    kept.map(({ notification }) => notification),
    [inSandbox],
  );
  t.deepEqual(
    deliveries.map(({ sandbox, vendor }) => ({ sandbox, isOutbox: vendor !== 'acme' })),
    [
      { sandbox: true, isOutbox: true },
      { sandbox: undefined, isOutbox: false },
    ],
  );
  const told = (await all.work.views.find('webhook-messages', { limit: 10 })).map(({ payload }) => `${payload.notification} ${payload.sandbox === true}`);
  t.deepEqual(told.toSorted(), [`${inSandbox} true`, `${live} false`].toSorted());
});

test('a vendor that is given a delivery of a sandbox, whoever did that, sends nothing', async (t) => {
  await using all = await startWithVendor();
  const notification = await all.request(true);
  const [planned] = await all.untilAccepted([notification], 1);
  const { commands, by, clock } = all.work;
  const misrouted = { ...(planned as DeliveryDocument), delivery: randomUUID() as DeliveryId, expiresAt: plus(clock(), HOUR_MS) };
  const { recipient, channel, endpoint, device, source, category, critical, atMostOnce, priority, expiresAt, delivery } = misrouted;
  const plan = { delivery, notification, recipient, channel, endpoint, ...(device && { device }), source, category, critical, atMostOnce, priority, expiresAt };
  const command = { type: 'plan', ...plan, sandbox: true, decision: { action: 'send', vendor: 'acme' }, at: clock() } as const;
  await commands.commandDelivery({ delivery, command }, by('test'));
  await all.untilAccepted([notification], 2);
  t.deepEqual(all.reached, []);
});
