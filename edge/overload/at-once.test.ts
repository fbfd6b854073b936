import test from 'ava';
import { limitAtOnce } from './at-once.ts';

test('a key has no more at once than it may, and other keys are not held back', (t) => {
  const atOnce = limitAtOnce(2);
  const first = atOnce.begin('ann');
  t.truthy(atOnce.begin('ann'));
  t.is(atOnce.begin('ann'), undefined);
  t.truthy(atOnce.begin('bob'));
  first?.[Symbol.dispose]();
  first?.[Symbol.dispose](); // over is over: it makes room once
  t.truthy(atOnce.begin('ann'));
  t.is(atOnce.begin('ann'), undefined);
});
