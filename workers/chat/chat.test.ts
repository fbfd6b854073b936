import test from 'ava';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import type { Hint } from '../../ports/broadcast/port.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';
import { messageId } from '../../projections/read-models/messages.ts';
import { LIVE_AGE_MAX_MS } from './publish-chat.ts';
import { pushUnread } from './push-unread.ts';

/** So long that what happens right after a message happens before anybody looks, on a busy machine too. */
const UNHURRIED = { chatPushAfterMs: 1_000 };

async function given(config: Parameters<typeof startWorkersForTest>[0] = {}) {
  const work = await startWorkersForTest(config);
  const [ann, bob] = [await work.person('ann'), await work.person('bob')];
  const phone = await work.device(bob);
  const { id: channel } = await work.commands.openDirectChannel({ person: ann, other: bob }, work.by(ann));
  await work.untilIdle();
  return { work, ann, bob, phone, channel };
}

let said = 0;
const say = async ({ commands, by }: TestWorkers, channel: ChannelId, sender: PersonId, text = 'hello'): Promise<number> => {
  const handled = await commands.postMessage({ channel, sender, text, clientId: `client-${said++}` }, by(sender));
  return handled.outcome === 'appended' ? handled.revision : -1;
};

/** Every push that was asked for, by person. */
const pushes = async ({ views }: TestWorkers, person: PersonId) => {
  const received = await views.find('received-notifications', { where: { person }, limit: 100 });
  const all = await views.getMany(
    'notifications',
    received.map(({ notification }) => notification),
  );
  return all.filter((one) => one !== undefined);
};

const statusesOf = async ({ views }: TestWorkers, person: PersonId) =>
  (await views.find('deliveries', { where: { recipient: person }, order: { aboutSeq: 1 }, limit: 100 })).map(({ status }) => status);

/** The job of the newest message has looked. */
const lookedAt = (work: TestWorkers, channel: ChannelId, seq: number) =>
  work.advanceUntil(async () => ((await work.stored.get<{ readonly seq: number }>('looked-at', channel))?.seq ?? -1) >= seq, { stepMs: 0 });

test('who has not received a message is pushed it, with the sender’s name and an excerpt', async (t) => {
  const { work, ann, bob, channel } = await given();
  await using _ = work;
  const seq = await say(work, channel, ann, 'x'.repeat(500));
  await lookedAt(work, channel, seq);
  await work.advanceUntil(async () => (await pushes(work, bob)).length === 1);
  const [push] = await pushes(work, bob);
  t.is(push?.content?.title, 'ann');
  t.is(push?.content?.body.length, 120);
  t.is(push?.subject, ann, 'her words go when she goes');
  t.deepEqual(push?.source, { kind: 'chat', channel, seq });
  t.deepEqual(await pushes(work, ann), []);
});

test('a message that was withdrawn hides none that was said before it and whose job was lost', async (t) => {
  const { work, ann, bob, channel } = await given();
  await using _ = work;
  // Jobs under these names keep the reactor's from being added: as good as lost.
  await work.jobs.add(
    'chat-push',
    [0, 1].map((seq) => ({ id: `${channel}:${seq}`, data: { channel, seq: -1 }, delayMs: MINUTE_MS })),
  );
  await say(work, channel, ann, 'first');
  const withdrawn = await say(work, channel, ann, 'second');
  await work.commands.withdrawMessage({ channel, person: ann, message: withdrawn }, work.by(ann));
  await work.advanceUntil(async () => (await work.views.get('messages', messageId(channel, withdrawn)))?.withdrawn === true);
  // Only the newest message of a channel is swept up.
  await pushUnread({ ...work, progress: { put: () => undefined } })({ data: { channel, seq: withdrawn } });
  await work.advanceUntil(async () => (await pushes(work, bob)).length > 0);
  t.deepEqual(
    (await pushes(work, bob)).map(({ content }) => content?.body),
    ['first'],
  );
});

