import test from 'ava';
import type { DeviceId } from '../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, plus } from '../../domain/shared/instant.ts';
import { messageId } from '../../projections/read-models/chat/messages.ts';
import { explainChatPush } from './chat-push-checks.ts';
import { pushUnread } from './push-unread.ts';
import { post, pushesTo, startChatForTest, statusesOf, untilLookedAt } from './test-fixture.ts';

/** No job runs within a test. */
const NO_JOBS = { chatPushAfterMs: 10 * MINUTE_MS };

async function startUnread() {
  const all = await startChatForTest(NO_JOBS);
  const { work, ann, channel } = all;
  const seq = await post(work, channel, ann);
  await work.advanceUntil(async () => (await work.views.get('messages', messageId(channel, seq))) !== undefined, { stepMs: 0 });
  return { ...all, seq };
}

test('explains with every check why a push would be requested', async (t) => {
  const { work, bob, channel, seq } = await startUnread();
  await using _ = work;
  t.deepEqual(await explainChatPush(work, { person: bob, channel, seq }), {
    person: bob,
    channel,
    message: seq,
    checks: (['member', 'accepted', 'not-muted', 'wanted', 'unread-message', 'not-received', 'no-earlier-push', 'device', 'may-send'] as const).map(
      (check) => ({
        check,
        reason: null,
      }),
    ),
    reason: null,
    deferredUntil: null,
  });
  t.deepEqual(await explainChatPush(work, { person: bob, channel }), await explainChatPush(work, { person: bob, channel, seq }));
});

test('a member is pushed to as they have chosen: of none, of those that mention them, and of nothing until a mute ends', async (t) => {
  const { work, ann, bob, channel, seq } = await startUnread();
  await using _ = work;
  const { commands, by } = work;
  const explained = async (at = work.clock()) => {
    await work.untilIdle();
    const { reason, message } = await explainChatPush({ ...work, clock: () => at }, { person: bob, channel });
    return [reason, message];
  };
  await commands.chooseChannelLevel({ person: bob, channel, level: 'none' }, by(bob));
  t.deepEqual(await explained(), ['level-none', seq]);
  await commands.chooseChannelLevel({ person: bob, channel, level: 'mentions' }, by(bob));
  t.deepEqual(await explained(), ['no-message', null]);
  const mention = await commands.postMessage({ channel, sender: ann, text: '@bob', clientId: 'mention', mentions: [bob] }, by(ann));
  await post(work, channel, ann, 'and so on');
  t.deepEqual(await explained(), [null, mention.outcome === 'appended' ? mention.revision : -1]);
  const until = plus(work.clock(), MINUTE_MS);
  await commands.muteChannel({ person: bob, channel, until }, by(bob));
  t.is((await explained())[0], 'muted');
  t.is((await explained(until))[0], null);
});

test('names the first check that fails, and runs those behind it all the same', async (t) => {
  const { work, ann, bob, phone, channel, seq } = await startUnread();
  await using _ = work;
  const { commands, by } = work;
  const explain = () => explainChatPush(work, { person: bob, channel, seq });
  const reasons = async () => (await explain()).checks.flatMap(({ reason }) => (reason === null ? [] : [reason]));

  t.is((await explainChatPush(work, { person: await work.person('cat'), channel })).reason, 'not-a-member');
  t.is((await explainChatPush(work, { person: ann, channel })).reason, 'read');
  t.is((await explainChatPush({ ...work, clock: () => plus(work.clock(), 2 * HOUR_MS) }, { person: bob, channel })).reason, 'too-old');

  await commands.setPreferences({ person: bob, choices: [{ category: 'chat', channel: 'push', wanted: false }] }, by(bob));
  t.deepEqual(await reasons(), ['opted-out']);
  await commands.invalidateDevice({ person: bob, device: phone, reason: 'removed-by-person' }, by(bob));
  t.deepEqual(await reasons(), ['no-device', 'opted-out'], 'no device, and no wish for one');
  await work.presence.received(bob, 'another' as DeviceId, channel, seq);
  t.deepEqual(await reasons(), ['received', 'no-device', 'opted-out']);
  await commands.markRead({ person: bob, channel, seq }, by(bob));
  await commands.muteChannel({ person: bob, channel }, by(bob));
  await work.untilIdle();
  t.deepEqual(await reasons(), ['muted', 'read', 'received', 'no-device', 'opted-out']);
  const { message, reason } = await explain();
  t.deepEqual({ message, reason }, { message: null, reason: 'muted' });
});

test('tells until when quiet hours hold a push back', async (t) => {
  const { work, bob, channel } = await startUnread();
  await using _ = work;
  await work.commands.setPreferences({ person: bob, quietHours: { zone: 'UTC', from: '22:00', until: '07:00' } }, work.by(bob)); // the test begins at midnight
  const { reason, deferredUntil } = await explainChatPush(work, { person: bob, channel });
  t.deepEqual([reason, deferredUntil], [null, plus(work.clock(), 7 * HOUR_MS)]);
});

test('a push that the person hasn’t read is the reason against another, of the same message and of the next', async (t) => {
  const { work, ann, bob, channel, seq } = await startUnread();
  await using _ = work;
  await pushUnread({ ...work, progress: { put: () => undefined } }, { chatPushAfterMs: 0 })({ data: { channel, seq } });
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('accepted'));
  t.is((await explainChatPush(work, { person: bob, channel })).reason, 'already-pushed');
  const next = await post(work, channel, ann);
  await work.advanceUntil(async () => (await work.views.get('messages', messageId(channel, next))) !== undefined, { stepMs: 0 });
  t.is((await explainChatPush(work, { person: bob, channel })).reason, 'earlier-push-unread');
});

test('the worker decides by the same checks, and reports each member for whom it requests no push, with the reason', async (t) => {
  const { work, ann, bob, channel, seq } = await startUnread();
  await using _ = work;
  const reported = () => work.reports.flatMap((report) => (report.event === 'push-not-requested' ? [report.reason] : []));
  const look = () => pushUnread({ ...work, progress: { put: () => undefined } }, { chatPushAfterMs: 0 })({ data: { channel, seq } });
  await work.commands.muteChannel({ person: bob, channel }, work.by(bob));
  await work.untilIdle();
  await look();
  const explained = await Promise.all([ann, bob].map(async (person) => (await explainChatPush(work, { person, channel, seq })).reason));
  t.deepEqual(explained, ['read', 'muted']);
  t.deepEqual(reported().toSorted(), ['muted', 'read']);
  t.deepEqual(await pushesTo(work, bob), []);
});

test('a delivery that is suppressed after all is reported with its channel and reason', async (t) => {
  const { work, ann, bob, phone, channel } = await startChatForTest();
  await using _ = work;
  await work.outbox.behave({ push: { does: 'limit-rate', retryAfterMs: 60_000, extent: { messages: 1 } } });
  const seq = await post(work, channel, ann);
  await untilLookedAt(work, channel, seq);
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('waiting'), { stepMs: 0 });
  await work.presence.received(bob, phone, channel, seq);
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('suppressed'));
  t.deepEqual(
    work.reports.filter(({ event }) => event === 'delivery-suppressed'),
    [{ event: 'delivery-suppressed', channel: 'push', reason: 'received-meanwhile' }],
  );
});
