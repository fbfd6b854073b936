import test from 'ava';
import fc from 'fast-check';
import { createTimingWheel, IN_NO_SLOT, type Timed } from './timing-wheel.ts';

const SLOTS = 16;
type Item = Timed & { readonly name: number };

test('what is due after some ticks is visited at exactly that tick, and again after what the visit says', (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: SLOTS - 1 }), { minLength: 1, maxLength: 20 }), (delays) => {
      let now = 0;
      const visits: [name: number, at: number][] = [];
      const wheel = createTimingWheel<Item>(SLOTS, (item) => {
        visits.push([item.name, now]);
        return visits.filter(([name]) => name === item.name).length < 2 ? delays[item.name] : undefined;
      });
      delays.forEach((delay, name) => wheel.add({ name, wheelSlot: IN_NO_SLOT }, delay));
      for (; now < 3 * SLOTS;) {
        now++;
        wheel.tick();
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

test('what was removed or moved is not visited where it was', (t) => {
  const visited: number[] = [];
  const wheel = createTimingWheel<Item>(SLOTS, ({ name }) => void visited.push(name));
  const removed = { name: 1, wheelSlot: IN_NO_SLOT };
  const moved = { name: 2, wheelSlot: IN_NO_SLOT };
  wheel.add(removed, 1);
  wheel.add(moved, 1);
  wheel.remove(removed);
  wheel.add(moved, 3);
  wheel.tick();
  t.deepEqual(visited, []);
  wheel.tick();
  wheel.tick();
  t.deepEqual(visited, [2]);
});

test('a delay of more than a turn is cut to one, and none at all means the next tick', (t) => {
  let visits = 0;
  const wheel = createTimingWheel<Item>(4, () => void visits++);
  wheel.add({ name: 0, wheelSlot: IN_NO_SLOT }, 0);
  wheel.add({ name: 1, wheelSlot: IN_NO_SLOT }, 1_000);
  wheel.tick();
  t.is(visits, 1);
  wheel.tick();
  wheel.tick();
  t.is(visits, 2);
});
