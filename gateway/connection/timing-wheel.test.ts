import test from 'ava';
import fc from 'fast-check';
import { createTimingWheel, IN_NO_SLOT, schedule, tickWheel, unschedule, type Timed } from './timing-wheel.ts';

const DELAY_MAX_TICKS = 15;
type Item = Timed & { readonly name: number };
const item = (name: number): Item => ({ name, wheelSlot: IN_NO_SLOT });

test('an item is visited at exactly the tick it is due at, and again after what the visit says', (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: DELAY_MAX_TICKS }), { minLength: 1, maxLength: 20 }), (delays) => {
      const visits: [name: number, at: number][] = [];
      const wheel = createTimingWheel<Item>({ delayMaxTicks: DELAY_MAX_TICKS });
      delays.forEach((delay, name) => schedule(wheel, item(name), delay));
      for (let now = 1; now <= 3 * (DELAY_MAX_TICKS + 1); now++) {
        tickWheel(wheel, ({ name }) => {
          visits.push([name, now]);
          return visits.filter(([visited]) => visited === name).length < 2 ? delays[name] : undefined;
        });
      }
      const expected = delays.flatMap((delay, name) => [
        [name, delay],
        [name, 2 * delay],
      ]);
      const byNameAndTime = (one: readonly number[], other: readonly number[]) => (one[0] ?? 0) - (other[0] ?? 0) || (one[1] ?? 0) - (other[1] ?? 0);
      t.deepEqual(visits.toSorted(byNameAndTime), expected.toSorted(byNameAndTime) as [number, number][]);
    }),
  );
});

test('an item that was removed or moved is not visited where it was', (t) => {
  const visited: number[] = [];
  const wheel = createTimingWheel<Item>({ delayMaxTicks: DELAY_MAX_TICKS });
  const tick = () => tickWheel(wheel, ({ name }) => void visited.push(name));
  const [removed, moved] = [item(1), item(2)];
  schedule(wheel, removed, 1);
  schedule(wheel, moved, 1);
  unschedule(wheel, removed);
  schedule(wheel, moved, 3);
  tick();
  t.deepEqual(visited, []);
  tick();
  tick();
  t.deepEqual(visited, [2]);
});

test('no delay at all means the next tick, and a part of a tick counts as one', (t) => {
  const visited: number[] = [];
  const wheel = createTimingWheel<Item>({ delayMaxTicks: 2.5 });
  const tick = () => tickWheel(wheel, ({ name }) => void visited.push(name));
  schedule(wheel, item(0), 0);
  schedule(wheel, item(1), 1.5);
  schedule(wheel, item(2), 2.5);
  tick();
  t.deepEqual(visited, [0]);
  tick();
  t.deepEqual(visited, [0, 1]);
  tick();
  t.deepEqual(visited, [0, 1, 2]);
});

test('a delay that the wheel can’t hold is refused, and the item stays where it was', (t) => {
  const wheel = createTimingWheel<Item>({ delayMaxTicks: 3 });
  const scheduled = item(0);
  schedule(wheel, scheduled, 3);
  for (const delay of [3.1, 4, 1_000, Infinity, NaN]) t.throws(() => schedule(wheel, scheduled, delay), { instanceOf: RangeError }, String(delay));
  let visits = 0;
  for (let tick = 1; tick <= 8; tick++) tickWheel(wheel, () => void visits++);
  t.is(visits, 1);
});

test('a visit may not ask for a delay that the wheel can’t hold', (t) => {
  const wheel = createTimingWheel<Item>({ delayMaxTicks: 3 });
  schedule(wheel, item(0), 1);
  t.throws(() => tickWheel(wheel, () => 4), { instanceOf: RangeError });
});

for (const delayMaxTicks of [0, -1, Infinity, NaN]) {
  test(`a wheel for delays of ${delayMaxTicks} ticks can’t be made`, (t) => {
    t.throws(() => createTimingWheel({ delayMaxTicks }), { instanceOf: RangeError });
  });
}
