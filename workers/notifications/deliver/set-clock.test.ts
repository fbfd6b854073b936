/** Clocks are set, and processes are suspended: then a deadline passes while its attempt is still under way. */
import test from 'ava';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from '../../../domain/shared/instant.ts';
import type { Workplace } from '../../test-fixture.ts';
import { sleep } from '../../jobs/sleep.ts';
import { deliver } from './deliver.ts';
import { givenDeliveries } from '../test-fixture.ts';
import { createRouting } from '../vendors/routing.ts';
import { createVendorGate } from '../vendors/vendor-gate.ts';

test('the clock set forward while the vendor is at it: a vendor that can be asked says what became of it, and nothing is sent again', async (t) => {
  await using all = await givenDeliveries(1, { attemptDeadlineMs: 10_000 }, { canBeAsked: true });
  all.work.outbox.behave({ push: { does: 'accept-slowly', latencyMs: 1_000, extent: { messages: 1 } } });
  const notification = await all.request();
  while ((await all.deliveries(notification))[0]?.status !== 'attempting') await delay(5);
  await all.work.time.advance(MINUTE_MS);
  await all.untilEnded(notification);
  t.is((await all.sent()).length, 1);
});

test('the clock set forward while a job waits: the sweep finds what is due, and waits for no job that has its delay still to go', async (t) => {
  await using all = await givenDeliveries(1, { delayMaxMs: 10 * MINUTE_MS });
  const { work } = all;
  work.outbox.behave({ push: { does: 'limit-rate', retryAfterMs: 8 * MINUTE_MS, extent: { messages: 1 } } });
  const notification = await all.request({ ttlSeconds: 15 * 60 });
  await work.timeUntil(async () => (await all.deliveries(notification))[0]?.status === 'waiting', { stepMs: 0 });
  await work.time.advance(9 * MINUTE_MS);
  await work.timeUntil(async () => (await all.deliveries(notification))[0]?.status === 'accepted', { stepMs: 5_000 });
  t.is((await all.sent()).length, 1);
});

test('a worker that stalled until its attempt was judged leaves the next one to whoever began it', async (t) => {
  await using all = await givenDeliveries(1, { attemptDeadlineMs: 10_000 }, { canBeAsked: true });
  const { work } = all;
  const notification = await all.request({ sendAt: plus(work.clock(), HOUR_MS) });
  await work.timeUntil(async () => (await all.deliveries(notification))[0]?.status === 'deferred', { stepMs: 0 });
  const delivery = (await all.deliveries(notification))[0]?.delivery as DeliveryId;
  const [stalled, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const stalling = stallingOnceBegun(work, stalled.resolve, goOn.promise);

  // By hand, so that the workplace's own worker comes later than this one.
  work.outbox.behave({ push: { does: 'accept-slowly', latencyMs: 500, extent: { messages: 1 } } });
  const at = plus(work.clock(), HOUR_MS);
  await work.time.advance(HOUR_MS - 1);
  await work.commands.commandDelivery({ delivery, command: { type: 'release', at } }, work.by('x'));
  await work.commands.commandDelivery({ delivery, command: { type: 'queue', vendor: 'outbox-push', at } }, work.by('x'));
  const run = stalling({ data: { delivery } });
  await Promise.race([stalled.promise, run]);
  while ((await all.deliveries(notification))[0]?.attempt !== 2) {
    await work.time.advance(SECOND_MS); // judged: nothing was taken; then queued again
    await delay(5);
  }
  goOn.resolve();
  await run;
  await all.untilEnded(notification);
  t.is((await all.sent()).length, 1);
});

/** A worker of another process, which goes on only when it is told to after it has written down its attempt. */
function stallingOnceBegun(work: Workplace, stalled: () => void, goOn: Promise<void>) {
  const sender = work.senders.find(({ channel }) => channel === 'push');
  if (sender === undefined) throw new Error('there is no sender');
  const commands = {
    ...work.commands,
    commandDelivery: async (...asked: Parameters<typeof work.commands.commandDelivery>) => {
      const handled = await work.commands.commandDelivery(...asked);
      if (asked[0].command.type === 'start-attempt') {
        stalled();
        await goOn;
      }
      return handled;
    },
  };
  const never = new AbortController().signal;
  const gate = createVendorGate({ clockMs: () => 0, sleep, report: () => undefined }, { vendor: sender.vendor, pace: { perSecond: 1_000, burst: 1_000 } });
  const routing = createRouting([sender], new Map());
  const frequencyCap = { name: 'none', points: 9, windowSeconds: 9 };
  const pause = (ms: number) => sleep(ms, never);
  return deliver({ ...work, commands, sender, gate, routing, frequencyCap, delayMaxMs: 0, random: () => 0, pause }, never, { attemptDeadlineMs: 10_000 });
}
