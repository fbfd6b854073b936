/** From an append to its arrival at a subscriber of an idle store, beside a durable put of raw LMDB. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openEventStore } from '../../event-store/open.ts';
import { formatRatio, quantile } from '../shared/statistics.ts';
import { newEvent, newStream, STORE_OPTIONS } from './events.ts';
import { openRawLmdb, putRaw } from './raw-lmdb.ts';
import { LATENCY_SAMPLES } from './sizes.ts';
import { printHeader, printRow } from './table.ts';

/** Between two samples: the process sleeps, as it does where nobody writes. */
const IDLE_MS = 5;
const STREAM = newStream();

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
  await using store = await openEventStore(path, STORE_OPTIONS);
  const stop = new AbortController();
  let arrived = Promise.withResolvers<number>();
  const subscriber = (async () => {
    for await (const { events } of store.subscribeToAll({ signal: stop.signal })) if (events.length > 0) arrived.resolve(performance.now());
  })();
  const latencies: number[] = [];
  for (let sample = 0; sample < LATENCY_SAMPLES; sample++) {
    await delay(IDLE_MS);
    arrived = Promise.withResolvers();
    const startedAt = performance.now();
    await store.append(STREAM, [newEvent()], sample === 0 ? 'no-stream' : sample - 1);
    latencies.push((await arrived.promise) - startedAt);
  }
  stop.abort();
  await subscriber;
  return latencies;
}

async function measureRaw(path: string): Promise<readonly number[]> {
  const raw = openRawLmdb(path);
  const latencies: number[] = [];
  for (let sample = 0; sample < LATENCY_SAMPLES; sample++) {
    await delay(IDLE_MS);
    const startedAt = performance.now();
    await putRaw(raw, sample, { streams: 1, indexed: true });
    latencies.push(performance.now() - startedAt);
  }
  await raw.root.close();
  return latencies;
}
