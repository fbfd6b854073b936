/**
 * The distributed profile on this machine's servers, each figure beside a peer or a limit that is measured in the same run:
 * `npm run bench:distributed [-- --only latency,group] [--json results.json] [--quick]`. It takes less than 12 minutes. The figures are
 * goals, never assertions. `npm run scale -- --take results.json` puts the costs into `docs/scale.md`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { onStopSignals } from '../app/stop-signals.ts';
import { benchDelivery } from './distributed/delivery.ts';
import { benchFanOut } from './distributed/fan-out.ts';
import { benchFeedPage } from './distributed/feed-page.ts';
import { benchGroup } from './distributed/group.ts';
import { benchIdle } from './distributed/idle.ts';
import { benchLatency } from './distributed/latency.ts';
import { benchProjection } from './distributed/projection.ts';
import { openReport, type Report } from './distributed/report.ts';
import { sizesOf, type Sizes } from './distributed/sizes.ts';
import { startSystem, type BenchSystem } from './distributed/system.ts';

/** A section that takes longer is given up, and the next begins, as long as the whole run has time left. */
const SECTION_MAX_MS = 200_000;
const RUN_MAX_MS = 690_000;
/** Between two sections of one cluster. */
const IDLE_WITHIN_MS = 40_000;

/** On servers of their own, before there is a cluster beside them. */
const ALONE: Readonly<Record<string, (report: Report, sizes: Sizes) => Promise<void>>> = { projection: benchProjection, 'feed-page': benchFeedPage };
const IN_CLUSTER: Readonly<Record<string, (system: BenchSystem, report: Report, sizes: Sizes) => Promise<void>>> = {
  idle: benchIdle,
  group: benchGroup,
  'fan-out': benchFanOut,
  delivery: benchDelivery,
  // Last: its highest rate is more than a small machine can do, and leaves a backlog behind.
  latency: benchLatency,
};
const SECTIONS = [...Object.keys(ALONE), ...Object.keys(IN_CLUSTER)];

const options = new Command('bench:distributed')
  .description('Measure the distributed profile, each figure beside a bare driver or a limit in the same run.')
  .option('--only <sections>', `some of ${SECTIONS.join(',')}`, sections, SECTIONS)
  .option('--json <file>', 'keep figures and unit costs in this file, for npm run scale -- --take')
  .option('--quick', 'very little of everything, to see whether it works', false)
  .parse()
  .opts<{ readonly only: readonly string[]; readonly json?: string; readonly quick: boolean }>();

const startedAt = performance.now();
const sizes = sizesOf({ isQuick: options.quick });
const stopRequested = Promise.withResolvers<never>();
stopRequested.promise.catch(() => undefined); // where no section is under way
let isStopping = false;
const signals = onStopSignals({ stop: requestStop, stopAtOnce: () => process.exit(1) });
const report = openReport({ isQuick: options.quick, file: options.json });
const wanted = (all: object) => Object.keys(all).filter((name) => options.only.includes(name));

for (const name of wanted(ALONE)) await measure(name, (its) => ALONE[name]?.(its, sizes));
if (wanted(IN_CLUSTER).length > 0) {
  try {
    for (const left = wanted(IN_CLUSTER); left.length > 0;) await (leftMs() > 0 ? measureInOneCluster(left) : measureNone(left));
  } catch (error) {
    report.fail('cluster', error);
  }
}
signals[Symbol.dispose]();
const { figures, failures } = report.results();
console.log(`${figures.length} figures, ${Object.keys(failures).length} failures${options.json === undefined ? '' : `, in ${options.json}`}`);
process.exit(Object.keys(failures).length > 0 ? 1 : 0); // a section that was given up may still be waiting

/** Takes the sections that it measures from the list. One that fails, or after which too much is left to do, leaves a cluster that is not idle: those behind it get another. */
async function measureInOneCluster(left: string[]): Promise<void> {
  report.of('cluster').progress('starting');
  await using system = await startSystem({ idleSeconds: sizes.idleBaselineSeconds });
  report.of('cluster').progress(`${system.cluster.processes.length} processes`);
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    const section = IN_CLUSTER[name];
    const measured = await measure(name, (its) => section?.(system, its, sizes));
    if (measured === 'failed' || (left.length > 0 && !(await hasSettled(system)))) return;
  }
}

/** Waiting longer takes as long as another cluster. */
async function hasSettled(system: BenchSystem): Promise<boolean> {
  const late = (error: unknown) => {
    report.of('cluster').progress(String(error));
    return false;
  };
  return await Promise.race([system.settle({ withinMs: IDLE_WITHIN_MS }), stopRequested.promise]).then(() => true, late);
}

/** Tells of each why not. */
async function measureNone(left: string[]): Promise<void> {
  for (const name of left.splice(0)) await measure(name, () => undefined);
}

function leftMs(): number {
  return isStopping ? 0 : RUN_MAX_MS - (performance.now() - startedAt);
}

/** Ctrl-C: what is known is told already, and the cluster is taken down. */
function requestStop(): void {
  isStopping = true;
  stopRequested.reject(new Error('stopped'));
}

/** Whatever becomes of a section, the next one begins. */
async function measure(name: string, work: (report: Report) => Promise<void> | undefined): Promise<'measured' | 'failed'> {
  const withinMs = Math.min(SECTION_MAX_MS, leftMs());
  if (withinMs <= 0) {
    report.fail(name, isStopping ? 'stopped' : `not begun: the run has taken ${RUN_MAX_MS / 1_000} s`);
    return 'failed';
  }
  const late = delay(withinMs, undefined, { ref: false }).then(() => {
    throw new Error(`given up after ${Math.round(withinMs / 1_000)} s`);
  });
  late.catch(() => undefined); // where the section was done before
  try {
    await Promise.race([work(report.of(name)), late, stopRequested.promise]);
    return 'measured';
  } catch (error) {
    report.fail(name, error);
    return 'failed';
  }
}

function sections(text: string): readonly string[] {
  const names = text.split(',');
  const unknown = names.filter((name) => !SECTIONS.includes(name));
  if (unknown.length > 0) throw new InvalidArgumentError(`There is no ${unknown.join(', ')}; there are ${SECTIONS.join(', ')}.`);
  return names;
}
