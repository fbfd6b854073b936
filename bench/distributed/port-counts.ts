/** What the processes of a cluster have asked of their ports meanwhile, all together, by the counters that each serves. */
import type { Cluster } from '../../tests/cluster/cluster.ts';
import { countsEach, readMetrics, tellCounts, type Counts } from '../delivery/counts.ts';
import type { Report } from './report.ts';

type Processes = Pick<Cluster, 'processes'>;

/** Counts from now on. A process that starts meanwhile counts from its start; what idling asks for is in it. */
export async function startCounting(cluster: Processes): Promise<() => Promise<Counts>> {
  const before = await readCounts(cluster);
  return async () => {
    const grown = new Map<string, number>();
    for (const [process, counts] of await readCounts(cluster))
      for (const [name, count] of counts) grown.set(name, (grown.get(name) ?? 0) + count - (before.get(process)?.get(name) ?? 0));
    return grown;
  };
}

async function readCounts({ processes }: Processes): Promise<ReadonlyMap<string, Counts>> {
  const running = processes.filter((one) => one.isRunning());
  return new Map(await Promise.all(running.map(async ({ name, urls }) => [name, (await readMetrics(urls.operations ?? '')).counts] as const)));
}

type Work = { readonly id: string; readonly name: string; readonly units: number };

export function tellCalls(report: Report, counts: Counts, { id, name, units }: Work): void {
  const each = countsEach(new Map(), counts, units);
  report.calls(id, each);
  report.progress(`calls ${name}: ${tellCounts(each)}`);
}
