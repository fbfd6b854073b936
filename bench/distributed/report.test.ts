import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../../tests/start-for-test.ts';
import { lineOf, openReport, type BenchResults } from './report.ts';

test('a figure is told beside its peer, with their ratio and whether the goal is met', (t) => {
  const figure = { name: 'pages', value: 3, unit: 'ms', peer: { name: 'bare', value: 2 } };
  t.is(lineOf({ ...figure, goal: { of: 'ratio', most: 1.5 } }), 'pages: 3.00 ms; bare: 2.00 ms; ratio 1.50; goal ratio ≤ 1.5: met');
  t.is(lineOf({ ...figure, goal: { of: 'ratio', least: 1.6 } }), 'pages: 3.00 ms; bare: 2.00 ms; ratio 1.50; goal ratio ≥ 1.6: MISSED');
  t.is(lineOf({ name: 'p99', value: 51, unit: 'ms', goal: { of: 'value', most: 50 } }), 'p99: 51.0 ms; goal ≤ 50: MISSED');
});

test('a goal is missed where nothing was measured', (t) => {
  t.is(lineOf({ name: 'p99', value: Number.NaN, unit: 'ms', goal: { of: 'value', most: 50 } }), 'p99: NaN ms; goal ≤ 50: MISSED');
});

test('the file has what is known, also after a section that fails', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'results.json');
  const report = openReport({ isQuick: true, file });
  const results = () => JSON.parse(readFileSync(file, 'utf8')) as BenchResults;
  report.of('latency').figure({ name: 'p50', value: 1, unit: 'ms', peer: { name: 'bare', value: 4 } });
  t.like(results(), { isQuick: true, figures: [{ section: 'latency', name: 'p50', ratio: 0.25 }], failures: {} });
  report.of('latency').unitCost('chat-message.cpu.gateway', 12);
  report.of('latency').unitCost('chat-message.cpu.redis', Number.NaN);
  report.of('latency').unitCost('chat-message.cpu.mongodb', -1);
  report.fail('group', new Error('given up'));
  t.like(results(), { unitCosts: { 'chat-message.cpu.gateway': 12 }, failures: { group: 'given up' } });
  t.deepEqual(Object.keys(results().unitCosts), ['chat-message.cpu.gateway']);
  t.is(results().figures.length, 1);
});
