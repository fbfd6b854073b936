/** How deliveries end whose vendor or worker fails. How many are lost and doubled on the way is counted in `faults/`. */
import test from 'ava';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import { LogUnavailable } from '../../ports/event-log/port.ts';
import { givenDeliveries } from './given.ts';

const PEOPLE = 20;

test('better never than twice: an attempt of unknown outcome is not repeated', async (t) => {
  await using all = await givenDeliveries(3);
  all.work.outbox.behave({ push: { does: 'lose-answer' } });
  const deliveries = await all.untilEnded(await all.request({ atMostOnce: true }));
  t.deepEqual(
    deliveries.map(({ status, reason }) => [status, reason]),
    deliveries.map(() => ['failed', 'outcome-unknown']),
  );
  t.is((await all.sent()).length, 3);
});

test('an outage that lasts longer than the message is worth ends it, and nothing is sent after', async (t) => {
  await using all = await givenDeliveries(3);
  all.work.outbox.behave({ push: { does: 'be-unavailable', extent: { forMs: 2 * HOUR_MS } } });
  const notification = await all.request({ ttlSeconds: 30 * 60 });
  const deliveries = await all.untilEnded(notification, { stepMs: MINUTE_MS });
  t.deepEqual(new Set(deliveries.map(({ status }) => status)), new Set(['expired']));
  await all.work.time.advance(3 * HOUR_MS);
  await all.work.quiet();
  t.deepEqual(await all.sent(), []);
});

test('what still waits for its vendor when it is worth nothing any more has come to its end then, and not when the vendor is back', async (t) => {
  await using all = await givenDeliveries(3, { breaker: { failuresMax: 1, openMs: HOUR_MS, openMaxMs: HOUR_MS } });
  const { work } = all;
  work.outbox.behave({ push: { does: 'refuse-account' } });
  const notification = await all.request({ ttlSeconds: 5 * 60 });
  const waitedMs = await work.timeUntil(async () => (await all.deliveries(notification)).filter(({ status }) => status === 'expired').length >= 2);
  t.true(waitedMs < 10 * MINUTE_MS);
});

test('a worker that dies in the middle of an attempt is found out, and the attempt repeated and marked', async (t) => {
  await using all = await givenDeliveries(1, { breaker: { failuresMax: 1, openMs: MINUTE_MS, openMaxMs: MINUTE_MS } });
  const { work } = all;
  // The vendor refuses us, so the delivery waits in the queue; meanwhile somebody begins an attempt, and is never heard of again.
  work.outbox.behave({ push: { does: 'refuse-account', extent: { forMs: 10 * SECOND_MS } } });
  const notification = await all.request();
  await work.timeUntil(async () => (await all.deliveries(notification))[0]?.status === 'waiting', { stepMs: 0 });
  await work.timeUntil(async () => (await all.deliveries(notification))[0]?.status === 'queued', { stepMs: 1_000 });
  const [queued] = await all.deliveries(notification);
  if (queued === undefined || queued.vendor === null) return t.fail();
  const { delivery, vendor } = queued;
  await work.commands.commandDelivery(
    { delivery, command: { type: 'start-attempt', vendor, deadline: work.clock(), at: work.clock() } },
    work.by('system:somebody'),
  );
  const [ended] = await all.untilEnded(notification);
  t.deepEqual(
    ended?.history
      .filter(({ what }) => what === 'outcome-unknown' || what === 'attempt-started' || what === 'attempt-accepted')
      .map(({ what, mayRepeat }) => [what, mayRepeat]),
    [
      ['attempt-started', false],
      ['attempt-started', false],
      ['outcome-unknown', undefined],
      ['attempt-started', true],
      ['attempt-accepted', undefined],
    ],
  );
});

test('a vendor that does not even say what it took holds up nothing: then nobody knows', async (t) => {
  await using all = await givenDeliveries(1, {}, { canBeAsked: true });
  for (const sender of all.work.senders) Object.assign(sender, { settle: () => new Promise(() => undefined) });
  all.work.outbox.behave({ push: { does: 'lose-answer', extent: { messages: 1 } } });
  const [ended] = await all.untilEnded(await all.request());
  t.is(ended?.status, 'accepted');
  t.true(ended?.history.some(({ what }) => what === 'outcome-unknown'));
});

test('whatever it stands at, what is cancelled is sent no more', async (t) => {
  const stands = [
    { status: 'queued', told: { does: 'refuse-account' }, ends: ['cancelled'] },
    { status: 'waiting', told: { does: 'limit-rate', retryAfterMs: HOUR_MS }, ends: ['cancelled'] },
    { status: 'attempting', told: { does: 'hang' }, ends: ['failed'] },
    { status: 'unknown', told: { does: 'hang' }, ends: ['failed'] },
  ] as const;
  for (const { status, told, ends } of stands) {
    await using all = await givenDeliveries(2, { breaker: { failuresMax: 9, openMs: HOUR_MS, openMaxMs: HOUR_MS } });
    const { work } = all;
    work.outbox.behave({ push: told });
    const notification = await all.request({ recipients: all.recipients.slice(0, 1) });
    // Behind the one whose account was refused, another waits for the breaker.
    const asked = status === 'queued' ? await all.request({ recipients: all.recipients.slice(1) }) : notification;
    await work.timeUntil(async () => (await all.deliveries(asked))[0]?.status === status, { stepMs: 1_000 });
    await work.commands.cancelNotification({ notification: asked, app: all.app }, work.by(`app:${all.app}`));
    await work.quiet();
    work.outbox.behave({ push: { does: 'accept' } });
    const ended = await all.untilEnded(asked, { count: 1, stepMs: MINUTE_MS });
    t.deepEqual(
      ended.map((delivery) => delivery.status),
      [...ends],
      status,
    );
    t.is((await all.sent()).filter((message) => message.notification === asked).length, 0, status);
  }
});

test('what a full queue did not take is added by the sweeper', async (t) => {
  await using all = await givenDeliveries(PEOPLE, { deliverConcurrency: 1 }, { jobsWaitingMax: 4 });
  all.work.outbox.behave({ push: { does: 'accept-slowly', latencyMs: 2 } });
  const notification = await all.request();
  const deliveries = await all.untilEnded(notification);
  t.true(all.work.reports.some(({ event }) => event === 'queue-full'));
  t.is(new Set(deliveries.map(({ status }) => status)).size, 1);
  t.is((await all.sent()).length, PEOPLE);
});

test('a delivery whose attempt the log would not take at first counts once towards the cap, and is sent', async (t) => {
  await using all = await givenDeliveries(1, { frequencyCap: { name: 'few', points: 1, windowSeconds: 24 * 3_600 } });
  const { log } = all.work;
  const append = log.append.bind(log);
  let cuts = 3; // as often as a command tries: then the job is tried again
  const cutOff: typeof log.append = async (stream, events, expected) => {
    if (events.some(({ type }) => type === 'notifications.attempt-started.v1') && cuts-- > 0) throw new LogUnavailable('cut off');
    return append(stream, events, expected);
  };
  Object.assign(log, { append: cutOff });
  const [delivery] = await all.untilEnded(await all.request({ ttlSeconds: 3_600 }));
  t.is(delivery?.status, 'accepted');
  t.is((await all.sent()).length, 1);
});
