/** How deliveries end whose vendor or worker fails. The fault table in `faults/` counts how many are lost and doubled. */
import test from 'ava';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import { LogUnavailable } from '../../ports/event-log/port.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { contactsStream } from '../../domain/shared/streams.ts';
import type { Sender } from '../../ports/sender/port.ts';
import type { TestWorkers } from '../test-fixture.ts';
import { startDeliveriesForTest } from './test-fixture.ts';
import { PLANNED_IN_RANGE_MAX } from './plan/plan-notifications.ts';

const PEOPLE = 20;

test('where a notification asks for at most once, an attempt of unknown outcome is not repeated', async (t) => {
  await using all = await startDeliveriesForTest(3);
  await all.work.outbox.behave({ push: { does: 'lose-answer' } });
  const deliveries = await all.untilEnded(await all.request({ atMostOnce: true }));
  t.deepEqual(
    deliveries.map(({ status, reason }) => [status, reason]),
    deliveries.map(() => ['failed', 'outcome-unknown']),
  );
  t.is((await all.sent()).length, 3);
});

test('an outage longer than the time to live makes the deliveries expire, and nothing is sent after it', async (t) => {
  await using all = await startDeliveriesForTest(3);
  await all.work.outbox.behave({ push: { does: 'be-unavailable', extent: { forMs: 2 * HOUR_MS } } });
  const notification = await all.request({ ttlSeconds: 30 * 60 });
  const deliveries = await all.untilEnded(notification, { stepMs: MINUTE_MS });
  t.deepEqual(new Set(deliveries.map(({ status }) => status)), new Set(['expired']));
  await all.work.time.advance(3 * HOUR_MS);
  await all.work.untilIdle();
  t.deepEqual(await all.sent(), []);
});

test('a delivery that waits for its vendor expires at its time, and not when the vendor is back', async (t) => {
  await using all = await startDeliveriesForTest(3, { breaker: { failuresMax: 1, openMs: HOUR_MS, openMaxMs: HOUR_MS } });
  const { work } = all;
  await work.outbox.behave({ push: { does: 'refuse-account' } });
  const notification = await all.request({ ttlSeconds: 5 * 60 });
  const waitedMs = await work.advanceUntil(async () => (await all.deliveries(notification)).filter(({ status }) => status === 'expired').length >= 2);
  t.true(waitedMs < 10 * MINUTE_MS);
});

