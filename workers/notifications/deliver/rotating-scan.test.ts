import test from 'ava';
import fc from 'fast-check';
import { rotatingScan, ROUND_SWEEPS } from './rotating-scan.ts';

/** A list of numbers as texts in their order; what is up to `lately` has been on it for a while. */
function givenList() {
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
    sweep: async (lately: number, until: number) => {
      const looked: string[] = [];
      for await (const page of pages({ recentFrom: textOf(lately), until: textOf(until) })) looked.push(...page);
      return looked;
    },
  };
}

test('the first sweep looks at all there is, the next ones at what is new and at a share of the rest', async (t) => {
  const { list, textOf, sweep } = givenList();
  for (let n = 1; n <= 3_000; n++) list.add(textOf(n));
  t.is((await sweep(3_000, 3_000)).length, 3_000);
  for (let n = 0; n < ROUND_SWEEPS; n++) await sweep(3_000, 3_000);
  list.add(textOf(3_001));
  const looked = await sweep(3_001, 3_001);
  t.is(looked.length, 3_000 / ROUND_SWEEPS + 1);
  t.true(looked.includes(textOf(3_001)));
});

test('whatever comes and goes meanwhile, what stays on the list is looked at again within two rounds', async (t) => {
  const turns = fc.array(fc.record({ added: fc.nat(400), late: fc.nat(20), gone: fc.nat(5) }), { minLength: 3 * ROUND_SWEEPS, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(turns, async (sweeps) => {
      const { list, textOf, sweep } = givenList();
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

test('a sweep that is broken off is made up for by the next', async (t) => {
  const { list, textOf } = givenList();
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
