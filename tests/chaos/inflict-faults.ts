/** Makes a plan of faults happen to a cluster. When it resolves, everything runs again. */
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from '../servers/redis.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { describeFault, type Fault, type PlannedFault } from './fault-plan.ts';

const START_AGAIN_MS = 500;
const START_TRIES_MAX = 100;

type Victim = {
  readonly url?: string;
  start(): Promise<void>;
  stop(): Promise<unknown>;
  kill(): Promise<void>;
  hang(): void;
  resume(): void;
};

export type Inflicted = {
  /** Names of processes and servers that are killed, stopped or hanging, or are being started again. */
  readonly away: ReadonlySet<string>;
  /** Resolves when all faults are over, and everything runs. */
  readonly over: Promise<void>;
};

export function inflictFaults(cluster: Cluster, plan: readonly PlannedFault[], onFault: (line: string) => void): Inflicted {
  const away = new Set<string>();
  const nextStore = inTurn(cluster.servers.eventStores);
  const beganAt = performance.now();
  const inflictOne = async (fault: PlannedFault) => {
    await delay(Math.max(0, fault.atMs - (performance.now() - beganAt)));
    const isLeftOut = away.has(fault.what);
    onFault(`${describeFault(fault)}${isLeftOut ? ' (left out: it is away)' : ''}`);
    if (isLeftOut) return;
    away.add(fault.what);
    await inflict(fault.what === 'event-store' ? nextStore() : victimOf(cluster, fault.what), fault);
    away.delete(fault.what);
  };
  return { away, over: Promise.all(plan.map(inflictOne)).then(() => undefined) };
}

function inTurn<One>(all: readonly One[]): () => One {
  let next = 0;
  return () => all[next++ % all.length] as One;
}

function victimOf(cluster: Cluster, name: string): Victim {
  const { servers } = cluster;
  switch (name) {
    case 'redis':
    case 'feedCacheRedis':
    case 'mongodb':
      return servers[name];
    default:
      return cluster.process(name);
  }
}

async function inflict(victim: Victim, { does, forMs }: Fault): Promise<void> {
  switch (does) {
    case 'kill':
      await victim.kill();
      await delay(forMs);
      return startAgain(victim);
    case 'stop':
      await victim.stop();
      await delay(forMs);
      return startAgain(victim);
    case 'hang':
      victim.hang();
      await delay(forMs);
      return victim.resume();
    case 'flush':
      await ask(victim.url ?? '', ['FLUSHALL']);
      return;
    case 'restart-with-save-point':
      await ask(victim.url ?? '', ['SAVE']);
      await victim.kill();
      await delay(forMs);
      return startAgain(victim);
  }
}

/** As whatever keeps processes running would: one that can't start, for a server is away, is started again. */
async function startAgain(victim: Victim): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await victim.start();
    } catch (error) {
      if (tries === START_TRIES_MAX) throw error;
      await delay(START_AGAIN_MS);
    }
  }
}
