/** From unit costs and loads to processes, servers, memory and storage. */
import {
  APPENDS,
  averageOf,
  CONNECTIONS,
  FEED_DAILY_USERS,
  GATEWAY_CONNECTIONS_MAX,
  LOADS,
  peakOf,
  PROCESSES_MIN,
  REDIS_NODE_BYTES,
  UTILISATION_MAX,
  WORKS,
  type Work,
} from './loads.ts';
import { costOf, cpuId, isEstimate, PARTS, type Part, type UnitCosts } from './unit-costs.ts';

const US_A_SECOND = 1_000_000;
const DAY_SECONDS = 86_400;

/** A number, and whether an estimate is in it. */
export type Figure = { readonly value: number; readonly isEstimate: boolean };

export type PartNeed = { readonly part: Part; readonly coresAtPeak: Figure; readonly processes: Figure; readonly most: string };

/** Cores at the peak of everything at once, and the processes of one core each that they make. */
export function needOf(costs: UnitCosts, part: Part): PartNeed {
  const byWork = WORKS.map((work) => {
    const cost = costOf(costs, cpuId(work, part));
    return { work, cores: (cost.value * peakOf(LOADS[work])) / US_A_SECOND, isEstimate: isEstimate(cost) };
  });
  const cores = byWork.reduce((sum, one) => sum + one.cores, 0);
  const estimated = byWork.some((one) => one.isEstimate);
  const byCpu = Math.max(PROCESSES_MIN, Math.ceil(cores / UTILISATION_MAX));
  const byConnections = part === 'gateway' ? Math.ceil(CONNECTIONS / GATEWAY_CONNECTIONS_MAX) : 0;
  const [largest] = byWork.toSorted((one, other) => other.cores - one.cores);
  const most = byConnections > byCpu ? 'connections' : cores === 0 || largest === undefined ? 'nothing' : LOADS[largest.work].name;
  return {
    part,
    coresAtPeak: { value: cores, isEstimate: estimated },
    processes: { value: Math.max(byCpu, byConnections), isEstimate: estimated },
    most,
  };
}

export const needs = (costs: UnitCosts): readonly PartNeed[] => PARTS.map((part) => needOf(costs, part));

export const appendsAtPeak = (): number => WORKS.reduce((sum, work) => sum + (APPENDS[work] ?? 0) * peakOf(LOADS[work]), 0);

/** One log is one cluster of EventStoreDB. */
export function logsNeeded(costs: UnitCosts): Figure {
  const limit = costOf(costs, 'log.appends');
  return { value: Math.ceil(appendsAtPeak() / (limit.value * UTILISATION_MAX)), isEstimate: isEstimate(limit) };
}

export type Memory = { readonly what: string; readonly bytes: Figure; readonly nodes: number };

export function redisMemory(costs: UnitCosts): readonly Memory[] {
  const of = (what: string, id: string, count: number): Memory => {
    const cost = costOf(costs, id);
    const bytes = cost.value * count;
    return { what, bytes: { value: bytes, isEstimate: isEstimate(cost) }, nodes: Math.max(1, Math.ceil(bytes / REDIS_NODE_BYTES)) };
  };
  return [of('warm feeds', 'warm-feed.redis-bytes', FEED_DAILY_USERS), of('presence and registrations', 'connection.redis-bytes', CONNECTIONS)];
}

export const gatewayMemory = (costs: UnitCosts): Figure => {
  const cost = costOf(costs, 'connection.gateway-bytes');
  return { value: cost.value * CONNECTIONS, isEstimate: isEstimate(cost) };
};

export type Storage = { readonly work: Work; readonly log: Figure; readonly mongodb: Figure };

const STORED = ['chat-message', 'post', 'notification-delivery'] as const satisfies readonly Work[];

/** Bytes a day, of one copy. */
export function storageADay(costs: UnitCosts): readonly Storage[] {
  const bytes = (work: Work, where: 'log' | 'mongodb'): Figure => {
    const cost = costOf(costs, `${work}.${where}-bytes`);
    return { value: cost.value * averageOf(LOADS[work]) * DAY_SECONDS, isEstimate: isEstimate(cost) };
  };
  return STORED.map((work) => ({ work, log: bytes(work, 'log'), mongodb: bytes(work, 'mongodb') }));
}

export const sum = (figures: readonly Figure[]): Figure => ({
  value: figures.reduce((total, { value }) => total + value, 0),
  isEstimate: figures.some((figure) => figure.isEstimate),
});

export type Limit = { readonly what: string; readonly share: Figure; readonly remedy: string };

const REMEDIES: Readonly<Record<Part, string>> = {
  'write-api': 'more processes, by CPU',
  'read-api': 'more processes, by CPU',
  gateway: 'more processes, by connections',
  projections: 'more processes, up to the number of units (projection × log × shard); then `TIDINGS_PROJECTION_SHARDS`, and the views built anew',
  'fan-out': 'more processes, up to the number of units; then more shards',
  planning: 'more processes, by the depth of the queue',
  delivery: 'more processes, by the age of the oldest job; one vendor’s queues alone by `TIDINGS_DELIVERY_QUEUES`',
  schedules: 'nothing: it looks for what was lost, and may be late',
  'event-store': 'another log. Moving slots of streams to it is still to be built: begin with as many logs as the peak needs',
  mongodb: 'a larger primary; then a sharded cluster, whose routers Tidings takes as well',
  redis: 'a Redis Cluster, over which people, queues and gateways are spread',
  'feed-cache-redis': 'a Redis Cluster: the feeds of 1/256 of the readers share a slot',
};

/** One core of each part and one log: the share of the load at the peak that it carries, the least first. */
export function whatBreaksFirst(costs: UnitCosts): readonly Limit[] {
  const byCpu = needs(costs)
    .filter(({ coresAtPeak }) => coresAtPeak.value > 0)
    .map(({ part, coresAtPeak }): Limit => ({
      what: `one core of ${part}`,
      share: { value: UTILISATION_MAX / coresAtPeak.value, isEstimate: coresAtPeak.isEstimate },
      remedy: REMEDIES[part],
    }));
  const logLimit = costOf(costs, 'log.appends');
  const [feeds] = redisMemory(costs);
  const others: Limit[] = [
    {
      what: 'one log, by appends',
      share: { value: (logLimit.value * UTILISATION_MAX) / appendsAtPeak(), isEstimate: isEstimate(logLimit) },
      remedy: REMEDIES['event-store'],
    },
    { what: 'one gateway, by connections', share: { value: GATEWAY_CONNECTIONS_MAX / CONNECTIONS, isEstimate: false }, remedy: REMEDIES.gateway },
  ];
  if (feeds !== undefined)
    others.push({
      what: 'one feed cache, by memory',
      share: { value: REDIS_NODE_BYTES / feeds.bytes.value, isEstimate: feeds.bytes.isEstimate },
      remedy: 'it evicts the feeds that were read longest ago, which are cold then; more nodes make fewer cold feeds',
    });
  return [...byCpu, ...others].toSorted((one, other) => one.share.value - other.share.value);
}
