/** Every way in which a vendor fails: nothing is lost, and nothing comes twice but what is marked as such. */
import test from 'ava';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import type { Behaviour } from '../../ports/sender/outbox-behaviour.ts';
import { givenDeliveries } from './given.ts';

const PEOPLE = 20;
const FAULTS: readonly { readonly name: string; readonly fault: Behaviour; readonly forMs: number }[] = [
  { name: '429 for 10 s', fault: { does: 'limit-rate', retryAfterMs: 2_000 }, forMs: 10 * SECOND_MS },
  { name: '503 for 30 s', fault: { does: 'be-unavailable' }, forMs: 30 * SECOND_MS },
  { name: 'a hang of 10 s', fault: { does: 'hang' }, forMs: 10 * SECOND_MS },
  { name: 'connections dropped for 10 s', fault: { does: 'drop-connection' }, forMs: 10 * SECOND_MS },
  { name: 'accepting for 10 s without answering', fault: { does: 'lose-answer' }, forMs: 10 * SECOND_MS },
  { name: 'our account refused for a minute', fault: { does: 'refuse-account' }, forMs: MINUTE_MS },
  { name: '503 for two hours', fault: { does: 'be-unavailable' }, forMs: 2 * HOUR_MS },
];

for (const { name, fault, forMs } of FAULTS) {
  test(`loses nothing and doubles nothing unmarked: ${name}`, async (t) => {
    await using all = await givenDeliveries(PEOPLE);
    all.work.outbox.behave({ push: { ...fault, extent: { forMs } } });
    const notification = await all.request();
    const deliveries = await all.untilEnded(notification, { stepMs: Math.max(5_000, forMs / 100) });
    t.deepEqual(new Set(deliveries.map(({ status }) => status)), new Set(['accepted']));
    const sent = Map.groupBy(await all.sent(), ({ delivery }) => delivery);
    for (const { delivery, history } of deliveries) {
      const messages = sent.get(delivery) ?? [];
      const marked = history.filter(({ what, mayRepeat }) => what === 'attempt-started' && mayRepeat === true);
      t.true(messages.length >= 1, 'lost');
      t.true(messages.length <= 1 + marked.length, 'doubled, and not marked');
      // What replaces itself on the device has the same key.
      t.is(new Set(messages.map(({ collapseKey }) => collapseKey)).size, 1);
    }
    if (fault.does !== 'lose-answer') t.is([...sent.values()].flat().length, PEOPLE);
  });
}

for (const does of ['lose-answer', 'hang'] as const) {
  test(`a vendor that can be asked is asked what it took, and nothing comes twice: ${does}`, async (t) => {
    await using all = await givenDeliveries(PEOPLE, {}, { canBeAsked: true });
    all.work.outbox.behave({ push: { does, extent: { forMs: 10 * SECOND_MS } } });
    const deliveries = await all.untilEnded(await all.request());
    t.deepEqual(new Set(deliveries.map(({ status }) => status)), new Set(['accepted']));
    t.is((await all.sent()).length, PEOPLE);
    t.false(deliveries.some(({ history }) => history.some(({ what, mayRepeat }) => what === 'outcome-unknown' || mayRepeat === true)));
  });
}

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

test('what a full queue did not take is added by the sweeper', async (t) => {
  await using all = await givenDeliveries(PEOPLE, { deliverConcurrency: 1 }, { jobsWaitingMax: 4 });
  all.work.outbox.behave({ push: { does: 'accept-slowly', latencyMs: 2 } });
  const notification = await all.request();
  const deliveries = await all.untilEnded(notification);
  t.true(all.work.reports.some(({ event }) => event === 'queue-full'));
  t.is(new Set(deliveries.map(({ status }) => status)).size, 1);
  t.is((await all.sent()).length, PEOPLE);
});