test('what a person says hides nothing that was said to them before and whose job was lost', async (t) => {
  const { work, ann, bob, channel } = await given();
  await using _ = work;
  await work.jobs.add(
    'chat-push',
    [0, 1, 2, 3, 4, 5, 6, 7].map((seq) => ({ id: `${channel}:${seq}`, data: { channel, seq: -1 }, delayMs: MINUTE_MS })),
  );
  await say(work, channel, ann, 'first');
  let newest = await say(work, channel, ann, 'second');
  for (let i = 0; i < 6; i++) newest = await say(work, channel, bob, `answer ${i}`);
  await work.advanceUntil(async () => (await work.views.get('messages', messageId(channel, newest))) !== undefined, { stepMs: 0 });
  await pushUnread({ ...work, progress: { put: () => undefined } })({ data: { channel, seq: newest } });
  await work.advanceUntil(async () => (await pushes(work, bob)).length > 0);
  t.deepEqual(
    (await pushes(work, bob)).map(({ content }) => content?.body),
    ['second'],
  );
});

test('what devices receive between two looks makes no second push while the views do not know of the first', async (t) => {
  const { work, ann, bob, phone, channel } = await given();
  await using _ = work;
  const behind = { ...work.views, find: (async (name, query) => (name === 'deliveries' ? [] : work.views.find(name, query))) as typeof work.views.find };
  const look = pushUnread({ ...work, views: behind, progress: { put: () => undefined } });
  const [read, first, second] = [await say(work, channel, ann), await say(work, channel, ann), await say(work, channel, ann)];
  await work.advanceUntil(async () => (await work.views.get('messages', messageId(channel, second))) !== undefined, { stepMs: 0 });
  await look({ data: { channel, seq: first } });
  await work.presence.received(bob, phone, channel, read);
  await look({ data: { channel, seq: second } });
  await work.untilIdle();
  t.is((await pushes(work, bob)).length, 1);
});

test('there is never more than one unread push a person and channel; reading on allows the next', async (t) => {
  const { work, ann, bob, channel } = await given();
  await using _ = work;
  let seq = 0;
  for (let i = 0; i < 5; i++) seq = await say(work, channel, ann);
  await lookedAt(work, channel, seq);
  await lookedAt(work, channel, await say(work, channel, ann));
  await work.advanceUntil(async () => (await pushes(work, bob)).length > 0);
  t.is((await pushes(work, bob)).length, 1);
  await work.commands.markRead({ person: bob, channel, seq }, work.by(bob));
  await lookedAt(work, channel, await say(work, channel, ann));
  await work.advanceUntil(async () => (await pushes(work, bob)).length > 1);
  t.is((await pushes(work, bob)).length, 2);
});

test('a push that still waits for its vendor stands in the way of a second, though the person reads a little meanwhile', async (t) => {
  const { work, ann, bob, phone, channel } = await given();
  await using _ = work;
  work.outbox.behave({ push: { does: 'be-unavailable', extent: { forMs: 20 * MINUTE_MS } } });
  const read = await say(work, channel, ann);
  await work.presence.received(bob, phone, channel, read);
  await lookedAt(work, channel, await say(work, channel, ann));
  await work.commands.markRead({ person: bob, channel, seq: read }, work.by(bob));
  await lookedAt(work, channel, await say(work, channel, ann));
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('accepted'), { stepMs: MINUTE_MS });
  await work.untilIdle();
  t.deepEqual(await statusesOf(work, bob), ['accepted']);
});

test('who has received or read the message, or mutes the channel, is not pushed', async (t) => {
  const { work, ann, bob, channel } = await given(UNHURRIED);
  await using _ = work;
  const first = await say(work, channel, ann);
  await work.presence.received(bob, 'phone' as DeviceId, channel, first);
  await lookedAt(work, channel, first);
  const second = await say(work, channel, ann);
  await work.commands.markRead({ person: bob, channel, seq: second }, work.by(bob));
  await lookedAt(work, channel, second);
  await work.commands.muteChannel({ person: bob, channel }, work.by(bob));
  await lookedAt(work, channel, await say(work, channel, ann));
  await work.untilIdle();
  t.deepEqual(await pushes(work, bob), []);
});

