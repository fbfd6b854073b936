/** `docs/scale.md` is what the script prints, and the script takes what the bench writes. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { WORKS } from './loads.ts';
import { needOf, storageADay, whatBreaksFirst } from './needs.ts';
import { SCALE_PAGE, scalePage } from './page.ts';
import { cpuId, isEstimate, PARTS, readUnitCosts, withResults, type UnitCost } from './unit-costs.ts';

const results = (unitCosts: Readonly<Record<string, number>>, isQuick = false) =>
  JSON.stringify({ command: 'npm run bench:distributed', date: '2026-11-30', machine: 'a machine', isQuick, figures: [], unitCosts, failures: {} });

test('docs/scale.md is what npm run scale prints', async (t) => {
  t.is(readFileSync(SCALE_PAGE, 'utf8'), await scalePage(readUnitCosts()), 'Run npm run scale.');
});

test('a cost that was measured takes the place of an estimate, with its command and date', async (t) => {
  const before = readUnitCosts();
  const { costs, taken } = withResults(before, results({ 'chat-message.cpu.gateway': 123.456 }));
  t.is(taken, 1);
  t.like(costs['chat-message.cpu.gateway'], { value: 123, measured: { command: 'npm run bench:distributed', date: '2026-11-30' } });
  t.false(isEstimate(costs['chat-message.cpu.gateway'] as UnitCost));
  t.not(await scalePage(costs), await scalePage(before));
});

test('figures with an estimate in them are marked until everything in them was measured', async (t) => {
  const all = Object.fromEntries(Object.entries(readUnitCosts()).map(([id, { value }]) => [id, value + 1]));
  const { costs } = withResults(readUnitCosts(), results(all));
  const [, ...marked] = (await scalePage(costs)).split('≈');
  t.is(marked.length, 1, 'only the sentence that explains the mark has it');
});

test('results of a quick run, and costs that nobody knows, are refused', (t) => {
  t.throws(() => withResults(readUnitCosts(), results({}, true)), { message: /quick/ });
  t.throws(() => withResults(readUnitCosts(), results({ 'chat-message.cpu.teapot': 1 })), { message: /teapot/ });
});

test('there is a cost of every work for every role and server', (t) => {
  const costs = readUnitCosts();
  for (const work of WORKS) for (const part of PARTS) t.truthy(costs[cpuId(work, part)], cpuId(work, part));
});

test('twice the cost needs twice the cores and twice the storage, and breaks at half the load', (t) => {
  const once = readUnitCosts();
  const twice = Object.fromEntries(Object.entries(once).map(([id, cost]) => [id, { ...cost, value: cost.value * 2 }]));
  t.is(needOf(twice, 'mongodb').coresAtPeak.value, 2 * needOf(once, 'mongodb').coresAtPeak.value);
  t.deepEqual(
    storageADay(twice).map(({ log }) => log.value),
    storageADay(once).map(({ log }) => 2 * log.value),
  );
  const shareOf = (costs: typeof once) => whatBreaksFirst(costs).find(({ what }) => what === 'one core of mongodb')?.share.value ?? Number.NaN;
  t.is(shareOf(twice), shareOf(once) / 2);
});
