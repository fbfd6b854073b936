import test from 'ava';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../domain/shared/instant.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';

const breakerOpensAfter = (failuresMax: number) => ({ breaker: { failuresMax, openMs: MINUTE_MS, openMaxMs: MINUTE_MS } });
const REJECTS = { push: { does: 'reject', reason: 'not-for-us' } } as const;
const unavailableFor = (forMs: number) => ({ push: { does: 'be-unavailable', extent: { forMs } } }) as const;

test('a delivery that one vendor rejects waits for the other, however long that is unavailable, and is never sent to the first again', async (t) => {
  await using all = await startDeliveriesForTest(3, {}, { vendors: 'two' });
  await all.work.outbox.behave(REJECTS);
  await all.work.second.behave(unavailableFor(2 * HOUR_MS));
  const deliveries = await all.untilEnded(await all.request(), { stepMs: MINUTE_MS });
  t.true(deliveries.every(({ status }) => status === 'accepted'));
  for (const { history } of deliveries) t.is(history.filter(({ what }) => what === 'attempt-rejected').length, 1);
});

test('and so it does while the other’s breaker is open', async (t) => {
  await using all = await startDeliveriesForTest(3, breakerOpensAfter(2), { vendors: 'two' });
  await all.work.outbox.behave(REJECTS);
  await all.work.second.behave(unavailableFor(2 * HOUR_MS));
  const deliveries = await all.untilEnded(await all.request(), { stepMs: SECOND_MS * 10 });
  t.true(deliveries.every(({ status }) => status === 'accepted'));
});

test('a delivery that the second vendor rejects while the breaker of the first is open waits for the first', async (t) => {
  await using all = await startDeliveriesForTest(2, breakerOpensAfter(1), { vendors: 'two' });
  await all.work.outbox.behave(unavailableFor(10 * MINUTE_MS));
  await all.work.second.behave(REJECTS);
  await all.request({ recipients: all.recipients.slice(0, 1) }); // opens its breaker
  await all.work.untilIdle();
  const [delivery] = await all.untilEnded(await all.request({ recipients: all.recipients.slice(1) }), { count: 1 });
  t.is(delivery?.status, 'accepted');
});

test('a delivery that every vendor rejects fails, for the reason of the last one', async (t) => {
  await using all = await startDeliveriesForTest(1, {}, { vendors: 'two' });
  await all.work.outbox.behave(REJECTS);
  await all.work.second.behave({ push: { does: 'reject', reason: 'not-for-us-either' } });
  const [delivery] = await all.untilEnded(await all.request());
  t.deepEqual([delivery?.status, delivery?.reason, delivery?.attempt], ['failed', 'not-for-us-either', 2]);
});

for (const [vendors, outcome] of [
  ['one', ['failed', 'no-vendor', 'outbox-push']],
  ['two', ['accepted', null, 'second-push']],
] as const)
  test(`a delivery that a vendor rejects late, while the next attempt waits, is not offered to it again: of ${vendors}`, async (t) => {
    await using all = await startDeliveriesForTest(1, {}, { vendors });
    const { work } = all;
    await work.outbox.behave({ push: { does: 'hang', extent: { messages: 1 } } });
    await work.second.behave(unavailableFor(30 * MINUTE_MS));
    const notification = await all.request();
    const current = async () => (await all.deliveries(notification))[0];
    await work.advanceUntil(async () => (await current())?.status === 'unknown', { stepMs: SECOND_MS });
    await work.outbox.behave({ push: { does: 'be-unavailable', extent: { messages: 1 } } });
    await work.advanceUntil(async () => (await current())?.status === 'waiting', { stepMs: SECOND_MS });
    const { delivery } = (await current()) as { readonly delivery: DeliveryId };
    const command = { type: 'reject', attempt: 1, vendor: 'outbox-push', reason: 'late', endpointLost: false, at: work.clock() } as const;
    await work.commands.commandDelivery({ delivery, command }, work.by('system:callbacks'));
    const [ended] = await all.untilEnded(notification, { stepMs: MINUTE_MS });
    t.deepEqual([ended?.status, ended?.reason, ended?.vendor], outcome);
    t.deepEqual(await all.sent(), []);
  });
