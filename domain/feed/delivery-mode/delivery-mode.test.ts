import test from 'ava';
import fc from 'fast-check';
import type { PersonId } from '../../shared/ids.ts';
import { given } from '../../shared/given-when-then.ts';
import { activeFollowersOf, FAN_OUTS_COUNTED, withCount } from './active-followers.ts';
import { deliveryMode, PULL_THRESHOLDS as thresholds, stampFor, type DeliveryModeCommand } from './delivery-mode.ts';
import type { DeliveryModeEvent } from './events.ts';

const author = 'ann' as PersonId;
const count = (activeFollowers: number): DeliveryModeCommand => ({ type: 'count', author, activeFollowers, thresholds });
const finish = (turn: number): DeliveryModeCommand => ({ type: 'finish-turn', author, turn });
const turning = (turn: number, activeFollowers = 10_000): DeliveryModeEvent => ({ type: 'feed.turning-to-pull.v1', data: { author, turn, activeFollowers } });
const pulled = (turn: number): DeliveryModeEvent => ({ type: 'feed.turned-to-pull.v1', data: { author, turn } });
const pushed = (turn: number, activeFollowers = 7_000): DeliveryModeEvent => ({ type: 'feed.turned-to-push.v1', data: { author, turn, activeFollowers } });

const after = (...events: readonly DeliveryModeEvent[]) => given(deliveryMode, ...events);

test('an author begins to turn to pulling at the upper threshold, and not below it', (t) => {
  after().when(count(9_999)).then(t);
  after().when(count(10_000)).then(t, turning(1));
});

test('a turn is finished once, by the turn that it was begun as, and never after the author turned back', (t) => {
  after(turning(1)).when(finish(1)).then(t, pulled(1));
  after(turning(1), pulled(1)).when(finish(1)).then(t);
  after(turning(1), pushed(1)).when(finish(1)).then(t);
  after(turning(1), pushed(1), turning(2)).when(finish(1)).then(t);
});

test('an author turns back at the lower threshold, and not above it, also in the middle of a turn', (t) => {
  for (const events of [[turning(1)], [turning(1), pulled(1)]]) {
    after(...events)
      .when(count(7_001))
      .then(t);
    after(...events)
      .when(count(7_000))
      .then(t, pushed(1));
  }
  after(turning(1), pulled(1), pushed(1)).when(count(9_999)).then(t);
  after(turning(1), pulled(1), pushed(1)).when(count(12_000)).then(t, turning(2, 12_000));
});

test('posts are pushed until the turn to pulling is finished, and from the moment of the turn back', (t) => {
  const states = [turning(1), pulled(1), pushed(1)].map((event) => deliveryMode.evolve(deliveryMode.initialState, event));
  t.deepEqual([deliveryMode.initialState, ...states].map(stampFor), ['push', 'push', 'pull', 'push']);
});

test('whatever is counted, posts are never pulled before readers were told, and the mode fits the last count', (t) => {
  const commands = fc.array(fc.oneof(fc.constantFrom(0, 6_999, 7_000, 8_000, 9_999, 10_000, 1_000_000).map(count), fc.integer({ min: 1, max: 4 }).map(finish)));
  fc.assert(
    fc.property(commands, (all) => {
      let state = deliveryMode.initialState;
      for (const command of all) {
        const decided = deliveryMode.decide(state, command);
        if (decided.outcome === 'refused') throw new Error('refused');
        const before = state;
        for (const event of decided.events) state = deliveryMode.evolve(state, event);
        if (before.mode === 'push') t.not(state.mode, 'pull');
        if (command.type === 'count' && command.activeFollowers >= 10_000) t.not(state.mode, 'push');
        if (command.type === 'count' && command.activeFollowers <= 7_000) t.is(state.mode, 'push');
      }
    }),
    { numRuns: 100 },
  );
});

test('active followers are the mean of the last twenty counts', (t) => {
  t.is(activeFollowersOf([]), 0);
  t.is(activeFollowersOf([10, 20, 30, 41]), 25);
  const many = Array.from({ length: 50 }, (_, i) => i).reduce<readonly number[]>(withCount, []);
  t.is(many.length, FAN_OUTS_COUNTED);
  t.is(many.at(-1), 49);
});
