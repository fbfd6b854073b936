/** When a push stands in the way of another, and when it no longer does. */
import test from 'ava';
import { instant, MINUTE_MS, plus, SECOND_MS } from '../../domain/shared/instant.ts';
import { messageId } from '../../projections/read-models/chat/messages.ts';
import { CHAT_PUSH_TTL_SECONDS } from './chat-push-checks.ts';
import { pushUnread } from './push-unread.ts';
import { pushAgain } from './retry-failed-push.ts';
import { post, pushesTo, startChatForTest, statusesOf, untilLookedAt } from './test-fixture.ts';

test('a push that still waits for its vendor prevents a second, though the person reads a little meanwhile', async (t) => {
  const { work, ann, bob, phone, channel } = await startChatForTest();
  await using _ = work;
  await work.outbox.behave({ push: { does: 'be-unavailable', extent: { forMs: 20 * MINUTE_MS } } });
  const read = await post(work, channel, ann);
  await work.presence.received(bob, phone, channel, read);
  await untilLookedAt(work, channel, await post(work, channel, ann));
  await work.commands.markRead({ person: bob, channel, seq: read }, work.by(bob));
  await untilLookedAt(work, channel, await post(work, channel, ann));
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('accepted'), { stepMs: MINUTE_MS });
  await work.untilIdle();
  t.deepEqual(await statusesOf(work, bob), ['accepted']);
});

test('a push that failed, for want of a device or because the message arrived after all, doesn’t prevent one for the next message', async (t) => {
  const { work, ann, bob, phone, channel } = await startChatForTest();
  await using _ = work;
  await work.commands.invalidateDevice({ person: bob, device: phone, reason: 'removed-by-person' }, work.by(bob));
  await untilLookedAt(work, channel, await post(work, channel, ann));
  t.deepEqual(await pushesTo(work, bob), []);
  const next = await work.device(bob);
  // The next push is held back just before it is sent: the device received the message after all.
  await work.outbox.behave({ push: { does: 'limit-rate', retryAfterMs: 60_000, extent: { messages: 1 } } });
  const second = await post(work, channel, ann);
  await untilLookedAt(work, channel, second);
  await work.advanceUntil(async () => (await pushesTo(work, bob)).length === 1, { stepMs: 0 });
  await work.presence.received(bob, next, channel, second);
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('suppressed'));
  await untilLookedAt(work, channel, await post(work, channel, ann));
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('accepted'));
  t.deepEqual((await statusesOf(work, bob)).toSorted(), ['accepted', 'suppressed']);
  // That one was handed over, and is unread whatever the devices receive.
  await work.presence.received(bob, next, channel, second + 1);
  await untilLookedAt(work, channel, await post(work, channel, ann));
  await work.untilIdle();
  t.is((await pushesTo(work, bob)).length, 2);
});

test('a push that fails after the job of a later message has run is followed by one for that message', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  await work.outbox.behave({ push: { does: 'limit-rate', retryAfterMs: 60_000, extent: { messages: 1 } } });
  const first = await post(work, channel, ann);
  await untilLookedAt(work, channel, first);
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('waiting'), { stepMs: 0 });
  const second = await post(work, channel, ann);
  await untilLookedAt(work, channel, second);
  t.is((await pushesTo(work, bob)).length, 1, 'one is under way');
  await work.outbox.behave({ push: { does: 'reject', reason: 'bad', extent: { messages: 1 } } });
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('accepted'));
  t.deepEqual(await statusesOf(work, bob), ['failed', 'accepted']);
});

test('messages behind a push that waited for the night to end are pushed in the morning, though the device has received its own', async (t) => {
  const { work, ann, bob, phone, channel } = await startChatForTest();
  await using _ = work;
  await work.commands.setPreferences({ person: bob, quietHours: { zone: 'UTC', from: '22:00', until: '07:00' } }, work.by(bob));
  const first = await post(work, channel, ann, 'first');
  await untilLookedAt(work, channel, first);
  await work.advanceUntil(async () => (await statusesOf(work, bob)).length === 1, { stepMs: 0 });
  await untilLookedAt(work, channel, await post(work, channel, ann, 'second'));
  await work.presence.received(bob, phone, channel, first);
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('accepted'), { stepMs: 10 * MINUTE_MS });
  t.deepEqual(await statusesOf(work, bob), ['accepted']);
  t.deepEqual(
    (await work.outbox.list({ limit: 10 })).map(({ body }) => body),
    ['second'],
  );
});

test('a push that no vendor accepted doesn’t prevent one for the next message', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  await work.outbox.behave({ push: { does: 'lose-endpoint', extent: { messages: 1 } } });
  await untilLookedAt(work, channel, await post(work, channel, ann));
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('failed'));
  await work.device(bob);
  await untilLookedAt(work, channel, await post(work, channel, ann));
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('accepted'));
  // And that one is the only one, however much more is said.
  await untilLookedAt(work, channel, await post(work, channel, ann));
  await work.untilIdle();
  t.deepEqual(await statusesOf(work, bob), ['failed', 'accepted']);
});

test('a message received between two jobs makes no second push while the views don’t know of the first', async (t) => {
  const { work, ann, bob, phone, channel } = await startChatForTest();
  await using _ = work;
  const behind = { ...work.views, find: (async (name, query) => (name === 'deliveries' ? [] : work.views.find(name, query))) as typeof work.views.find };
  const look = pushUnread({ ...work, views: behind, progress: { put: () => undefined } }, { chatPushAfterMs: 0 });
  const [read, first, second] = [await post(work, channel, ann), await post(work, channel, ann), await post(work, channel, ann)];
  await work.advanceUntil(async () => (await work.views.get('messages', messageId(channel, second))) !== undefined, { stepMs: 0 });
  await look({ data: { channel, seq: first } });
  await work.presence.received(bob, phone, channel, read);
  await look({ data: { channel, seq: second } });
  await work.untilIdle();
  t.is((await pushesTo(work, bob)).length, 1);
});

test('the newest message is looked at again unless its own job has yet to run, or it is too old for a push', async (t) => {
  const now = instant(Date.UTC(2026, 5, 1));
  const chatPushAfterMs = 10_000;
  const looked = async (ageMs: number, lastMessage = 8): Promise<boolean> => {
    const documents = {
      deliveries: { channel: 'push', aboutChannel: 'channel', aboutSeq: 7, recipient: 'bob' },
      'channel-heads': { lastMessage, lastAt: plus(now, -ageMs) },
    };
    let seq: number | undefined;
    const views = { get: async (name: keyof typeof documents) => documents[name] } as never;
    const reactor = pushAgain({ views, clock: () => now, pushUnreadToMember: async (about) => void (seq = about.seq) }, { chatPushAfterMs });
    await reactor.react({ data: { delivery: 'delivery' } } as never);
    t.true(seq === undefined || seq === lastMessage);
    return seq !== undefined;
  };
  t.true(await looked(chatPushAfterMs / 2));
  t.true(await looked(CHAT_PUSH_TTL_SECONDS * SECOND_MS));
  t.false(await looked(chatPushAfterMs / 2 - 1), 'its job has yet to run');
  t.false(await looked(CHAT_PUSH_TTL_SECONDS * SECOND_MS + 1), 'too old');
  t.false(await looked(MINUTE_MS, 7), 'nothing came after');
});
