import test from 'ava';
import { messageId } from '../../projections/read-models/chat/messages.ts';
import { pushUnread } from './push-unread.ts';
import { dropJobs, post, pushedWords, pushesTo, startChatForTest, UNHURRIED } from './test-fixture.ts';

test('a withdrawn message hides no earlier one whose job was lost', async (t) => {
  const { work, ann, channel } = await startChatForTest();
  await using _ = work;
  dropJobs(work);
  await post(work, channel, ann, 'first');
  const withdrawn = await post(work, channel, ann, 'second');
  await work.commands.withdrawMessage({ channel, person: ann, message: withdrawn }, work.by(ann));
  await work.advanceUntil(async () => (await work.views.get('messages', messageId(channel, withdrawn)))?.withdrawn === true);
  // Only the newest message of a channel is swept up.
  await pushUnread({ ...work, progress: { put: () => undefined } }, { chatPushAfterMs: 0 })({ data: { channel, seq: withdrawn } });
  await work.advanceUntil(async () => (await pushedWords(work)).length > 0);
  t.deepEqual(await pushedWords(work), ['first']);
});

test('a member who has written something since has read what came before it', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  dropJobs(work);
  await post(work, channel, ann, 'question');
  const answer = await post(work, channel, bob, 'answer');
  await work.advanceUntil(async () => (await work.views.get('messages', messageId(channel, answer))) !== undefined, { stepMs: 0 });
  await pushUnread({ ...work, progress: { put: () => undefined } }, { chatPushAfterMs: 0 })({ data: { channel, seq: answer } });
  t.deepEqual(await pushesTo(work, bob), []);
  const reasons = work.reports.filter((report) => report.event === 'push-not-requested');
  t.deepEqual(
    reasons.map(({ reason }) => reason),
    ['read', 'no-device'],
    'Bob has read, and Ann has no device',
  );
});

test('the newest of many messages that came while one waited is pushed when it is due, and none that is younger', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest(UNHURRIED);
  await using _ = work;
  const { chatPushAfterMs } = UNHURRIED;
  dropJobs(work);
  const first = await post(work, channel, ann, 'first');
  await work.time.advance(chatPushAfterMs / 2);
  await post(work, channel, ann, 'due');
  await work.time.advance(chatPushAfterMs);
  const young = await post(work, channel, ann, 'young');
  await work.advanceUntil(async () => (await work.views.get('messages', messageId(channel, young))) !== undefined, { stepMs: 0 });
  await pushUnread({ ...work, progress: { put: () => undefined } }, UNHURRIED)({ data: { channel, seq: first } });
  await work.advanceUntil(async () => (await pushesTo(work, bob)).length === 1, { stepMs: 0 });
  t.deepEqual((await pushesTo(work, bob))[0]?.source, { kind: 'chat', channel, seq: first + 1 });
});
