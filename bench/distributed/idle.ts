/** What idling costs: a cluster to which nothing is written, and a gateway that nobody uses while others write as fast as they can. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';
import type { PersonId } from '../../domain/shared/ids.ts';
import { closeAll } from '../chat/load.ts';
import { secondsSince } from '../shared/statistics.ts';
import { createSession } from './people.ts';
import { benchEvent } from './raw-appends.ts';
import type { Report } from './report.ts';
import type { Sizes } from './sizes.ts';
import { connectTo, urlOf } from './sockets.ts';
import { GATEWAYS, type BenchSystem } from './system.ts';
import { cpuBetween, cpuOf, readCpu } from './usage.ts';
import { inParallel } from './waiting.ts';

const IDLE_GATEWAY = GATEWAYS[3];
const IDLE_SOCKETS = 20;
const GOAL_PERCENT = 2;
const APPENDERS = 64;
const AT_ONCE = 16;
const US_PER_PERCENT = 10_000;
/** Counts of calls are written once a second. */
const COUNTED_WITHIN_MS = 1_500;

export async function benchIdle(system: BenchSystem, report: Report, sizes: Sizes): Promise<void> {
  const people = await inParallel(sizes.idleConnections, AT_ONCE, () => createSession(system, randomUUID() as PersonId));
  await measureConnections(system, report, people);
  const sockets = await connectTo(urlOf(system.cluster, IDLE_GATEWAY), people.slice(0, IDLE_SOCKETS), []);
  try {
    await measureIdleCluster(system, report, sizes.idleSeconds);
    await measureIdleGateway(system, report, sizes.idleSeconds);
  } finally {
    closeAll(sockets);
  }
}

async function measureConnections(system: BenchSystem, report: Report, people: readonly Awaited<ReturnType<typeof createSession>>[]): Promise<void> {
  const before = await memoryOf(system);
  const sockets = await connectTo(urlOf(system.cluster, IDLE_GATEWAY), people, []);
  await delay(COUNTED_WITHIN_MS);
  const bytes = ((await memoryOf(system)) - before) / people.length;
  closeAll(sockets);
  report.figure({ name: `a connection, of ${people.length}`, value: bytes, unit: 'bytes of Redis' });
  report.unitCost('connection.redis-bytes', bytes);
}

/** Of all keys: what clients' buffers take comes and goes. */
async function memoryOf({ cluster }: BenchSystem): Promise<number> {
  const client = createClient({ url: cluster.servers.redis.url });
  client.on('error', () => undefined); // a call rejects as well
  await client.connect();
  try {
    let bytes = 0;
    for await (const keys of client.scanIterator({ COUNT: 1_000 }))
      for (const usage of await Promise.all(keys.map((key) => client.memoryUsage(key)))) bytes += usage ?? 0;
    return bytes;
  } finally {
    client.destroy();
  }
}

async function measureIdleCluster(system: BenchSystem, report: Report, seconds: number): Promise<void> {
  await system.settle();
  await delay(COUNTED_WITHIN_MS);
  const [cpu, calls, head] = [await readCpu(system.cluster), await readCalls(system), await eventsAppended(system)];
  const startedAt = performance.now();
  await delay(1_000 * seconds);
  const elapsed = secondsSince(startedAt);
  const used = cpuBetween(cpu, await readCpu(system.cluster));
  await delay(COUNTED_WITHIN_MS);
  const after = await readCalls(system);
  const rate = (matches: (name: string) => boolean) =>
    [...after].filter(([name]) => matches(name)).reduce((sum, [name, count]) => sum + count - (calls.get(name) ?? 0), 0) / elapsed;
  const processes = system.cluster.processes.length;
  const name = (what: string) => `an idle cluster of ${processes} processes: ${what}`;
  report.figure({ name: name('commits of MongoDB'), value: rate((call) => call === 'mongodb commit'), unit: '/s' });
  report.figure({ name: name('writes of MongoDB'), value: rate((call) => call === 'mongodb write'), unit: '/s' });
  report.figure({ name: name('reads of MongoDB'), value: rate((call) => call === 'mongodb read'), unit: '/s' });
  report.figure({ name: name('reads and subscriptions of the log'), value: rate((call) => call === 'log Read'), unit: '/s' });
  report.figure({ name: name('appends to the log'), value: ((await eventsAppended(system)) - head) / elapsed, unit: 'events/s' });
  const percents = [...used].map(([part, us]) => {
    report.unitCost(`idle.cpu.${part}`, us / elapsed / instancesOf(system, part));
    return `${part} ${(us / elapsed / US_PER_PERCENT).toFixed(1)}`;
  });
  report.progress(`idle, % of a core by role: ${percents.join(', ')}`);
}

const instancesOf = ({ cluster }: BenchSystem, part: string): number => Math.max(1, cluster.processes.filter(({ roles }) => roles.join('+') === part).length);

/** Other things are appended as fast as the machine takes them: it is idle in all but that. */
async function measureIdleGateway({ adapters: { log }, cluster }: BenchSystem, report: Report, seconds: number): Promise<void> {
  const gateway = cluster.process(IDLE_GATEWAY);
  const before = await cpuOf(gateway.pid());
  const startedAt = performance.now();
  let appended = 0;
  await inParallel(APPENDERS, APPENDERS, async () => {
    const stream = `bench-${randomUUID()}`;
    for (let revision = -1; secondsSince(startedAt) < seconds; revision++, appended++)
      await log.append(stream, [benchEvent()], revision < 0 ? 'no-stream' : revision);
  });
  const elapsed = secondsSince(startedAt);
  const percent = ((await cpuOf(gateway.pid())) - before) / elapsed / US_PER_PERCENT;
  report.figure({ name: 'meanwhile appended elsewhere', value: appended / elapsed, unit: 'events/s' });
  report.figure({
    name: `an idle gateway with ${IDLE_SOCKETS} connections`,
    value: percent,
    unit: '% of a core',
    peer: { name: 'the goal', value: GOAL_PERCENT },
    goal: { of: 'value', most: GOAL_PERCENT },
  });
}

/** Over all processes. */
async function readCalls({ cluster, callsFileOf }: BenchSystem): Promise<ReadonlyMap<string, number>> {
  const sums = new Map<string, number>();
  for (const { name } of cluster.processes) {
    const counts = JSON.parse(await readFile(callsFileOf(name), 'utf8')) as Readonly<Record<string, number>>;
    for (const [call, count] of Object.entries(counts)) sums.set(call, (sums.get(call) ?? 0) + count);
  }
  return sums;
}

/** From the log’s start: what a bench appends is read in a second. */
async function eventsAppended({ adapters: { log } }: BenchSystem): Promise<number> {
  let count = 0;
  for (const one of log.logs) for await (const _ of log.readAll(one)) count++;
  return count;
}
