import test from 'ava';
import type { ChannelId } from '../shared/ids.ts';
import { given } from '../shared/given-when-then.ts';
import { HOUR_MS, instant, plus } from '../shared/instant.ts';
import { channel } from './channel.ts';
import { disappearances, endingWindowOf, endsOf, isExpired } from './disappearing.ts';
import type { ChannelEvent, MessagesEvent } from './events.ts';
import { ann, at, bob, cid, direct, group, id, joined, left } from './test-fixture.ts';

const set = (afterSeconds: number | null, by = ann): ChannelEvent => ({ type: 'chat.disappearing-set.v1', data: { channel: id, by, afterSeconds, at } });
const asked = (actor: typeof ann, afterSeconds: number | null) =>
  ({ type: 'set-disappearing', channel: id, actor, relation: 'clear', afterSeconds, at }) as const;
const stateAfter = (...events: readonly ChannelEvent[]) => events.reduce(channel.evolve, channel.initialState);
const posted = (expiresAt?: ReturnType<typeof instant>): MessagesEvent => ({
  type: 'chat.message-posted.v1',
  data: { channel: id, sender: ann, text: 'hello', clientId: 'c', at, ...(expiresAt !== undefined && { expiresAt }), messageCount: 1 },
});

test('across a block nobody sets it', (t) => {
  given(channel, direct)
    .when({ ...asked(bob, 60), relation: 'blocked' })
    .thenRefused(t, 'blocked');
});

test('both of a direct channel set it, in a group its owner and admins, and nobody who is no member', (t) => {
  given(channel, direct).when(asked(bob, 60)).then(t, set(60, bob));
  given(channel, group, joined(bob)).when(asked(ann, 60)).then(t, set(60));
  given(channel, group, joined(bob)).when(asked(bob, 60)).thenRefused(t, 'not-an-admin');
  for (const events of [[], [direct], [group, joined(cid), left(cid)]] as const)
    given(channel, ...events)
      .when(asked(cid, 60))
      .thenRefused(t, 'channel-unknown');
});

test('setting what holds changes nothing', (t) => {
  given(channel, direct).when(asked(ann, null)).then(t);
  given(channel, direct, set(60)).when(asked(bob, 60)).then(t);
  given(channel, direct, set(60)).when(asked(bob, null)).then(t, set(null, bob));
});

test('a message ends so long after it was said as the channel says then, and a quote with what goes first', (t) => {
  const [membership, later] = [stateAfter(direct, set(3_600)), plus(at, HOUR_MS)];
  t.deepEqual(endsOf({ membership: stateAfter(direct), at, quoted: undefined }), {});
  t.deepEqual(endsOf({ membership: stateAfter(direct, set(3_600), set(null)), at, quoted: posted() }), {});
  t.deepEqual(endsOf({ membership, at, quoted: undefined }), { expiresAt: later });
  t.deepEqual(endsOf({ membership, at, quoted: posted() }), { expiresAt: later, quoteExpiresAt: later });
  t.deepEqual(endsOf({ membership, at, quoted: posted(plus(at, 1)) }), { expiresAt: later, quoteExpiresAt: plus(at, 1) });
  t.deepEqual(endsOf({ membership: stateAfter(direct), at, quoted: posted(later) }), { quoteExpiresAt: later });
});

test('nothing stays longer than the installation keeps it, whatever its channel says, and a channel may say less', (t) => {
  const [always, hour, none] = [stateAfter(direct), stateAfter(direct, set(3_600)), channel.initialState];
  for (const [membership, keptSeconds, seconds] of [
    [always, 7_200, 7_200],
    [hour, 7_200, 3_600],
    [hour, 60, 60],
    [none, 60, 60],
  ] as const)
    t.deepEqual(endsOf({ membership, at, keptSeconds, quoted: undefined }), { expiresAt: plus(at, seconds * 1_000) });
});

test('what ends is gone from that moment on, and what has no end never', (t) => {
  t.deepEqual([isExpired({ expiresAt: at }, plus(at, -1)), isExpired({ expiresAt: at }, at), isExpired({}, instant(8e12))], [false, true, false]);
});

test('a window ends after all that is in it, and has no messages of another time to live', (t) => {
  const windows = [0, 9_999, 10_000].map((ms) => endingWindowOf(plus(at, ms), plus(at, ms + HOUR_MS)));
  t.deepEqual(
    windows.map(({ ends }) => ends),
    [10_000, 10_000, 20_000].map((ms) => plus(at, HOUR_MS + ms)),
  );
  t.notDeepEqual(endingWindowOf(at, plus(at, HOUR_MS)), endingWindowOf(plus(at, HOUR_MS - 60_000), plus(at, HOUR_MS)));
});

test('what was told last is not told again', (t) => {
  const disappeared = { messages: [1, 2], window: { ends: at, seconds: 60, upTo: 2 } };
  const told = { type: 'chat.messages-disappeared.v1', data: { channel: id as ChannelId, ...disappeared } } as const;
  const tell = { type: 'tell', channel: id, disappeared } as const;
  given(disappearances).when(tell).then(t, told);
  given(disappearances, told).when(tell).then(t);
  const more = { ...disappeared, messages: [3], window: { ...disappeared.window, upTo: 3 } };
  given(disappearances, told)
    .when({ ...tell, disappeared: more })
    .then(t, { ...told, data: { channel: id, ...more } });
});
