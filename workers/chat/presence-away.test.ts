/** Presence and the limits protect and spare: while they are away, what they would have held back is sent. */
import test from 'ava';
import { PresenceUnavailable } from '../../ports/presence/port.ts';
import { RateLimitUnavailable } from '../../ports/rate-limit/port.ts';
import { startDeliveriesForTest } from '../notifications/test-fixture.ts';
import { post, pushesTo, startChatForTest, untilLookedAt } from './test-fixture.ts';

test('while presence is away, a message that may have been received is pushed', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  const away = () => Promise.reject(new PresenceUnavailable('away'));
  Object.assign(work.presence, { receivedBy: away, statusOf: away });
  await untilLookedAt(work, channel, await post(work, channel, ann));
  await work.advanceUntil(async () => (await work.outbox.list({ limit: 1 })).length === 1);
  t.is((await pushesTo(work, bob)).length, 1);
});

test('while the limits are away, notifications of apps are sent beyond the frequency cap, each once', async (t) => {
  await using all = await startDeliveriesForTest(1, { frequencyCap: { name: 'few', points: 1, windowSeconds: 3_600 } });
  const away = () => Promise.reject(new RateLimitUnavailable('away'));
  Object.assign(all.work.rateLimit, { take: away, takeOnce: away, takeToken: away });
  for (let i = 0; i < 3; i++) await all.request();
  await all.work.untilIdle();
  t.is((await all.sent()).length, 3);
});