test('a push that nothing came of, for want of a device or because the message arrived after all, is in nobody’s way for the next message', async (t) => {
  const { work, ann, bob, phone, channel } = await given();
  await using _ = work;
  await work.commands.invalidateDevice({ person: bob, device: phone, reason: 'removed-by-person' }, work.by(bob));
  await lookedAt(work, channel, await say(work, channel, ann));
  t.deepEqual(await pushes(work, bob), []);
  const next = await work.device(bob);
  // The next push is held back just before it is sent: the device received the message after all.
  work.outbox.behave({ push: { does: 'limit-rate', retryAfterMs: 60_000, extent: { messages: 1 } } });
  const second = await say(work, channel, ann);
  await lookedAt(work, channel, second);
  await work.advanceUntil(async () => (await pushes(work, bob)).length === 1, { stepMs: 0 });
  await work.presence.received(bob, next, channel, second);
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('suppressed'));
  await lookedAt(work, channel, await say(work, channel, ann));
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('accepted'));
  t.deepEqual((await statusesOf(work, bob)).toSorted(), ['accepted', 'suppressed']);
  // That one was handed over, and is unread whatever the devices receive.
  await work.presence.received(bob, next, channel, second + 1);
  await lookedAt(work, channel, await say(work, channel, ann));
  await work.untilIdle();
  t.is((await pushes(work, bob)).length, 2);
});

test('a push that comes to nothing while a later message was looked at already is followed by one for that message', async (t) => {
  const { work, ann, bob, phone, channel } = await given();
  await using _ = work;
  work.outbox.behave({ push: { does: 'limit-rate', retryAfterMs: 60_000, extent: { messages: 1 } } });
  const first = await say(work, channel, ann);
  await lookedAt(work, channel, first);
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('waiting'), { stepMs: 0 });
  const second = await say(work, channel, ann);
  await lookedAt(work, channel, second);
  t.is((await pushes(work, bob)).length, 1, 'one is under way');
  await work.presence.received(bob, phone, channel, first);
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('accepted'));
  t.deepEqual(await statusesOf(work, bob), ['suppressed', 'accepted']);
});

test('what was said behind a push that waited out the night, and then came to nothing, is pushed in the morning', async (t) => {
  const { work, ann, bob, phone, channel } = await given();
  await using _ = work;
  await work.commands.setPreferences({ person: bob, quietHours: { zone: 'UTC', from: '22:00', until: '07:00' } }, work.by(bob));
  const first = await say(work, channel, ann, 'first');
  await lookedAt(work, channel, first);
  await work.advanceUntil(async () => (await statusesOf(work, bob)).length === 1, { stepMs: 0 });
  await lookedAt(work, channel, await say(work, channel, ann, 'second'));
  await work.presence.received(bob, phone, channel, first);
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('accepted'), { stepMs: 10 * MINUTE_MS });
  t.deepEqual(await statusesOf(work, bob), ['suppressed', 'accepted']);
  t.deepEqual(
    (await work.outbox.list({ limit: 10 })).map(({ body }) => body),
    ['second'],
  );
});

test('who wants no pushes of chat is asked none for, and is pushed the next message once they want them again', async (t) => {
  const { work, ann, bob, channel } = await given();
  await using _ = work;
  const want = (wanted: boolean) => work.commands.setPreferences({ person: bob, choices: [{ category: 'chat', channel: 'push', wanted }] }, work.by(bob));
  await want(false);
  await lookedAt(work, channel, await say(work, channel, ann));
  await work.untilIdle();
  t.deepEqual(await pushes(work, bob), []);
  await want(true);
  await lookedAt(work, channel, await say(work, channel, ann));
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('accepted'));
  t.is((await pushes(work, bob)).length, 1);
});

test('a push that no vendor took is in nobody’s way for the next message', async (t) => {
  const { work, ann, bob, channel } = await given();
  await using _ = work;
  work.outbox.behave({ push: { does: 'lose-endpoint', extent: { messages: 1 } } });
  await lookedAt(work, channel, await say(work, channel, ann));
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('failed'));
  await work.device(bob);
  await lookedAt(work, channel, await say(work, channel, ann));
  await work.advanceUntil(async () => (await statusesOf(work, bob)).includes('accepted'));
  // And that one is the only one, however much more is said.
  await lookedAt(work, channel, await say(work, channel, ann));
  await work.untilIdle();
  t.deepEqual(await statusesOf(work, bob), ['failed', 'accepted']);
});

