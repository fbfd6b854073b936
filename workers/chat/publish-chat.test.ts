import test from 'ava';
import { contextWith } from '../../commands/handling/command-context.ts';
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
  const said = (person: PersonId) => (heard.get(person) ?? []).filter((hint) => hint.kind === 'message' && hint['channel'] === channel); // not the notices of the group
  const twice = (person: PersonId) => said(person).length === 2;
  await work.advanceUntil(() => twice(ann) && twice(bob) && kinds(bob).filter((kind) => kind === 'channel').length >= 4, { stepMs: 0 });
  const messages = said(bob);
  t.deepEqual(messages[0], messages[1]);
  t.true(kinds(ann).includes('read'));
});

test('a message that this process has told itself is not told again; what a client fetches is, once it is there', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest({}, { knowsTold: true });
  await using _ = work;
  const hints: Hint[] = [];
  work.broadcast.listen(bob, (hint) => void hints.push(hint));
  const seq = await post(work, channel, ann, 'hello');
  await work.commands.setDisappearing({ person: ann, channel, afterSeconds: 3_600 }, work.by(ann));
  await work.commands.markRead({ person: bob, channel, seq }, work.by(bob));
  await work.advanceUntil(() => hints.some(({ kind }) => kind === 'read'), { stepMs: 0 }); // the reactor has come as far
  const count = (kind: string) => hints.filter((hint) => hint.kind === kind && (kind !== 'message' || (hint['entry'] as { seq: number }).seq === seq)).length;
  t.is(count('message'), 1);
  t.is(count('channel'), 2);
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

test('of messages that were imported nobody is told, however new they are', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  const hints: Hint[] = [];
  work.broadcast.listen(bob, (hint) => void hints.push(hint));
  const { at } = work.by(ann);
  const messages = ['1', '2'].map((key) => ({ key, sender: ann, at, text: `Number ${key}`, mentions: [bob] }));
  const importing = { contextFor: contextWith(Buffer.from('the secret of a test')), actor: 'local', at };
  const outcomes = await work.commands.importMessages({ channel, source: 'elsewhere/C01', system: 'elsewhere', messages }, importing);
  t.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    ['imported', 'imported'],
  );
  await work.untilIdle();
  t.deepEqual(hints, []);
  t.is(await work.stored.get('due-pushes', channel), undefined);
});
