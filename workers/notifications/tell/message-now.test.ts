/** What is told of a channel is asked of the log: the views here know nothing, as if they were far behind. */
import test from 'ava';
import type { DeviceId, PersonId } from '../../../domain/shared/ids.ts';
import { HOUR_MS } from '../../../domain/shared/instant.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import { inboxId } from '../../../projections/read-models/chat/inbox.ts';
import { post, startChatForTest } from '../../chat/test-fixture.ts';
import { messageNow } from './message-now.ts';

const LATE: Pick<TidingsViews, 'get'> = { get: async () => undefined };

async function startLate(chatPushAfterMs = 0) {
  const all = await startChatForTest({ chatPushAfterMs: HOUR_MS });
  const { work, bob, channel } = all;
  const now = (seq: number, of = channel) =>
    messageNow(
      { reader: work, views: LATE, presence: work.presence, clock: work.clock, chatPushAfterMs },
      { person: bob, source: { kind: 'chat', channel: of, seq }, requestedAt: work.clock() },
    );
  return { ...all, now };
}

test('an edit, a withdrawal, a mute and reading are seen in the log', async (t) => {
  const { work, ann, bob, channel, now } = await startLate();
  await using _ = work;
  const { commands, by } = work;
  const seq = await post(work, channel, ann, 'hello');
  t.like(await now(seq), { seq, author: ann, content: { body: 'hello' } });
  await commands.editMessage({ channel, person: ann, message: seq, text: 'hello again' }, by(ann));
  await commands.editMessage({ channel, person: ann, message: seq, text: 'hello once more' }, by(ann));
  t.like(await now(seq), { seq, content: { body: 'hello once more' } });
  await commands.muteChannel({ person: bob, channel }, by(bob));
  t.deepEqual(await now(seq), { suppress: 'muted' });
  await commands.unmuteChannel({ person: bob, channel }, by(bob));
  t.like(await now(seq), { seq });
  await commands.withdrawMessage({ channel, person: ann, message: seq }, by(ann));
  t.deepEqual(await now(seq), { suppress: 'withdrawn' });
  const next = await post(work, channel, ann, 'anew');
  await commands.markRead({ person: bob, channel, seq: next }, by(bob));
  t.deepEqual(await now(next), { suppress: 'received-meanwhile' });
});

test('the reason is that of the newest message that may not be told', async (t) => {
  const { work, ann, bob, channel, now } = await startLate();
  await using _ = work;
  const seq = await post(work, channel, ann, 'hello');
  await work.commands.block({ person: bob, other: ann }, work.by(bob));
  t.deepEqual(await now(seq), { suppress: 'blocked' });
  await work.commands.unblock({ person: bob, other: ann }, work.by(bob));
  await work.presence.received(bob, 'phone' as DeviceId, channel, seq);
  t.deepEqual(await now(seq), { suppress: 'received-meanwhile' });
});

test('a newer message is left to its own job until that is due, for a device may be about to acknowledge it', async (t) => {
  const { work, ann, bob, channel, now } = await startLate(10_000);
  await using _ = work;
  const first = await post(work, channel, ann, 'first');
  const second = await post(work, channel, ann, 'second');
  t.like(await now(first), { seq: first });
  await work.presence.received(bob, 'phone' as DeviceId, channel, first);
  t.deepEqual(await now(first), { suppress: 'received-meanwhile' });
  await work.time.advance(10_000);
  t.like(await now(first), { seq: second });
});

test('many reactions behind a message don’t hide it, and words of the recipient’s own say that it was read', async (t) => {
  const { work, ann, bob, channel, now } = await startLate();
  await using _ = work;
  const seq = await post(work, channel, ann, 'look at this');
  for (let i = 0; i < 40; i++) {
    await work.commands.reactToMessage({ person: ann, channel, message: seq, emoji: '🎉', change: i % 2 === 0 ? 'added' : 'removed' }, work.by(ann));
  }
  t.like(await now(seq), { seq, content: { body: 'look at this' } });
  await post(work, channel, bob, 'nice');
  t.deepEqual(await now(seq), { suppress: 'received-meanwhile' });
});

test('without the view, no message before the one that the push was requested for is told', async (t) => {
  const { work, ann, channel, now } = await startLate();
  await using _ = work;
  await post(work, channel, ann, 'perhaps read long ago');
  const seq = await post(work, channel, ann, 'withdrawn');
  await work.commands.withdrawMessage({ channel, person: ann, message: seq }, work.by(ann));
  t.deepEqual(await now(seq), { suppress: 'withdrawn' });
});

test('who wants to hear of mentions alone is told what mentions them, and nothing that mentions others or nobody', async (t) => {
  const { work, ann, bob, now } = await startLate();
  await using _ = work;
  const { commands, by } = work;
  const { id: channel } = await commands.openGroupChannel({ person: ann, members: [bob] }, by(ann));
  await commands.acceptInvitation({ person: bob, channel }, by(bob));
  await commands.chooseChannelLevel({ person: bob, channel, level: 'mentions' }, by(bob));
  const told = async (mentions: readonly PersonId[]) => {
    const posted = await commands.postMessage({ channel, sender: ann, text: 'hello', clientId: mentions.join(), mentions }, by(ann));
    return now(posted.outcome === 'appended' ? posted.revision : -1, channel);
  };
  t.like(await told([ann, bob]), { content: { body: 'hello' } });
  for (const mentions of [[], [ann]]) t.deepEqual(await told(mentions), { suppress: 'received-meanwhile' });
});

test('nothing from before the person may read is told, whatever of it the person says to have read', async (t) => {
  const { work, ann, bob } = await startLate();
  await using _ = work;
  const { commands, by } = work;
  const { id: channel } = await commands.openGroupChannel({ person: ann, members: [], history: 'since-joining' }, by(ann));
  for (const text of ['Before', 'Also before']) await post(work, channel, ann, text);
  await commands.addMember({ person: ann, channel, member: bob }, by(ann));
  await commands.acceptInvitation({ person: bob, channel }, by(bob));
  await work.untilIdle();
  const row = await work.views.get('inbox', inboxId(bob, channel));
  const views = { get: async (collection: string) => (collection === 'inbox' ? row : undefined) } as Pick<TidingsViews, 'get'>;
  const seq = await post(work, channel, ann, 'Since');
  const told = (source: number) =>
    messageNow(
      { reader: work, views, presence: work.presence, clock: work.clock, chatPushAfterMs: 0 },
      { person: bob, source: { kind: 'chat', channel, seq: source }, requestedAt: work.clock() },
    );
  await commands.markRead({ person: bob, channel, seq: 0 }, by(bob)); // the view doesn't know of it yet
  t.like(await told(seq), { content: { body: 'Since' } });
  await commands.withdrawMessage({ channel, person: ann, message: seq }, by(ann));
  t.deepEqual(await told(seq), { suppress: 'withdrawn' });
});
