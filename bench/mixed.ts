/**
 * The whole under a mixed load (`npm run bench:mixed`): how much of everything it acknowledges, what that costs, and how long its
 * event loop keeps anybody waiting, beside the same figure of the same process when nobody wants anything.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_TOKEN, startTidingsProcess, temporaryFolder } from '../tests/start-for-test.ts';
import { gather } from '../tests/e2e/actors.ts';
import { openPhones, play } from '../tests/e2e/load.ts';
import { nothingYet } from '../tests/e2e/acknowledged.ts';
import { settled, type Site } from '../tests/e2e/installation.ts';

const SEED = 7;
const PEOPLE = 16;
const STEPS_EACH = 150;
const NOTIFICATIONS = 60;
const IDLE_MS = 3_000;

await using folder = await temporaryFolder();
await using house = await startTidingsProcess(folder.path);
const site: Site = { addresses: () => Promise.resolve(house.addresses), adminToken: ADMIN_TOKEN };
const cast = await gather(site, { run: 'bench', size: PEOPLE });
const acknowledged = nothingYet();
await using phones = await openPhones(site, cast);
const load = (name: string, stepsEach: number) => play(site, cast, phones, acknowledged, { seed: SEED, name, stepsEach, notifications: NOTIFICATIONS });
await load('warm-up', STEPS_EACH / 5);
await settled(site);

await measured();
await sleep(IDLE_MS);
const idle = await measured();

const before = acknowledged.count;
const begunAt = performance.now();
await load('measured', STEPS_EACH);
const loadSeconds = (performance.now() - begunAt) / 1_000;
const loaded = await measured();
await settled(site);
const settledSeconds = (performance.now() - begunAt) / 1_000;
const done = await measured();
const count = acknowledged.count - before;

const ms = (seconds: number) => (seconds * 1_000).toFixed(1).padStart(8);
console.log(`seed ${SEED}: ${PEOPLE} people, ${phones.all.length} sockets, ${NOTIFICATIONS} notifications, ${count} acknowledged`);
console.log(
  `acknowledged   ${(count / loadSeconds).toFixed(0).padStart(8)} /s, every view and queue done ${(settledSeconds - loadSeconds).toFixed(1)} s after the last`,
);
console.log(`CPU            ${ms((done.cpuSeconds - idle.cpuSeconds) / count)} ms each, with all that follows from it`);
console.log('event loop          p50      p90      p99 ms between two looks 10 ms apart');
console.log(`  idle         ${ms(idle.p50)} ${ms(idle.p90)} ${ms(idle.p99)}`);
console.log(`  mixed load   ${ms(loaded.p50)} ${ms(loaded.p90)} ${ms(loaded.p99)}   p99 ${(loaded.p99 / idle.p99).toFixed(1)} times idle`);

/** Of the server's process; the delays since they were last asked for. */
async function measured() {
  const metrics = await (await fetch(`${house.addresses.ops}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
  const [p50, p90, p99] = ['p50', 'p90', 'p99'].map((quantile) => value(`nodejs_eventloop_lag_${quantile}_seconds`)) as [number, number, number];
  return { p50, p90, p99, cpuSeconds: value('process_cpu_seconds_total') };
}
