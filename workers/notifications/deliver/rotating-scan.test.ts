import test from 'ava';
import fc from 'fast-check';
import { rotatingScan, ROUND_SWEEPS } from './rotating-scan.ts';

/** A sorted list of numbers as texts; those up to `recentFrom` have been on it for a while. */
function createList() {
  const list = new Set<string>();
  const textOf = (n: number) => String(n).padStart(6, '0');
  const pages = rotatingScan(async ({ after, until }, limit) =>
    [...list]
      .filter((text) => text > after && text <= until)
      .sort()
      .slice(0, limit),
  );
  return {
    list,
    textOf,
    sweep: async (recentFrom: number, until: number) => {
      const looked: string[] = [];
      for await (const page of pages({ recentFrom: textOf(recentFrom), until: textOf(until) })) looked.push(...page);
      return looked;
    },
  };
}

test('the first sweep reads all entries, the next ones the recent entries and a share of the rest', async (t) => {
  const { list, textOf, sweep } = createList();
  for (let n = 1; n <= 3_000; n++) list.add(textOf(n));
  t.is((await sweep(3_000, 3_000)).length, 3_000);
  for (let n = 0; n < ROUND_SWEEPS; n++) await sweep(3_000, 3_000);
  list.add(textOf(3_001));
  const looked = await sweep(3_001, 3_001);
  t.is(looked.length, 3_000 / ROUND_SWEEPS + 1);
  t.true(looked.includes(textOf(3_001)));
});

test('whatever is added and removed meanwhile, an entry that stays on the list is read again within two rounds', async (t) => {
  const turns = fc.array(fc.record({ added: fc.nat(400), late: fc.nat(20), gone: fc.nat(5) }), { minLength: 3 * ROUND_SWEEPS, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(turns, async (sweeps) => {
      const { list, textOf, sweep } = createList();
      const unseenFor = new Map<string, number>();
      let end = 100;
      for (const { added, late, gone } of sweeps) {
        for (let n = 1; n <= added; n++) list.add(textOf(end + n));
        for (let n = 1; n <= late; n++) list.add(textOf((end * n) % 97)); // long before the newest
        for (const text of [...list].filter((_, place) => place % 7 < gone)) {
          list.delete(text);
          unseenFor.delete(text);
        }
        end += added;
        const looked = new Set(await sweep(end - 50, end));
        for (const text of list) unseenFor.set(text, looked.has(text) ? 0 : (unseenFor.get(text) ?? 0) + 1);
        t.true(Math.max(0, ...unseenFor.values()) < 2 * ROUND_SWEEPS);
      }
    }),
    { numRuns: 100 },
  );
});

test('the next sweep makes up for one that was broken off', async (t) => {
  const { list, textOf } = createList();
  for (let n = 1; n <= 10; n++) list.add(textOf(n));
  let isAway = true;
  const pages = rotatingScan(async () => {
    if (isAway) throw new Error('The views are away.');
    return [...list];
  });
  const sweep = async () => {
    const looked = [];
    for await (const page of pages({ recentFrom: textOf(10), until: textOf(10) })) looked.push(...page);
    return looked;
  };
  await t.throwsAsync(sweep());
  isAway = false;
  t.is((await sweep()).length, 10);
});
