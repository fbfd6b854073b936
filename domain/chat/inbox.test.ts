import test from 'ava';
import fc from 'fast-check';
import { given } from '../shared/given-when-then.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import { DAY_MS, instant, plus } from '../shared/instant.ts';
import { channel } from './channel.ts';
import type { ChannelLevel, InboxEvent, MessagesEvent } from './events.ts';
import { advanceReadPointer, inbox, type ReadPointer } from './inbox.ts';

const at = instant(0);
const [room, hall] = ['room', 'hall'] as ChannelId[] as [ChannelId, ChannelId];
const ann = 'ann' as PersonId;
const membership = channel.evolve(
  { status: 'none' },
  { type: 'chat.channel-opened.v1', data: { channel: room, kind: 'group', owner: ann, members: [ann], at } },
);
const target: MessagesEvent = { type: 'chat.message-withdrawn.v1', data: { channel: room, message: 2, by: ann, messageCount: 5 } };

const readUpTo = (seq: number, channel = room): InboxEvent => ({ type: 'chat.read-up-to.v1', data: { person: ann, channel, seq, messageCount: 5, at } });
const read = (seq: number) => ({ type: 'read', actor: ann, channel: room, membership, seq, target, at }) as const;
const muted: InboxEvent = { type: 'chat.channel-muted.v1', data: { person: ann, channel: room } };
const unmuted: InboxEvent = { type: 'chat.channel-unmuted.v1', data: { person: ann, channel: room } };

test('a read pointer counts the messages up to the event that was read, of whatever kind that event is', (t) => {
  given(inbox).when(read(7)).then(t, readUpTo(7));
});

test('a read pointer goes forward and not back', (t) => {
  given(inbox, readUpTo(7)).when(read(8)).then(t, readUpTo(8));
  given(inbox, readUpTo(7)).when(read(7)).then(t);
  given(inbox, readUpTo(7)).when(read(6)).then(t);
});

test('the pointer that the caller last knew saves an append too', (t) => {
  given(inbox, readUpTo(9, hall))
    .when({ ...read(7), known: 7 })
    .then(t);
  given(inbox, readUpTo(9, hall))
    .when({ ...read(8), known: 7 })
    .then(t, readUpTo(8));
  given(inbox, readUpTo(7))
    .when({ ...read(7), known: 3 })
    .then(t);
});

test('the first event of a channel can be read', (t) => {
  given(inbox).when(read(0)).then(t, readUpTo(0));
});

test('a person can’t mark as read an event that does not exist, or in a channel they are no member of', (t) => {
  given(inbox)
    .when({ ...read(7), target: undefined })
    .thenRefused(t, 'message-unknown');
  given(inbox)
    .when({ ...read(7), membership: { status: 'none' } })
    .thenRefused(t, 'channel-unknown');
});

test('a member mutes a channel, and unmutes it', (t) => {
  const mute = { type: 'mute', actor: ann, channel: room, membership, at } as const;
  const unmute = { type: 'unmute', actor: ann, channel: room, membership } as const;
  given(inbox).when(mute).then(t, muted);
  given(inbox, muted).when(mute).then(t);
  given(inbox, muted).when(unmute).then(t, unmuted);
  given(inbox, muted, unmuted).when(unmute).then(t);
  given(inbox)
    .when({ ...mute, membership: { status: 'closed' } })
    .thenRefused(t, 'channel-unknown');
});

test('a member mutes a channel until a moment to come, which another muting moves', (t) => {
  const mute = { type: 'mute', actor: ann, channel: room, membership, at } as const;
  const until = (days: number) => plus(at, days * DAY_MS);
  const mutedUntil = (days: number): InboxEvent => ({ type: 'chat.channel-muted.v1', data: { person: ann, channel: room, until: until(days) } });
  given(inbox)
    .when({ ...mute, until: until(1) })
    .then(t, mutedUntil(1));
  given(inbox, mutedUntil(1))
    .when({ ...mute, until: until(1) })
    .then(t);
  given(inbox, mutedUntil(1))
    .when({ ...mute, until: until(2) })
    .then(t, mutedUntil(2));
  given(inbox, mutedUntil(1)).when(mute).then(t, muted);
  for (const days of [0, -1, 367])
    given(inbox)
      .when({ ...mute, until: until(days) })
      .thenRefused(t, 'mute-until-out-of-range', { days: 366 });
});

test('a member chooses of which messages to be told', (t) => {
  const choose = (level: ChannelLevel) => ({ type: 'choose-level', actor: ann, channel: room, membership, level }) as const;
  const chosen = (level: ChannelLevel): InboxEvent => ({ type: 'chat.level-chosen.v1', data: { person: ann, channel: room, level } });
  given(inbox).when(choose('mentions')).then(t, chosen('mentions'));
  given(inbox, chosen('mentions')).when(choose('mentions')).then(t);
  given(inbox, chosen('mentions')).when(choose('all')).then(t, chosen('all'));
  given(inbox)
    .when({ ...choose('none'), membership: { status: 'none' } })
    .thenRefused(t, 'channel-unknown');
});

test('taking the furthest gives the same pointer for every order of readings, late and repeated ones included', (t) => {
  const pointer = fc.nat({ max: 50 }).map((seq): ReadPointer => ({ seq, messageCount: seq + 1 }));
  fc.assert(
    fc.property(fc.array(pointer, { minLength: 1 }), fc.array(pointer), (pointers, doubled) => {
      const all = [...pointers, ...doubled, ...pointers.toReversed()];
      let now: ReadPointer | undefined;
      for (const each of all) {
        const next = advanceReadPointer(now, each);
        t.true(now === undefined || next.seq >= now.seq);
        now = next;
      }
      t.is(now?.seq, Math.max(...all.map(({ seq }) => seq)));
    }),
  );
});

test('the last event alone gives the state that the whole history gives', (t) => {
  const event = fc.constantFrom(readUpTo(1), readUpTo(9), readUpTo(4, hall), muted, unmuted);
  fc.assert(
    fc.property(fc.array(event, { minLength: 1 }), (history) => {
      t.deepEqual(history.reduce(inbox.evolve, inbox.initialState), history.slice(-1).reduce(inbox.evolve, inbox.initialState));
    }),
  );
});
