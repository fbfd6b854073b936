/** Counts what a process asks of its ports, by operation: the cost of a piece of work is what these counters grow by, divided by the pieces. */
import type { Registry } from 'prom-client';
import type { Codec } from '../../ports/event-log/codec.ts';
import type { Adapters } from '../adapters/adapters.ts';
import { scrapeCounter } from './scraped-metrics.ts';

export type PortMetrics = {
  /** The same ports, counted. */
  readonly ofPorts: <Ports extends CountedPorts>(ports: Ports) => Ports;
  readonly ofCodec: (codec: Codec) => Codec;
};

type CountedPorts = Pick<Adapters, 'log' | 'vault' | 'views' | 'jobs' | 'rateLimit'>;

type Tally = { readonly port: string; readonly operation: string; calls: number; items: number };

export function countPortCalls(registry: Registry): PortMetrics {
  const tallies: Tally[] = [];
  const tallyOf = (port: string, operation: string): Tally => {
    const tally = { port, operation, calls: 0, items: 0 };
    tallies.push(tally);
    return tally;
  };
  const samples = (quantity: 'calls' | 'items') => () => tallies.map(({ port, operation, ...of }) => ({ labels: { port, operation }, value: of[quantity] }));
  const labelNames = ['port', 'operation'];
  scrapeCounter({ name: 'tidings_port_calls_total', help: 'Calls of ports, by port and operation.', labelNames, registry }, samples('calls'));
  const items = 'Events that calls of ports appended, encoded or decoded, documents that they wrote, jobs that they added.';
  scrapeCounter({ name: 'tidings_port_items_total', help: items, labelNames, registry }, samples('items'));

  /** The port, with these methods counted. `itemsIn`: how much is in one call; 1 where it is absent. */
  const counted = <Port extends object>(name: string, port: Port, operations: { readonly [Operation in keyof Port & string]?: ItemsIn }): Port => {
    const result: Port = { ...port };
    for (const operation of Object.keys(operations) as (keyof Port & string)[]) {
      const tally = tallyOf(name, operation);
      const itemsIn = operations[operation] ?? one;
      const method = port[operation] as (...args: readonly unknown[]) => unknown;
      result[operation] = ((...args: readonly unknown[]) => {
        tally.calls += 1;
        tally.items += itemsIn(args);
        return method(...args);
      }) as Port[typeof operation];
    }
    return result;
  };

  return {
    ofPorts: (ports) => ({
      ...ports,
      log: counted('log', ports.log, { append: lengthOf(1), readStream: one, head: one, keepLast: one, truncate: one }),
      views: counted('views', ports.views, {
        commit: ([commit]) => (commit as Parameters<Adapters['views']['commit']>[0]).writes.length,
        checkpoint: one,
        checkpoints: one,
        load: lengthOf(1),
        get: one,
        getMany: lengthOf(1),
        find: one,
        findPage: one,
        pluck: one,
      }),
      vault: counted('vault', ports.vault, { get: one, put: one, putIfAbsent: one, remove: one }),
      jobs: counted('jobs', ports.jobs, { add: lengthOf(1) }),
      rateLimit: counted('rate-limit', ports.rateLimit, { take: one, takeOnce: one, takeToken: one }),
    }),
    ofCodec: (codec) => counted('codec', codec, { encode: one, decode: one, decodeAll: lengthOf(0), decodeSealed: lengthOf(0) }),
  };
}

type ItemsIn = (args: readonly unknown[]) => number;

const one: ItemsIn = () => 1;
const lengthOf =
  (argument: number): ItemsIn =>
  (args) =>
    (args[argument] as readonly unknown[]).length;
