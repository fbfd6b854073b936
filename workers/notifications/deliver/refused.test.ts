import test from 'ava';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../domain/shared/instant.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';

const shutOffAfter = (failuresMax: number) => ({ breaker: { failuresMax, openMs: MINUTE_MS, openMaxMs: MINUTE_MS } });
const REFUSES = { push: { does: 'reject', reason: 'not-for-us' } } as const;
const awayFor = (forMs: number) => ({ push: { does: 'be-unavailable', extent: { forMs } } }) as const;

test('what one vendor refuses waits for the other, however long that is away, and is never offered to the first again', async (t) => {
  await using all = await startDeliveriesForTest(3, {}, { vendors: 'two' });
  all.work.outbox.behave(REFUSES);
  all.work.second.behave(awayFor(2 * HOUR_MS));
  const deliveries = await all.untilEnded(await all.request(), { stepMs: MINUTE_MS });
  t.true(deliveries.every(({ status }) => status === 'accepted'));
  for (const { history } of deliveries) t.is(history.filter(({ what }) => what === 'attempt-rejected').length, 1);
});

test('and so it does while the other is shut off', async (t) => {
  await using all = await startDeliveriesForTest(3, shutOffAfter(2), { vendors: 'two' });
  all.work.outbox.behave(REFUSES);
  all.work.second.behave(awayFor(2 * HOUR_MS));
  const deliveries = await all.untilEnded(await all.request(), { stepMs: SECOND_MS * 10 });
  t.true(deliveries.every(({ status }) => status === 'accepted'));
});

test('what the second vendor refuses while the first is shut off waits for the first', async (t) => {
  await using all = await startDeliveriesForTest(2, shutOffAfter(1), { vendors: 'two' });
  all.work.outbox.behave(awayFor(10 * MINUTE_MS));
  all.work.second.behave(REFUSES);
  await all.request({ recipients: all.recipients.slice(0, 1) }); // shuts it off
  await all.work.untilIdle();
  const [delivery] = await all.untilEnded(await all.request({ recipients: all.recipients.slice(1) }), { count: 1 });
  t.is(delivery?.status, 'accepted');
});

test('what every vendor refuses has failed, for the last one’s reason', async (t) => {
  await using all = await startDeliveriesForTest(1, {}, { vendors: 'two' });
  all.work.outbox.behave(REFUSES);
  all.work.second.behave({ push: { does: 'reject', reason: 'not-for-us-either' } });
  const [delivery] = await all.untilEnded(await all.request());
  t.deepEqual([delivery?.status, delivery?.reason, delivery?.attempt], ['failed', 'not-for-us-either', 2]);
});
