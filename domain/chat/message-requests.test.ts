import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import { channel } from './channel.ts';
import { isAccepted, isMember, membersOf } from './channel-state.ts';
import type { ChannelEvent } from './events.ts';
import { accepted, ann, answerRequest, bob, cid, clear, direct, group, openDirect, refused, request } from './test-fixture.ts';

const stateAfter = (...events: readonly ChannelEvent[]) => events.reduce(channel.evolve, channel.initialState);

test('a direct channel between strangers is a request; between friends, and in old logs, it is none', (t) => {
  given(channel)
    .when({ ...openDirect, friends: false })
    .then(t, request);
  given(channel).when(openDirect).then(t, direct);
  t.deepEqual(
    [request, direct].map((event) => isAccepted(stateAfter(event))),
    [false, true],
  );
});

test('the recipient accepts a request, and accepting again changes nothing', (t) => {
  given(channel, request).when(answerRequest('accept-request', bob)).then(t, accepted);
  given(channel, request, accepted).when(answerRequest('accept-request', bob)).then(t);
  t.true(isAccepted(stateAfter(request, accepted)));
});

test('opening the channel accepts it too, for the recipient, and for either of two friends', (t) => {
  const byRecipient = { ...openDirect, actor: bob, other: clear(ann), friends: false } as const;
  for (const history of [[request], [request, refused]]) {
    given(channel, ...history)
      .when(byRecipient)
      .then(t, accepted);
    given(channel, ...history)
      .when(openDirect)
      .then(t, accepted);
    given(channel, ...history)
      .when({ ...openDirect, friends: false })
      .then(t);
  }
});

test('the recipient refuses a request: then it is no channel of theirs, and the sender sees no difference', (t) => {
  given(channel, request).when(answerRequest('refuse-request', bob)).then(t, refused);
  given(channel, request, refused).when(answerRequest('refuse-request', bob)).then(t);
  const state = stateAfter(request, refused);
  t.deepEqual([isMember(state, bob), isMember(state, ann), isAccepted(state)], [false, true, false]);
  t.deepEqual(membersOf(state), [ann]);
});

test('a recipient who has refused accepts after all', (t) => {
  given(channel, request, refused).when(answerRequest('accept-request', bob)).then(t, accepted);
  t.deepEqual(membersOf(stateAfter(request, refused, accepted)), [ann, bob]);
});

test('nobody but the recipient answers a request', (t) => {
  for (const type of ['accept-request', 'refuse-request'] as const) {
    given(channel, request).when(answerRequest(type, ann)).thenRefused(t, 'not-the-recipient');
    given(channel, request).when(answerRequest(type, cid)).thenRefused(t, 'message-request-unknown');
    given(channel).when(answerRequest(type, bob)).thenRefused(t, 'message-request-unknown');
    given(channel, group).when(answerRequest(type, ann)).thenRefused(t, 'message-request-unknown');
  }
  given(channel, direct).when(answerRequest('refuse-request', bob)).thenRefused(t, 'message-request-unknown');
});
