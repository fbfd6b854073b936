import test from 'ava';
import { DAY_MS, HOUR_MS, plus, type Instant } from '../../shared/instant.ts';
import { frequencyOver, UNDER_WAY_LOOK_MS, type Counted } from './caps.ts';

const at = '2025-01-15T12:00:00.000Z' as Instant;
const hoursAgo = (hours: number, category = 'news'): Counted => ({ category, acceptedAt: plus(at, -hours * HOUR_MS) });
const underWay: Counted = { category: 'news', acceptedAt: undefined };
const over = (counted: readonly Counted[], app: number, category?: number) => frequencyOver(counted, { category: 'news', caps: { app, category }, at });
const roomIn = (hours: number) => plus(at, DAY_MS - hours * HOUR_MS);

test('there is room below the cap, and once the oldest that fills it is a day old', (t) => {
  t.is(over([], 1), undefined);
  t.is(over([hoursAgo(1), hoursAgo(2)], 3), undefined);
  t.deepEqual(over([hoursAgo(1), hoursAgo(5), hoursAgo(3)], 3), { sent: 3, max: 3, resetsAt: roomIn(5) });
  t.deepEqual(over([hoursAgo(1), hoursAgo(5), hoursAgo(3)], 1), { sent: 3, max: 1, resetsAt: roomIn(1) }, 'more than a cap that was lowered');
});

test('a category’s cap counts that category alone, however it is spelled, and the app’s cap all of them', (t) => {
  const counted = [hoursAgo(1, 'offers'), hoursAgo(2, ' News'), hoursAgo(3, 'NEWS')];
  t.is(over(counted, 9, 3), undefined);
  t.deepEqual(over(counted, 9, 2), { sent: 2, max: 2, resetsAt: roomIn(3) });
  t.deepEqual(over(counted, 3, 9), { sent: 3, max: 3, resetsAt: roomIn(3) });
  t.deepEqual(over(counted, 1, 2), { sent: 3, max: 1, resetsAt: roomIn(1) }, 'where both are reached, the one that lasts longer');
});

test('where only deliveries under way stand in the way, it is looked at again soon, for they may fail', (t) => {
  t.deepEqual(over([underWay, hoursAgo(2)], 2), { sent: 2, max: 2, resetsAt: plus(at, UNDER_WAY_LOOK_MS) });
  t.deepEqual(over([underWay, hoursAgo(2), hoursAgo(1)], 2), { sent: 3, max: 2, resetsAt: roomIn(2) });
});