test('an attempt whose worker died is found, repeated and marked', async (t) => {
  await using all = await startDeliveriesForTest(1, { breaker: { failuresMax: 1, openMs: MINUTE_MS, openMaxMs: MINUTE_MS } });
  const { work } = all;
  // The vendor refuses our account, so the delivery waits in the queue; meanwhile another worker begins an attempt, and dies.
  await work.outbox.behave({ push: { does: 'refuse-account', extent: { forMs: 10 * SECOND_MS } } });
  const notification = await all.request();
  await work.advanceUntil(async () => (await all.deliveries(notification))[0]?.status === 'waiting', { stepMs: 0 });
  await work.advanceUntil(async () => (await all.deliveries(notification))[0]?.status === 'queued', { stepMs: 1_000 });
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

test('a vendor that does not answer which attempts it accepted delays nothing: their outcome is unknown', async (t) => {
  await using all = await startDeliveriesForTest(1, {}, { resolvesAttempts: true });
  for (const sender of all.work.senders) Object.assign(sender, { resolveAttempt: () => new Promise(() => undefined) } satisfies Partial<Sender>);
  await all.work.outbox.behave({ push: { does: 'lose-answer', extent: { messages: 1 } } });
  const [ended] = await all.untilEnded(await all.request());
  t.is(ended?.status, 'accepted');
  t.true(ended?.history.some(({ what }) => what === 'outcome-unknown'));
});

test('a cancelled delivery is sent no more, whatever its status', async (t) => {
  const cases = [
    { status: 'queued', behaviour: { does: 'refuse-account' }, ends: ['cancelled'] },
    { status: 'waiting', behaviour: { does: 'limit-rate', retryAfterMs: HOUR_MS }, ends: ['cancelled'] },
    { status: 'attempting', behaviour: { does: 'hang' }, ends: ['failed'] },
    { status: 'unknown', behaviour: { does: 'hang' }, ends: ['failed'] },
  ] as const;
  for (const { status, behaviour, ends } of cases) {
    await using all = await startDeliveriesForTest(2, { breaker: { failuresMax: 9, openMs: HOUR_MS, openMaxMs: HOUR_MS } });
    const { work } = all;
    await work.outbox.behave({ push: behaviour });
    const notification = await all.request({ recipients: all.recipients.slice(0, 1) });
    // Behind the one whose account was refused, another waits for the breaker.
    const asked = status === 'queued' ? await all.request({ recipients: all.recipients.slice(1) }) : notification;
    await work.advanceUntil(async () => (await all.deliveries(asked))[0]?.status === status, { stepMs: 1_000 });
    await work.commands.cancelNotification({ notification: asked, app: all.app }, work.by(`app:${all.app}`));
    await work.untilIdle();
    await work.outbox.behave({ push: { does: 'accept' } });
    const ended = await all.untilEnded(asked, { count: 1, stepMs: MINUTE_MS });
    t.deepEqual(
      ended.map((delivery) => delivery.status),
      [...ends],
      status,
    );
    t.is((await all.sent()).filter((message) => message.notification === asked).length, 0, status);
  }
});

test('the sweeper adds the jobs that a full queue did not take', async (t) => {
  await using all = await startDeliveriesForTest(PEOPLE, { deliverConcurrency: 1 }, { jobsWaitingMax: 4 });
  await all.work.outbox.behave({ push: { does: 'accept-slowly', latencyMs: 2 } });
  const notification = await all.request();
  const deliveries = await all.untilEnded(notification);
  t.true(all.work.reports.some(({ event }) => event === 'queue-full'));
  t.is(new Set(deliveries.map(({ status }) => status)).size, 1);
  t.is((await all.sent()).length, PEOPLE);
});

test('a delivery whose attempt could not be recorded at first counts once towards the cap, and is sent', async (t) => {
  await using all = await startDeliveriesForTest(1, { notificationsPerDayMax: 1 });
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

/** A person's contacts can't be read for as long as `fault` answers an error. */
function hideContacts({ log }: TestWorkers, person: PersonId, fault: () => Error | undefined): void {
  const hidden = contactsStream(person);
  const before = { ...log };
  const hiding: Pick<typeof log, 'readStream'> = {
    readStream: (stream, ...options) => {
      const error = stream === hidden ? fault() : undefined;
      if (error !== undefined) throw error;
      return before.readStream(stream, ...options);
    },
  };
  Object.assign(log, hiding);
}

test('in a long list, a recipient that can’t be planned stops no other, is reported, and is planned once the fault is mended', async (t) => {
  await using all = await startDeliveriesForTest(0);
  const { work } = all;
  const people = Array.from({ length: PLANNED_IN_RANGE_MAX + 1 }, (_, i) => `nobody-${i}` as PersonId);
  const [poison] = people;
  if (poison === undefined) return t.fail();
  let fault: Error | undefined = new Error('it can’t be decoded');
  hideContacts(work, poison, () => fault);
  const notification = await all.request({ recipients: people });
  const reported = () => work.reports.flatMap((report) => (report.event === 'recipient-unplanned' ? [[report.notification, report.recipient]] : []));
  const kept = () => work.stored.get('unplanned', `${notification}:${poison}`);
  await work.advanceUntil(async () => (await all.deliveries(notification)).length === people.length - 1, { stepMs: 0 });
  await work.advanceUntil(async () => (await kept()) !== undefined && (await work.stored.get('plannings', notification)) === undefined, { stepMs: 0 });
  t.deepEqual(reported(), [[notification, poison]]);
  await work.advanceUntil(() => reported().length === 2, { stepMs: MINUTE_MS });
  fault = undefined;
  await work.advanceUntil(async () => (await all.deliveries(notification)).length === people.length, { stepMs: MINUTE_MS });
  await work.advanceUntil(async () => (await kept()) === undefined, { stepMs: 0 });
  t.is(reported().length, 2);
});

test('in a long list, a recipient whose contacts can’t be read during an outage is planned with the others, and not reported', async (t) => {
  await using all = await startDeliveriesForTest(0);
  const people = Array.from({ length: PLANNED_IN_RANGE_MAX + 1 }, (_, i) => `nobody-${i}` as PersonId);
  let cuts = 2; // fewer than a job is tried
  hideContacts(all.work, 'nobody-0' as PersonId, () => (cuts-- > 0 ? new LogUnavailable('cut off') : undefined));
  const notification = await all.request({ recipients: people });
  await all.work.advanceUntil(async () => (await all.deliveries(notification)).length === people.length, { stepMs: 0 });
  t.true(cuts < 0);
  t.false(all.work.reports.some(({ event }) => event === 'recipient-unplanned'));
});

test('in a short list, a recipient that can’t be planned is a dead letter, and the others are planned', async (t) => {
  await using all = await startDeliveriesForTest(3);
  const { work, recipients } = all;
  const [poison] = recipients;
  if (poison === undefined) return t.fail();
  hideContacts(work, poison, () => new Error('it can’t be decoded'));
  const notification = await all.request();
  const letters = async () => (await work.projections.status()).find(({ name }) => name === 'plan-notifications')?.deadLetters;
  await work.advanceUntil(async () => (await letters()) === 1, { stepMs: 0 });
  t.deepEqual((await all.deliveries(notification)).map(({ recipient }) => recipient).toSorted(), recipients.slice(1).toSorted());
});