test('a message that is withdrawn before the push is not pushed', async (t) => {
  const { work, ann, bob, channel } = await given(UNHURRIED);
  await using _ = work;
  const seq = await say(work, channel, ann);
  await work.commands.withdrawMessage({ channel, person: ann, message: seq }, work.by(ann));
  await work.untilIdle();
  await lookedAt(work, channel, seq);
  t.deepEqual(await pushes(work, bob), []);
});

test('a message whose job was lost is pushed all the same', async (t) => {
  const { work, ann, bob, channel } = await given();
  await using _ = work;
  // A job under this name keeps the reactor's from being added, and does nothing: as good as lost.
  await work.jobs.add('chat-push', [{ id: `${channel}:0`, data: { channel, seq: -1 } }]);
  const seq = await say(work, channel, ann);
  t.is(seq, 0);
  await work.advanceUntil(async () => (await pushes(work, bob)).length === 1);
  t.pass();
});

test('what happens in a channel is published again from the log, to whoever belongs to it or has just left', async (t) => {
  const { work, ann, bob, channel } = await given();
  await using _ = work;
  const { commands, by } = work;
  const heard = new Map<PersonId, Hint[]>([ann, bob].map((person) => [person, []]));
  for (const [person, hints] of heard) work.broadcast.listen(person, (hint) => void hints.push(hint));
  const seq = await say(work, channel, ann, 'hello');
  await commands.markRead({ person: bob, channel, seq }, by(bob));
  const { id: group } = await commands.openGroupChannel({ person: ann, members: [bob] }, by(ann));
  await work.untilIdle(); // or the view may be further than the opening when that is published again, and Bob no member of it any more
  await commands.removeMember({ person: ann, channel: group, member: bob }, by(ann));
  const kinds = (person: PersonId) => (heard.get(person) ?? []).map(({ kind }) => kind);
  // Once by the command, and once more by the reactor.
  const twice = (person: PersonId) => kinds(person).filter((kind) => kind === 'message').length === 2;
  await work.advanceUntil(() => twice(ann) && twice(bob) && kinds(bob).filter((kind) => kind === 'channel').length >= 4, { stepMs: 0 });
  const messages = (heard.get(bob) ?? []).filter(({ kind }) => kind === 'message');
  t.deepEqual(messages[0], messages[1]);
  t.true(kinds(ann).includes('read'));
});

test('how far somebody has read is told over no block', async (t) => {
  const { work, ann, bob, channel } = await given();
  await using _ = work;
  const seq = await say(work, channel, ann, 'the last word');
  await work.commands.block({ person: ann, other: bob }, work.by(ann));
  await work.untilIdle();
  const heard = new Map<PersonId, Hint[]>([ann, bob].map((person) => [person, []]));
  for (const [person, hints] of heard) work.broadcast.listen(person, (hint) => void hints.push(hint));
  await work.commands.markRead({ person: bob, channel, seq }, work.by(bob));
  const reads = (person: PersonId) => (heard.get(person) ?? []).filter(({ kind }) => kind === 'read').length;
  await work.advanceUntil(() => reads(bob) > 0, { stepMs: 0 });
  t.is(reads(ann), 0);
});

test('what is old is no news and is published no more', async (t) => {
  const { work, ann, bob, channel } = await given();
  await using _ = work;
  const hints: Hint[] = [];
  const context = work.by(ann);
  await work.time.advance(LIVE_AGE_MAX_MS + 1);
  work.broadcast.listen(bob, (hint) => void hints.push(hint));
  await work.commands.postMessage({ channel, sender: ann, text: 'late', clientId: 'late' }, context);
  await work.untilIdle();
  t.is(hints.filter(({ kind }) => kind === 'message').length, 1, 'the command’s own');
});
