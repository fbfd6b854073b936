/**
 * The cost of a delivery: the real process with all roles on the embedded profile, an app that notifies people, and a vendor that takes
 * 20 ms, beside a bare worker that posts from a queue to the same vendor, in one run and on the same core:
 * `npm run bench:delivery [-- --json results.json] [--quick]`. The figures are goals, never assertions. The counts of calls don't
 * depend on the machine.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { settingsSchema } from '../app/config/settings.ts';
import { startServerProcess } from './chat/server-process.ts';
import { countsEach, readMetrics, tellCounts } from './delivery/counts.ts';
import { sizesOf, VENDOR_MS, type Sizes } from './delivery/sizes.ts';
import { startTarget, type Target } from './delivery/target.ts';
import { openReport, type Report } from './distributed/report.ts';
import { inParallel, waitFor } from './distributed/waiting.ts';
import { quantile, secondsSince } from './shared/statistics.ts';

const CONCURRENCY = settingsSchema.shape.TIDINGS_DELIVERY_CONCURRENCY.parse(undefined);
const REQUESTS_AT_ONCE = 4;
const DELIVERED_WITHIN_MS = 60_000;
/** A scrape costs the process that is asked. */
const POLL_MS = 100;
const GOALS = { ratio: 0.5, perSecond: 1_000, p50Ms: 40, p99Ms: 150 };

const options = new Command('bench:delivery')
  .description('Measure deliveries on the embedded profile, beside a bare worker that posts from a queue to the same vendor.')
  .option('--json <file>', 'keep the figures and the counts in this file')
  .option('--quick', 'very little of everything, to see whether it works', false)
  .parse()
  .opts<{ readonly json?: string; readonly quick: boolean }>();

const sizes = sizesOf({ isQuick: options.quick });
const report = openReport({ isQuick: options.quick, file: options.json, command: 'npm run bench:delivery' });
try {
  const bare = await measureBare(sizes, report.of('bare worker'));
  await using target = await startTarget(sizes);
  report.of('delivery').progress(`${target.recipients.length} recipients`);
  await deliver(target, sizes.warmUpNotifications);
  await measureCampaign(target, sizes, { bare, report: report.of('campaign') });
  await measureLatency(target, sizes, report.of('one by one'));
} catch (error) {
  report.fail('delivery', error);
}
process.exitCode = Object.keys(report.results().failures).length > 0 ? 1 : 0;

type Bare = { readonly perSecond: number; readonly cpuMs: number };

async function measureBare({ recipients, warmUpNotifications, notifications }: Sizes, report: Report): Promise<Bare> {
  await using server = await startServerProcess(new URL('./delivery/bare-worker.ts', import.meta.url));
  const run = (deliveries: number) => server.call<number>('run', { deliveries, concurrency: CONCURRENCY });
  await run(warmUpNotifications * recipients);
  const deliveries = notifications * recipients;
  const before = await server.usage();
  const tookMs = await run(deliveries);
  const cpuMs = ((await server.usage()).cpuUs - before.cpuUs) / 1_000 / deliveries;
  report.progress(`${deliveries} posts, ${CONCURRENCY} at once: ${Math.round(deliveries / (tookMs / 1_000))}/s, CPU ${cpuMs.toFixed(2)} ms each`);
  return { perSecond: deliveries / (tookMs / 1_000), cpuMs };
}

/** Returns how many deliveries a second were accepted, from the first request until the last acceptance. */
async function deliver(target: Target, notifications: number): Promise<number> {
  const { operations, recipients } = target;
  const count = notifications * recipients.length;
  const before = (await readMetrics(operations)).accepted;
  const startedAt = performance.now();
  await inParallel(notifications, REQUESTS_AT_ONCE, (n) => target.notify(recipients, `The ferry ${n} leaves from gate 3.`));
  await waitFor('all accepted', async () => (await readMetrics(operations)).accepted - before >= count, { withinMs: DELIVERED_WITHIN_MS, pollMs: POLL_MS });
  const perSecond = count / secondsSince(startedAt);
  await target.untilIdle();
  return perSecond;
}

/** Few requests of many recipients, as fast as they are taken. */
async function measureCampaign(target: Target, { notifications }: Sizes, { bare, report }: { readonly bare: Bare; readonly report: Report }): Promise<void> {
  const before = await readMetrics(target.operations);
  const perSecond = await deliver(target, notifications);
  tellCosts(report, before, await readMetrics(target.operations), { id: 'campaign', units: notifications * target.recipients.length, bare });
  report.figure({
    name: `deliveries to a vendor of ${VENDOR_MS} ms, ${CONCURRENCY} at once`,
    value: perSecond,
    unit: 'deliveries/s',
    peer: { name: 'a bare worker that posts from a queue', value: bare.perSecond },
    goal: { of: 'ratio', least: GOALS.ratio },
  });
  report.figure({ name: 'deliveries on one core', value: perSecond, unit: 'deliveries/s', goal: { of: 'value', least: GOALS.perSecond } });
}

/** Requests of one recipient at a fixed rate, whether or not the earlier ones are answered; the message says when its request was made. */
async function measureLatency(target: Target, { ratePerSecond, seconds }: Sizes, report: Report): Promise<void> {
  const count = ratePerSecond * seconds;
  const before = await readMetrics(target.operations);
  const startedAt = performance.now();
  const requests: Promise<void>[] = [];
  for (let n = 0; n < count; n++) {
    const waitMs = startedAt + (1_000 * n) / ratePerSecond - performance.now();
    if (waitMs > 0) await delay(waitMs);
    requests.push(target.notify([target.recipients[n % target.recipients.length] ?? ''], String(Date.now())));
  }
  await Promise.all(requests);
  const { accepted } = before;
  const isAccepted = async () => (await readMetrics(target.operations)).accepted - accepted >= count;
  await waitFor('all accepted', isAccepted, { withinMs: DELIVERED_WITHIN_MS, pollMs: POLL_MS });
  await target.untilIdle();
  tellCosts(report, before, await readMetrics(target.operations), { id: 'one-by-one', units: count });
  const messages = await target.accepted(count);
  // The vendor tells when it had taken its time; it was asked that much earlier.
  const waitedMs = messages.map(({ at, body }) => Date.parse(String(at)) - VENDOR_MS - Number(body));
  const rate = `request to vendor at ${ratePerSecond}/s`;
  report.figure({ name: `${rate}, p50`, value: quantile(waitedMs, 0.5), unit: 'ms', goal: { of: 'value', most: GOALS.p50Ms } });
  report.figure({ name: `${rate}, p99`, value: quantile(waitedMs, 0.99), unit: 'ms', goal: { of: 'value', most: GOALS.p99Ms } });
}

type Metrics = Awaited<ReturnType<typeof readMetrics>>;
type Work = { readonly id: string; readonly units: number; readonly bare?: Bare };

/** With all that follows from the deliveries until nothing is left to do. */
function tellCosts(report: Report, before: Metrics, after: Metrics, { id, units, bare }: Work): void {
  const counts = countsEach(before.counts, after.counts, units);
  report.calls(id, counts);
  report.progress(`a delivery: ${tellCounts(counts)}`);
  report.figure({
    name: 'CPU of a delivery',
    value: (1_000 * (after.cpuSeconds - before.cpuSeconds)) / units,
    unit: 'ms',
    ...(bare !== undefined && { peer: { name: 'a bare worker', value: bare.cpuMs } }),
  });
}
