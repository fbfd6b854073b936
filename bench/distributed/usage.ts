/** CPU time of every process of a cluster, by role and by server, as the kernel counts it in `/proc/<pid>/stat`. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../../tests/cluster/cluster.ts';
import { secondsSince } from '../shared/statistics.ts';
import type { Report } from './report.ts';

/** Linux counts in hundredths of a second (`getconf CLK_TCK`). */
const TICK_US = 10_000;

type OfProcess = { readonly part: string; readonly us: number };
/** By process id. */
export type CpuReading = ReadonlyMap<number, OfProcess>;

/** `part`: a role, or `event-store`, `mongodb`, `redis` and `feed-cache-redis`. */
export async function readCpu(cluster: Pick<Cluster, 'processes' | 'servers'>): Promise<CpuReading> {
  const { eventStores, mongodb, redis, feedCacheRedis } = cluster.servers;
  const parts = [
    ...cluster.processes.map((one) => ({ part: one.roles.join('+'), pid: one.pid() })),
    ...eventStores.map((store) => ({ part: 'event-store', pid: store.pid() })),
    { part: 'mongodb', pid: mongodb.pid() },
    { part: 'redis', pid: redis.pid() },
    { part: 'feed-cache-redis', pid: feedCacheRedis.pid() },
  ];
  const read = await Promise.all(parts.map(async ({ part, pid }) => [pid ?? -1, { part, us: await cpuOf(pid) }] as const));
  return new Map(read);
}

/** Of all threads of the process, in microseconds; 0 where there is none. */
export async function cpuOf(pid: number | undefined): Promise<number> {
  const text = pid === undefined ? '' : await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // The command in parentheses may contain spaces; the fields are counted behind it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_US || 0;
}

/** Microseconds by part between two readings; a process that was started in between counts from its start. */
export function cpuBetween(before: CpuReading, after: CpuReading): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [pid, { part, us }] of after) sums.set(part, (sums.get(part) ?? 0) + us - (before.get(pid)?.us ?? 0));
  return sums;
}

export type CpuMeter = {
  /** Microseconds by part that the work took, beyond what the part takes in the same time when it idles. */
  readonly measure: (work: () => Promise<void>) => Promise<ReadonlyMap<string, number>>;
};

/** Looks first, for so long, at what idling takes. Nothing may be under way then. */
export async function openCpuMeter(cluster: Pick<Cluster, 'processes' | 'servers'>, { idleSeconds }: { readonly idleSeconds: number }): Promise<CpuMeter> {
  const used = async (work: () => Promise<unknown>) => {
    const [before, startedAt] = [await readCpu(cluster), performance.now()];
    await work();
    const seconds = secondsSince(startedAt);
    return { byPart: cpuBetween(before, await readCpu(cluster)), seconds };
  };
  const idle = await used(() => delay(1_000 * idleSeconds));
  const idleUsPerSecond = new Map([...idle.byPart].map(([part, us]) => [part, us / idle.seconds]));
  return {
    measure: async (work) => {
      const { byPart, seconds } = await used(work);
      return new Map([...byPart].map(([part, us]) => [part, Math.max(0, us - seconds * (idleUsPerSecond.get(part) ?? 0))]));
    },
  };
}

export const addUp = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): ReadonlyMap<string, number> =>
  new Map([...new Set([...one.keys(), ...other.keys()])].map((part) => [part, (one.get(part) ?? 0) + (other.get(part) ?? 0)]));

type Work = { readonly id: string; readonly name: string; readonly units: number };

/** What a unit of work cost each part. */
export function tellCpu(report: Report, used: ReadonlyMap<string, number>, { id, name, units }: Work): void {
  const each = [...used].map(([part, us]) => [part, Math.max(0, us) / units] as const);
  for (const [part, us] of each) report.unitCost(`${id}.cpu.${part}`, us);
  const told = each.filter(([, us]) => us >= TOLD_FROM_US).map(([part, us]) => `${part} ${us.toFixed(us < 10 ? 1 : 0)}`);
  report.progress(`CPU µs ${name}: ${told.join(', ')}; together ${each.reduce((sum, [, us]) => sum + us, 0).toFixed(1)}`);
}

const TOLD_FROM_US = 0.05;
