/**
 * Asks the operations listener of each process how it is, as an operator and a scraper do, all the time: one that runs and does not
 * hang answers, whatever else is gone.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster, ClusterServers } from '../cluster/cluster.ts';

type Watched = ClusterServers['eventStores'][number];

const ASKED_EVERY_MS = 1_000;
/** `/health/ready` promises an answer within 5 seconds; the rest is for a machine that is busy with everything at once. */
const ANSWERED_WITHIN_MS = 15_000;
const PATHS = ['/health/live', '/health/ready', '/metrics'] as const;

export type OperationsWatch = AsyncDisposable & {
  /** Questions without an answer, as sentences. */
  readonly faults: readonly string[];
  /** By path and status. */
  readonly answers: ReadonlyMap<string, number>;
  slowestMs(): number;
};

export function watchOperations({ processes }: Pick<Cluster, 'processes'>, away: ReadonlySet<string>): OperationsWatch {
  const stop = new AbortController();
  const faults: string[] = [];
  const answers = new Map<string, number>();
  let slowestMs = 0;
  const watch = async (one: Watched) => {
    while (!stop.signal.aborted) {
      for (const path of PATHS) {
        if (away.has(one.name)) continue;
        const [pid, askedAt] = [one.pid(), performance.now()];
        const answer = await statusOf(`${one.urls.operations ?? ''}${path}`);
        // It may have been killed or stopped while it was asked, and be back already.
        if (away.has(one.name) || one.pid() !== pid) continue;
        if (typeof answer === 'string') faults.push(`${one.name} did not answer ${path}: ${answer}`);
        else {
          answers.set(`${path} ${answer}`, (answers.get(`${path} ${answer}`) ?? 0) + 1);
          slowestMs = Math.max(slowestMs, performance.now() - askedAt);
        }
      }
      await delay(ASKED_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const watching = Promise.all(processes.map(watch));
  return {
    faults,
    answers,
    slowestMs: () => slowestMs,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await watching;
    },
  };
}

async function statusOf(url: string): Promise<number | string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) });
    await response.text();
    return response.status;
  } catch (error) {
    return error instanceof Error && error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : String(error);
  }
}
