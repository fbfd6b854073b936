import test from 'ava';
import fc from 'fast-check';
import { createTurns } from './turns.ts';

const count = (turns: readonly (string | undefined)[]) =>
  Object.fromEntries(
    Map.groupBy(turns, (turn) => turn ?? 'none')
      .entries()
      .map(([queue, all]) => [queue, all.length]),
  );

test('while all have work, turns are given by the shares, and the first ones too', (t) => {
  const turns = createTurns({ low: 1, high: 6, normal: 3 });
  const given = Array.from({ length: 1_000 }, () => turns.next(() => true));
  t.deepEqual(count(given), { high: 600, normal: 300, low: 100 });
  t.deepEqual(count(given.slice(0, 10)), { high: 6, normal: 3, low: 1 });
});

test('a queue that had no work for long has saved no turns up, and one that had all of them owes none', (t) => {
  const turns = createTurns({ high: 6, low: 1 });
  for (let n = 0; n < 1_000; n++) turns.next((queue) => queue === 'high');
  t.deepEqual(count(Array.from({ length: 70 }, () => turns.next(() => true))), { high: 60, low: 10 });
  for (let n = 0; n < 1_000; n++) turns.next((queue) => queue === 'low');
  t.deepEqual(count(Array.from({ length: 70 }, () => turns.next(() => true))), { high: 60, low: 10 });
});

test('turns that are given back cost nothing', (t) => {
  const turns = createTurns({ high: 6, low: 1 });
  const given = Array.from({ length: 700 }, (_, n) => {
    const turn = turns.next(() => true);
    if (turn === undefined || n % 2 === 0) return turn;
    turns.giveBack(turn);
    return undefined;
  });
  const { high = 0, low = 0 } = count(given);
  t.true(low >= 50 && high + low === 350, JSON.stringify({ high, low }));
});

test('whatever has work and when: somebody who has gets the turn, and nobody who has waits for longer than a round', (t) => {
  const shares = { a: 6, b: 3, c: 1 };
  const queues = Object.keys(shares);
  const works = fc.array(fc.uniqueArray(fc.constantFrom(...queues)), { minLength: 1, maxLength: 200 });
  t.notThrows(() =>
    fc.assert(
      fc.property(works, (all) => {
        const turns = createTurns(shares);
        const waits = new Map<string, number>();
        for (const work of all) {
          const turn = turns.next((queue) => work.includes(queue));
          if (work.length === 0 ? turn !== undefined : turn === undefined || !work.includes(turn)) return false;
          for (const queue of queues) waits.set(queue, work.includes(queue) && queue !== turn ? (waits.get(queue) ?? 0) + 1 : 0);
          if ([...waits.values()].some((waited) => waited > 20)) return false;
        }
        return true;
      }),
    ),
  );
});

test('a share that is not above 0 is an error', (t) => {
  for (const share of [0, -1, NaN, Infinity]) t.throws(() => createTurns({ a: 1, b: share }), { instanceOf: RangeError });
});
