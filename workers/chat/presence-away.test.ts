/** Presence spares people: while it is away, what it would have held back is sent. */
import test from 'ava';
import { PresenceUnavailable } from '../../ports/presence/port.ts';
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
