import test from 'ava';
import { randomUUID } from 'node:crypto';
import type { DeviceId } from '../../domain/shared/ids.ts';
import { HOUR_MS } from '../../domain/shared/instant.ts';
import { userStream } from '../../domain/shared/streams.ts';
import { pushUnread } from './push-unread.ts';
import { post, pushesTo, startChatForTest, statusesOf, UNHURRIED, untilLookedAt } from './test-fixture.ts';

test('a member who hasn’t received a message gets a push with the sender’s name and an excerpt', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  const seq = await post(work, channel, ann, 'x'.repeat(500));
  await untilLookedAt(work, channel, seq);
  await work.advanceUntil(async () => (await pushesTo(work, bob)).length === 1);
  const [push] = await pushesTo(work, bob);
  t.deepEqual(push?.source, { kind: 'chat', channel, seq });
  t.is(push?.content, null, 'no words are kept that she may edit or withdraw');
  await work.advanceUntil(async () => (await work.outbox.list({ limit: 1 })).length === 1);
  const [sent] = await work.outbox.list({ limit: 1 });
  t.deepEqual([sent?.title, sent?.body.length], ['ann', 120]);
  t.deepEqual(await pushesTo(work, ann), []);
});

test('a sender whose older name breaks a line is told in one line', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  const event = { type: 'people.profile-changed.v1', data: { name: 'Ann\r\n\u202eslaer' } } as const;
  const metadata = { $correlationId: 'test', actor: ann, at: work.clock(), command: 'earlier', request: 'earlier' };
  await work.log.append(userStream(ann), [await work.codec.encode(userStream(ann), { id: randomUUID(), event, metadata })], 0);
  await work.untilIdle();
  const seq = await post(work, channel, ann, '👨‍👩‍👧'.repeat(100));
  await untilLookedAt(work, channel, seq);
  await work.advanceUntil(async () => (await work.outbox.list({ channel: 'push', limit: 1 })).length === 1);
  const [push] = await work.outbox.list({ channel: 'push', limit: 1 });
  t.is(push?.title, 'Ann slaer');
  t.regex(push?.body ?? '', /^(👨‍👩‍👧)+…$/u);
  t.is((await pushesTo(work, bob)).length, 1);
});

test('a person has at most one unread push a channel, until they read on', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  let seq = 0;
  for (let i = 0; i < 5; i++) seq = await post(work, channel, ann);
  await untilLookedAt(work, channel, seq);
  await untilLookedAt(work, channel, await post(work, channel, ann));
  await work.advanceUntil(async () => (await pushesTo(work, bob)).length > 0);
  t.is((await pushesTo(work, bob)).length, 1);
  await work.commands.markRead({ person: bob, channel, seq }, work.by(bob));
  await untilLookedAt(work, channel, await post(work, channel, ann));
  await work.advanceUntil(async () => (await pushesTo(work, bob)).length > 1);
  t.is((await pushesTo(work, bob)).length, 2);
});

test('a member who has received or read the message, or mutes the channel, gets no push', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest(UNHURRIED);
  await using _ = work;
  const first = await post(work, channel, ann);
  await work.presence.received(bob, 'phone' as DeviceId, channel, first);
  await untilLookedAt(work, channel, first);
  const second = await post(work, channel, ann);
  await work.commands.markRead({ person: bob, channel, seq: second }, work.by(bob));
  await untilLookedAt(work, channel, second);
  await work.commands.muteChannel({ person: bob, channel }, work.by(bob));
  await untilLookedAt(work, channel, await post(work, channel, ann));
  await work.untilIdle();
  t.deepEqual(await pushesTo(work, bob), []);
});

test('no push is requested for a person who has opted out, and the next message is pushed once they opt in', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  const want = (wanted: boolean) => work.commands.setPreferences({ person: bob, choices: [{ category: 'chat', channel: 'push', wanted }] }, work.by(bob));
  await want(false);
  await untilLookedAt(work, channel, await post(work, channel, ann));
  await work.untilIdle();
  t.deepEqual(await pushesTo(work, bob), []);
  await want(true);
  await untilLookedAt(work, channel, await post(work, channel, ann));
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('accepted'));
  t.is((await pushesTo(work, bob)).length, 1);
});

test('a message that is withdrawn before its job runs is not pushed', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest(UNHURRIED);
  await using _ = work;
  const seq = await post(work, channel, ann);
  await work.commands.withdrawMessage({ channel, person: ann, message: seq }, work.by(ann));
  await work.untilIdle();
  await untilLookedAt(work, channel, seq);
  t.deepEqual(await pushesTo(work, bob), []);
});

test('a look reads no further than the first newer messages, however many follow those that are due', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest({ chatPushAfterMs: HOUR_MS });
  await using _ = work;
  const [first, second] = [await post(work, channel, ann), await post(work, channel, ann)];
  const dueUntil = work.clock();
  await work.time.advance(1);
  for (let newer = 0; newer < 60; newer++) await post(work, channel, ann);
  await work.untilIdle();
  let read = 0;
  const find: typeof work.views.find = async (collection, query) => {
    const found = await work.views.find(collection, query);
    if (collection === 'messages') read += found.length;
    return found;
  };
  const views = { ...work.views, find };
  const progress = { put: () => undefined };
  await pushUnread({ ...work, views, progress }, { chatPushAfterMs: HOUR_MS })({ data: { channel, seq: first, dueUntil } });
  await work.advanceUntil(async () => (await pushesTo(work, bob)).length === 1);
  t.like((await pushesTo(work, bob))[0]?.source, { channel, seq: second });
  t.true(read <= 20, `${read} messages were read`);
});
