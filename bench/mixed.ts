/**
 * The complete Tidings under a mixed load (`npm run bench:mixed`): how many requests a second it acknowledges, what each costs, and how
 * long its event loop is delayed, beside the delay of the same process when it is idle.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_TOKEN, temporaryFolder } from '../tests/start-for-test.ts';
import { startTidingsAsPeopleDo } from './shared/start-tidings.ts';
import { createAcknowledged } from '../tests/e2e/acknowledged.ts';
import { createActors } from '../tests/e2e/actors.ts';
import { connectDevices } from '../tests/e2e/devices/connected-devices.ts';
import { runLoad } from '../tests/e2e/load/load.ts';
import { waitUntilIdle, type SystemUnderTest } from '../tests/e2e/system-under-test.ts';

const SEED = 7;
const PEOPLE = 16;
const STEPS_EACH = 150;
const NOTIFICATIONS = 60;
const IDLE_MS = 3_000;

await using folder = await temporaryFolder();
await using tidings = await startTidingsAsPeopleDo(folder.path);
const system: SystemUnderTest = { addresses: () => Promise.resolve(tidings.addresses), adminToken: ADMIN_TOKEN };
const actors = await createActors(system, { run: 'bench', size: PEOPLE });
const acknowledged = createAcknowledged();
await using devices = await connectDevices(system, actors);
const load = (name: string, stepsEach: number) =>
  runLoad({ system, actors, acknowledged }, devices, { seed: SEED, name, stepsEach, notifications: NOTIFICATIONS });
await load('warm-up', STEPS_EACH / 5);
await waitUntilIdle(system);

await readProcessMetrics();
await sleep(IDLE_MS);
const idle = await readProcessMetrics();

const countBefore = acknowledged.count;
const startedAt = performance.now();
await load('measured', STEPS_EACH);
const loadSeconds = (performance.now() - startedAt) / 1_000;
const loaded = await readProcessMetrics();
await waitUntilIdle(system);
const idleAgainSeconds = (performance.now() - startedAt) / 1_000;
const final = await readProcessMetrics();
const count = acknowledged.count - countBefore;

const ms = (seconds: number) => (seconds * 1_000).toFixed(1).padStart(8);
console.log(`seed ${SEED}: ${PEOPLE} people, ${devices.all.length} sockets, ${NOTIFICATIONS} notifications, ${count} acknowledged`);
console.log(
  `acknowledged   ${(count / loadSeconds).toFixed(0).padStart(8)} /s, all projections and queues idle ${(idleAgainSeconds - loadSeconds).toFixed(1)} s after the last`,
);
console.log(`CPU            ${ms((final.cpuSeconds - idle.cpuSeconds) / count)} ms each, including all work that follows`);
console.log('event loop          p50      p90      p99 ms between two samples 10 ms apart');
console.log(`  idle         ${ms(idle.p50)} ${ms(idle.p90)} ${ms(idle.p99)}`);
console.log(`  mixed load   ${ms(loaded.p50)} ${ms(loaded.p90)} ${ms(loaded.p99)}   p99 ${(loaded.p99 / idle.p99).toFixed(1)} times idle`);

/** Of the server's process; the event loop's delays are those since the previous call. */
async function readProcessMetrics() {
  const metrics = await (await fetch(`${tidings.addresses.ops}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
  const [p50, p90, p99] = ['p50', 'p90', 'p99'].map((quantile) => value(`nodejs_eventloop_lag_${quantile}_seconds`)) as [number, number, number];
  return { p50, p90, p99, cpuSeconds: value('process_cpu_seconds_total') };
}
