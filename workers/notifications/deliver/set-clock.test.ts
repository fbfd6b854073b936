/** When clocks are set or processes are suspended, a deadline passes while its attempt is still under way. */
import test from 'ava';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from '../../../domain/shared/instant.ts';
import type { TestWorkers } from '../../test-fixture.ts';
import { sleep } from '../../jobs/sleep.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { loadNotificationWith } from '../plan/load-notification.ts';
import { createVendors } from '../vendors/create-vendors.ts';
import { createDeliveryHandlers } from './delivery-handlers.ts';
import { createDeliveryJobs } from './delivery-jobs.ts';

test('the clock is set forward during an attempt: a vendor that resolves attempts tells its outcome, and nothing is sent again', async (t) => {
  await using all = await startDeliveriesForTest(1, { attemptDeadlineMs: 10_000 }, { resolvesAttempts: true });
  await all.work.outbox.behave({ push: { does: 'accept-slowly', latencyMs: 1_000, extent: { messages: 1 } } });
  const notification = await all.request();
  while ((await all.deliveries(notification))[0]?.status !== 'attempting') await delay(5);
  await all.work.time.advance(MINUTE_MS);
  await all.untilEnded(notification);
  t.is((await all.sent()).length, 1);
});

test('the clock is set back by an hour: what is due goes on being sent', async (t) => {
  await using all = await startDeliveriesForTest(1);
  await all.untilEnded(await all.request());
  all.work.time.setBy(-HOUR_MS);
  await all.untilEnded(await all.request());
  t.is((await all.sent()).length, 2);
});

test('the clock is set back by an hour while a vendor is unavailable: it is tried again as soon as otherwise', async (t) => {
  await using all = await startDeliveriesForTest(1);
  const { work } = all;
  await work.outbox.behave({ push: { does: 'refuse-account', extent: { messages: 1 } } });
  await all.request();
  await work.advanceUntil(() => work.reports.some(({ event }) => event === 'breaker-opened'), { stepMs: 0 });
  work.time.setBy(-HOUR_MS);
  const later = await all.request();
  const passedMs = await work.advanceUntil(async () => (await all.deliveries(later))[0]?.status === 'accepted', { stepMs: 1_000 });
  t.true(passedMs < MINUTE_MS, `${passedMs} ms`);
});

test('the clock is set forward while a job is delayed: the sweep finds the delivery that is due, and doesn’t wait for the job', async (t) => {
  await using all = await startDeliveriesForTest(1, { delayMaxMs: 10 * MINUTE_MS });
  const { work } = all;
  await work.outbox.behave({ push: { does: 'limit-rate', retryAfterMs: 8 * MINUTE_MS, extent: { messages: 1 } } });
  const notification = await all.request({ ttlSeconds: 15 * 60 });
  await work.advanceUntil(async () => (await all.deliveries(notification))[0]?.status === 'waiting', { stepMs: 0 });
  await work.time.advance(9 * MINUTE_MS);
  await work.advanceUntil(async () => (await all.deliveries(notification))[0]?.status === 'accepted', { stepMs: 5_000 });
  t.is((await all.sent()).length, 1);
});

test('a worker that stalled until its attempt was resolved leaves the next attempt to the worker that began it', async (t) => {
  await using all = await startDeliveriesForTest(1, { attemptDeadlineMs: 10_000 }, { resolvesAttempts: true });
  const { work } = all;
  const notification = await all.request({ sendAt: plus(work.clock(), HOUR_MS) });
  await work.advanceUntil(async () => (await all.deliveries(notification))[0]?.status === 'deferred', { stepMs: 0 });
  const delivery = (await all.deliveries(notification))[0]?.delivery as DeliveryId;
  const [stalled, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const stalling = stallingOnceStarted(work, stalled.resolve, goOn.promise);

  // Queued by hand, so that the test's own worker comes later than this one.
  await work.outbox.behave({ push: { does: 'accept-slowly', latencyMs: 500, extent: { messages: 1 } } });
  const at = plus(work.clock(), HOUR_MS);
  await work.time.advance(HOUR_MS - 1);
  await work.commands.commandDelivery({ delivery, command: { type: 'release', at } }, work.by('x'));
  await work.commands.commandDelivery({ delivery, command: { type: 'queue', vendor: 'outbox-push', at } }, work.by('x'));
  const run = stalling({ data: { delivery } });
  await Promise.race([stalled.promise, run]);
  while ((await all.deliveries(notification))[0]?.attempt !== 2) {
    await work.time.advance(SECOND_MS); // resolved: nothing was accepted; then queued again
    await delay(5);
  }
  goOn.resolve();
  await run;
  await all.untilEnded(notification);
  t.is((await all.sent()).length, 1);
});

/** A worker of another process that stalls after it has recorded its attempt, until it is told to go on. */
function stallingOnceStarted(work: TestWorkers, stalled: () => void, goOn: Promise<void>) {
  const { clock, monotonicMs, report } = work;
  const commands = {
    ...work.commands,
    commandDelivery: async (...args: Parameters<typeof work.commands.commandDelivery>) => {
      const result = await work.commands.commandDelivery(...args);
      if (args[0].command.type === 'start-attempt') {
        stalled();
        await goOn;
      }
      return result;
    },
  };
  const vendors = createVendors(
    work.senders.filter(({ channel }) => channel === 'push'),
    { ...work, monotonicMs, sleep, report },
  );
  const [vendor] = vendors.vendors;
  if (vendor === undefined) throw new Error('There is no vendor.');
  const handlers = createDeliveryHandlers(
    {
      reader: work,
      loadNotification: loadNotificationWith(work),
      commandGiver: { ...work, commands },
      views: work.views,
      ephemeral: work,
      vendors,
      deliveryJobs: createDeliveryJobs(work, { delayMaxMs: 0 }),
      runtime: { clock, monotonicMs, sleep, random: () => 0 },
      report,
    },
    { attemptDeadlineMs: 10_000, notificationsPerDayMax: 9, chatPushAfterMs: 0 },
  );
  return handlers.deliver(vendor, new AbortController().signal);
}
