/** Notices of changes in the history of a channel: each once, in the order of the changes. */
import fc from 'fast-check';
import test from 'ava';
import type { PersonId } from '../../shared/ids.ts';
import { erased } from '../../shared/event.ts';
import { given } from '../../shared/given-when-then.ts';
import { channel } from '../channel.ts';
import type { ChannelEvent, MessagesEvent } from '../events.ts';
import { messages, type MessagesState } from '../messages.ts';
import { ann, at, bob, direct, group, id, joined, left, removed } from '../test-fixture.ts';
import { noticeOf, type Notice } from './notices.ts';

const renamed: ChannelEvent = { type: 'chat.channel-renamed.v1', data: { channel: id, by: ann, title: 'Us' } };
const in3 = { revision: 3, isAnnouncement: false };

test('a notice tells who changed what, and nothing of what is between two people', (t) => {
  t.deepEqual(noticeOf(renamed, in3), { notice: 'renamed', by: ann, title: 'Us', noted: 3 });
  t.deepEqual(noticeOf(joined(bob, ann), in3), { notice: 'joined', by: ann, member: bob, noted: 3 });
  t.deepEqual(noticeOf(left(bob), in3), { notice: 'left', by: bob, member: bob, noted: 3 });
  t.deepEqual(noticeOf(removed(bob, ann), in3), { notice: 'removed', by: ann, member: bob, noted: 3 });
  for (const silent of [group, direct]) t.is(noticeOf(silent, in3), undefined);
  t.is(noticeOf({ type: 'chat.member-invited.v1', data: { channel: id, member: bob, by: ann, at } }, in3), undefined);
});

test('the title that somebody gave who was erased is told to nobody', (t) => {
  const forgotten = { ...renamed, data: { ...renamed.data, title: erased } } as ChannelEvent;
  t.deepEqual(noticeOf(forgotten, in3), { notice: 'renamed', by: ann, noted: 3 });
});

test('in an announcement channel nobody is told who comes and goes', (t) => {
  const inThousands = { revision: 3, isAnnouncement: true };
  for (const one of [joined(bob), left(bob), removed(bob, ann)]) t.is(noticeOf(one, inThousands), undefined);
  t.like(noticeOf(renamed, inThousands), { notice: 'renamed' });
});

const membership = channel.evolve(channel.initialState, group);
const noticeAt = (noted: number): Notice => ({ notice: 'renamed', by: ann, title: `Title ${noted}`, noted });
const post = { type: 'post', channel: id, actor: ann, membership, relation: 'clear', text: 'Hello', clientId: 'c', at } as const;

test('a notice is no message, is added once, and never behind that of a later change', (t) => {
  const note = (noted: number) => ({ type: 'note', channel: id, notice: noticeAt(noted) }) as const;
  const added = (noted: number): MessagesEvent => ({ type: 'chat.notice-added.v1', data: { channel: id, ...noticeAt(noted), messageCount: 0 } });
  given(messages).when(note(1)).then(t, added(1));
  given(messages, added(1)).when(note(1)).then(t);
  given(messages, added(2)).when(note(1)).then(t);
  given(messages, added(1)).when(note(2)).then(t, added(2));
});

test('every event behind a notice says how far notices have come, so that the last one is enough', (t) => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constant('post' as const), fc.nat({ max: 8 })), { maxLength: 30 }), (steps) => {
      let state: MessagesState = messages.initialState;
      let newest = -1;
      const noted: number[] = [];
      for (const step of steps) {
        const decision = messages.decide(state, step === 'post' ? post : { type: 'note', channel: id, notice: noticeAt(step) });
        const events = decision.outcome === 'accepted' ? decision.events : [];
        for (const event of events) {
          state = messages.evolve(messages.initialState, event); // as from the log, where nothing but the last event is read
          if (event.type === 'chat.notice-added.v1') noted.push(event.data.noted);
        }
        if (typeof step === 'number') newest = Math.max(newest, step);
        t.is(state.noted ?? -1, newest);
      }
      t.deepEqual(
        noted,
        [...new Set(noted)].toSorted((a, b) => a - b),
      );
    }),
    { numRuns: 100 },
  );
});

test('nobody needs to be a member any more for a change of theirs to be told', (t) => {
  const leaving = noticeOf(left(ann as PersonId), in3);
  if (leaving === undefined) return t.fail();
  t.is(messages.decide(messages.initialState, { type: 'note', channel: id, notice: leaving }).outcome, 'accepted');
});
