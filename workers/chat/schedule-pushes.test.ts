import test from 'ava';
import { post, pushesTo, startChatForTest } from './test-fixture.ts';

test('a message whose job was lost is pushed by the sweep', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  // A job under this name keeps the reactor's from being added, and does nothing: as good as lost.
  await work.jobs.add('chat-push', [{ id: `${channel}:0`, data: { channel, seq: -1 } }]);
  const seq = await post(work, channel, ann);
  t.is(seq, 0);
  await work.advanceUntil(async () => (await pushesTo(work, bob)).length === 1);
  t.pass();
});
