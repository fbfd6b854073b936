import test from 'ava';
import { messages } from '../../domain/chat/messages.ts';
import { messageMarks } from '../../domain/chat/message-marks.ts';
import { messageMarksStream, messagesStream } from '../../domain/shared/streams.ts';
import { messageId } from '../../projections/read-models/chat/messages.ts';
import { post, startChatForTest } from './test-fixture.ts';

test('a withdrawal whose process died between its two steps is finished, once', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  const seq = await post(work, channel, ann);
  const head = await post(work, channel, bob);
  await work.commands.closeMessage({ channel, message: seq, person: ann }, work.by(ann));
  await work.untilIdle();
  t.like(await work.views.get('messages', messageId(channel, seq)), { text: null, withdrawn: true });
  const result = await work.commands.withdrawMessage({ channel, message: seq, person: ann }, work.by(ann));
  t.like(result, { outcome: 'unchanged', revision: head + 1 });
});

test('a message that was withdrawn before messages were closed is closed', async (t) => {
  const { work, ann, channel } = await startChatForTest();
  await using _ = work;
  const seq = await post(work, channel, ann);
  const of = { channel, actor: ann, membership: { status: 'closed' }, relation: 'clear', message: seq } as const;
  const target = { type: 'chat.message-posted.v1', data: { channel, sender: ann, text: 'hello', clientId: 'c', at: work.clock(), messageCount: 1 } } as const;
  await work.handle(messages, messagesStream(channel), { type: 'withdraw', ...of, target }, work.by(ann));
  await work.untilIdle();
  const { state } = await work.loadState(messageMarks, messageMarksStream(channel, seq));
  t.truthy(state.closedAt);
  const edit = await work.commands.editMessage({ channel, person: ann, message: seq, text: 'again' }, work.by(ann));
  t.like(edit, { outcome: 'refused', refusal: { code: 'message-withdrawn' } });
});
