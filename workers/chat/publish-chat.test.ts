import test from 'ava';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Hint } from '../../ports/broadcast/port.ts';
import { LIVE_AGE_MAX_MS } from './publish-chat.ts';
import { post, startChatForTest } from './test-fixture.ts';

test('events of a channel are published again from the log, to members and to a person who has just left', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  const { commands, by } = work;
  const heard = new Map<PersonId, Hint[]>([ann, bob].map((person) => [person, []]));
  for (const [person, hints] of heard) work.broadcast.listen(person, (hint) => void hints.push(hint));
  const seq = await post(work, channel, ann, 'hello');
  await commands.markRead({ person: bob, channel, seq }, by(bob));
  const { id: group } = await commands.openGroupChannel({ person: ann, members: [bob] }, by(ann));
  await commands.acceptInvitation({ person: bob, channel: group }, by(bob));
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

test('read receipts of a direct channel are not published over a block', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  const seq = await post(work, channel, ann, 'the last word');
  await work.commands.block({ person: ann, other: bob }, work.by(ann));
  await work.untilIdle();
  const heard = new Map<PersonId, Hint[]>([ann, bob].map((person) => [person, []]));
  for (const [person, hints] of heard) work.broadcast.listen(person, (hint) => void hints.push(hint));
  await work.commands.markRead({ person: bob, channel, seq }, work.by(bob));
  const reads = (person: PersonId) => (heard.get(person) ?? []).filter(({ kind }) => kind === 'read').length;
  await work.advanceUntil(() => reads(bob) > 0, { stepMs: 0 });
  t.is(reads(ann), 0);
});

test('old events are not published', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  const hints: Hint[] = [];
  const context = work.by(ann);
  await work.time.advance(LIVE_AGE_MAX_MS + 1);
  work.broadcast.listen(bob, (hint) => void hints.push(hint));
  await work.commands.postMessage({ channel, sender: ann, text: 'late', clientId: 'late' }, context);
  await work.untilIdle();
  t.is(hints.filter(({ kind }) => kind === 'message').length, 1, 'the command’s own');
});
