/** From an append to its arrival at a subscriber of an idle store, beside a durable put of raw LMDB. */
import { join } from 'node:path';
import { openEventStore } from '../../event-store/open.ts';
import { formatRatio, quantile } from '../shared/statistics.ts';
import { newEvent } from './events.ts';
import { openRawLmdb, putRaw } from './raw-lmdb.ts';
import { LATENCY_SAMPLES } from './sizes.ts';
import { printHeader, printRow } from './table.ts';

export async function benchLatency(folder: string): Promise<void> {
  const ofStore = await measureStore(join(folder, 'latency'));
  const ofRaw = await measureRaw(join(folder, 'raw-latency'));
  printHeader('\nlatency, idle, ms', 'append → subscriber', 'raw LMDB put → durable', 'ratio');
  for (const [name, share] of [['p50', 0.5] as const, ['p99', 0.99] as const]) {
    const [store, raw] = [quantile(ofStore, share), quantile(ofRaw, share)];
    printRow(name, store.toFixed(2), raw.toFixed(2), formatRatio(store, raw));
  }
}

async function measureStore(path: string): Promise<readonly number[]> {
  await using store = await openEventStore(path);
  const stop = new AbortController();
  const arrivedAt: number[] = [];
  const subscriber = (async () => {
    for await (const { events } of store.subscribeToAll({ signal: stop.signal })) for (const _ of events) arrivedAt.push(performance.now());
  })();
  const latencies: number[] = [];
  for (let sample = 0; sample < LATENCY_SAMPLES; sample++) {
    const startedAt = performance.now();
    await store.append('channel-1', [newEvent()], 'any');
    while (arrivedAt.length <= sample) await new Promise((resolve) => setImmediate(resolve));
    latencies.push(arrivedAt[sample]! - startedAt);
  }
  stop.abort();
  await subscriber;
  return latencies;
}

async function measureRaw(path: string): Promise<readonly number[]> {
  const raw = openRawLmdb(path);
  const latencies: number[] = [];
  for (let sample = 0; sample < LATENCY_SAMPLES; sample++) {
    const startedAt = performance.now();
    await putRaw(raw, sample, { streams: 1, indexed: true });
    latencies.push(performance.now() - startedAt);
  }
  await raw.root.close();
  return latencies;
}
