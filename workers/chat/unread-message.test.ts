import test from 'ava';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import { messageId } from '../../projections/read-models/messages.ts';
import { pushUnread } from './push-unread.ts';
import { post, pushedWords, startChatForTest } from './test-fixture.ts';

test('a withdrawn message hides no earlier one whose job was lost', async (t) => {
  const { work, ann, channel } = await startChatForTest();
  await using _ = work;
  // Jobs under these names keep the reactor's from being added: as good as lost.
  await work.jobs.add(
    'chat-push',
    [0, 1].map((seq) => ({ id: `${channel}:${seq}`, data: { channel, seq: -1 }, delayMs: MINUTE_MS })),
  );
  await post(work, channel, ann, 'first');
  const withdrawn = await post(work, channel, ann, 'second');
  await work.commands.withdrawMessage({ channel, person: ann, message: withdrawn }, work.by(ann));
  await work.advanceUntil(async () => (await work.views.get('messages', messageId(channel, withdrawn)))?.withdrawn === true);
  // Only the newest message of a channel is swept up.
  await pushUnread({ ...work, progress: { put: () => undefined } })({ data: { channel, seq: withdrawn } });
  await work.advanceUntil(async () => (await pushedWords(work)).length > 0);
  t.deepEqual(await pushedWords(work), ['first']);
});

test('a member’s own messages hide no earlier one of another member whose job was lost', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  await work.jobs.add(
    'chat-push',
    [0, 1, 2, 3, 4, 5, 6, 7].map((seq) => ({ id: `${channel}:${seq}`, data: { channel, seq: -1 }, delayMs: MINUTE_MS })),
  );
  await post(work, channel, ann, 'first');
  let newest = await post(work, channel, ann, 'second');
  for (let i = 0; i < 6; i++) newest = await post(work, channel, bob, `answer ${i}`);
  await work.advanceUntil(async () => (await work.views.get('messages', messageId(channel, newest))) !== undefined, { stepMs: 0 });
  await pushUnread({ ...work, progress: { put: () => undefined } })({ data: { channel, seq: newest } });
  await work.advanceUntil(async () => (await pushedWords(work)).length > 0);
  t.deepEqual(await pushedWords(work), ['second']);
});
