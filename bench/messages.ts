/**
 * The cost of a message between two people: the real process with all roles on the embedded profile on one core, and on the other
 * clients that acknowledge what they receive and send heartbeats, as real ones do: `npm run bench:messages [-- --rates 200,500]`.
 * `--profile <folder>` leaves CPU profiles there. The figures are goals, never assertions.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { openReport, type Report } from './distributed/report.ts';
import { openChatLoad } from './messages/chat-load.ts';
import { startTarget, type Target } from './messages/target.ts';

/** By the rate, in messages a second: CPU in µs, and the 99th percentile in ms. */
const GOALS: Readonly<Record<number, { readonly cpuUs: number; readonly p99Ms?: number }>> = {
  200: { cpuUs: 700, p99Ms: 5 },
  500: { cpuUs: 450, p99Ms: 6 },
  1_000: { cpuUs: 350, p99Ms: 10 },
  2_000: { cpuUs: 250 },
};
const PAIRS = 50;
const SETTLE_MS = 12_000;

const options = new Command('bench:messages')
  .description('Measure what a message between two people costs in the real process with all roles.')
  .option('--rates <list>', 'messages a second, one after the other', '200,500,1000,2000')
  .option('--seconds <n>', 'for each rate', '15')
  .option('--json <file>', 'keep the figures in this file')
  .option('--profile <folder>', 'leave CPU profiles of the process in this folder')
  .parse()
  .opts<{ readonly rates: string; readonly seconds: string; readonly json?: string; readonly profile?: string }>();

const report = openReport({ isQuick: false, file: options.json, command: 'npm run bench:messages' });
await using target = await startTarget({ pairs: PAIRS, profileFolder: options.profile });
using load = await openChatLoad(target.gatewayUrl, target.pairs);
for (const rate of options.rates.split(',').map(Number)) await tell(report.of(`${rate}/s`), target, rate, Number(options.seconds));

async function tell(to: Report, from: Target, ratePerSecond: number, seconds: number): Promise<void> {
  await load.measure({ ratePerSecond, seconds: Math.ceil(seconds / 3) });
  await delay(SETTLE_MS);
  const before = await from.cpuUs();
  const found = await load.measure({ ratePerSecond, seconds });
  await delay(SETTLE_MS); // what follows a message, such as the look whether it must be pushed, is part of its cost
  const each = ((await from.cpuUs()) - before) / (ratePerSecond * seconds);
  const goal = GOALS[ratePerSecond];
  to.figure({ name: 'CPU a message', value: each, unit: 'µs', ...(goal && { goal: { of: 'value', most: goal.cpuUs } }) });
  to.figure({ name: `p50${found.missing > 0 ? ` (${found.missing} missing)` : ''}`, value: found.p50, unit: 'ms' });
  to.figure({ name: 'p99', value: found.p99, unit: 'ms', ...(goal?.p99Ms !== undefined && { goal: { of: 'value', most: goal.p99Ms } }) });
}
