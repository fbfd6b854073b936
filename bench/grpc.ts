/**
 * The gRPC front under the official client, beside the same front with no store behind it, which answers at once: the ratio is what the store
 * costs, the figures are what client and wire allow. Each server is a thread of its own. `npx node bench/grpc.ts [--quick]`.
 */
import { EventStoreDBClient, jsonEvent, type JSONEventType } from '@eventstore/db-client';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { startEventStoreServer } from '../event-store/grpc/server.ts';
import { openEventStore } from '../event-store/open.ts';
import type { EventStore, NewEvent, StoredEvent, SubscriptionBatch } from '../event-store/store.ts';

type Front = 'store' | 'no store';

const CALLERS = [1, 16, 128, 1024];
const GOAL_RATIO_AT_128 = 0.85;
const EVENT_TEXT_CHARACTERS = 280; // about 400 bytes an event, as the peers were measured with
const EVENTS_IN_BATCH = 10;
const READ_EVENTS = 20_000;
const LATENCY_SAMPLES = 500;
const DEFAULT_MEASUREMENT_MS = 2_000;
const QUICK_MEASUREMENT_MS = 300;
const ROUNDS = 4;

if (isMainThread) await main(process.argv.includes('--quick') ? QUICK_MEASUREMENT_MS : DEFAULT_MEASUREMENT_MS);
else await serve(workerData as Front);

async function main(measurementMs: number): Promise<void> {
  await using noStore = await startFront('no store');
  await using store = await startFront('store');
  const compare = async (title: string, unit: string, measure: (client: EventStoreDBClient) => Promise<number>) => {
    const figures = { without: 0, withStore: 0 };
    // Turn about, so that what else the machine does falls on both.
    for (let round = 0; round < ROUNDS; round++) {
      figures.without += (await measure(noStore.client)) / ROUNDS;
      figures.withStore += (await measure(store.client)) / ROUNDS;
    }
    const ratio = figures.withStore / figures.without;
    console.log(`${title.padEnd(44)} ${figure(figures.withStore)} ${unit}   no store ${figure(figures.without)}   ratio ${ratio.toFixed(2)}`);
    return ratio;
  };
  const roundMs = measurementMs / ROUNDS;
  for (const front of [noStore, store]) await appendsASecond(front.client, 64, 1, measurementMs); // warms both up
  for (const callers of CALLERS) {
    const ratio = await compare(`appends of 1 event, ${callers} callers`, 'events/s', (client) => appendsASecond(client, callers, 1, roundMs));
    if (callers === 128) console.log(`  goal ${GOAL_RATIO_AT_128} of no store: ${ratio >= GOAL_RATIO_AT_128 ? 'reached' : 'missed'}`);
  }
  for (const callers of CALLERS) {
    await compare(`appends of ${EVENTS_IN_BATCH} events, ${callers} callers`, 'events/s', (client) =>
      appendsASecond(client, callers, EVENTS_IN_BATCH, roundMs),
    );
  }
  await compare('reading a stream', 'events/s', readsASecond);
  const latencies = { noStore: await latenciesMs(noStore.client), store: await latenciesMs(store.client) };
  for (const [name, quantile] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    // prettier-ignore
    const [without, withStore] = [at(latencies.noStore, quantile), at(latencies.store, quantile)];
    console.log(`append to subscriber ${name}`.padEnd(44), `${withStore.toFixed(2).padStart(8)} ms         no store ${without.toFixed(2).padStart(8)}`);
  }
}

function newEvent() {
  return jsonEvent<JSONEventType<'bench.measured.v1', { text: string }>>({
    type: 'bench.measured.v1',
    data: { text: 'x'.repeat(EVENT_TEXT_CHARACTERS) },
    metadata: { $correlationId: crypto.randomUUID() },
  });
}

/** Events a second, each caller appending to a stream of its own and waiting for the answer. */
async function appendsASecond(client: EventStoreDBClient, callers: number, eventsInCall: number, durationMs: number): Promise<number> {
  const start = performance.now();
  const counts = await Promise.all(
    Array.from({ length: callers }, async () => {
      const stream = `bench-${crypto.randomUUID()}`;
      let appended = 0;
      while (performance.now() - start < durationMs) {
        await client.appendToStream(stream, Array.from({ length: eventsInCall }, newEvent));
        appended += eventsInCall;
      }
      return appended;
    }),
  );
  return (counts.reduce((sum, count) => sum + count, 0) * 1_000) / (performance.now() - start);
}

async function readsASecond(client: EventStoreDBClient): Promise<number> {
  const stream = `bench-${crypto.randomUUID()}`;
  for (let written = 0; written < READ_EVENTS; written += 500) await client.appendToStream(stream, Array.from({ length: 500 }, newEvent));
  const start = performance.now();
  let read = 0;
  for await (const _ of client.readStream(stream)) read++;
  return (read * 1_000) / (performance.now() - start);
}

/** From just before an append to its arrival at a subscriber that is otherwise idle, sorted. */
async function latenciesMs(client: EventStoreDBClient): Promise<number[]> {
  const stream = `bench-${crypto.randomUUID()}`;
  const subscription = client.subscribeToAll({ fromPosition: 'end' });
  await new Promise((resolve) => subscription.once('caughtUp', resolve));
  subscription.resume();
  const latencies: number[] = [];
  for (let sample = 0; sample < LATENCY_SAMPLES; sample++) {
    const arrived = new Promise((resolve) => subscription.once('data', resolve));
    const start = performance.now();
    await Promise.all([client.appendToStream(stream, newEvent()), arrived]);
    latencies.push(performance.now() - start);
  }
  await subscription.unsubscribe();
  return latencies.sort((a, b) => a - b);
}

function at(sorted: readonly number[], quantile: number): number {
  return sorted[Math.floor(sorted.length * quantile)] ?? NaN;
}

function figure(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 0 }).padStart(8);
}

async function startFront(front: Front): Promise<AsyncDisposable & { readonly client: EventStoreDBClient }> {
  const worker = new Worker(new URL(import.meta.url), { workerData: front });
  const connectionString = await new Promise<string>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const client = EventStoreDBClient.connectionString(connectionString);
  return {
    client,
    [Symbol.asyncDispose]: async () => {
      await client.dispose();
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      worker.postMessage('stop');
      await exited;
    },
  };
}

async function serve(front: Front): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-grpc-'));
  const store = front === 'store' ? await openEventStore(folder) : answerAtOnce();
  const server = await startEventStoreServer({ store }, { host: '127.0.0.1', port: 0, tls: 'insecure' });
  parentPort?.postMessage(server.connectionString);
  await new Promise((resolve) => parentPort?.once('message', resolve));
  await server[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
}

/** Remembers the latest stream only, writes nothing, and publishes at once. */
function answerAtOnce(): EventStore {
  let position = 0;
  const latest = { stream: '', events: [] as StoredEvent[] };
  const subscribers = new Set<(batch: SubscriptionBatch) => void>();
  const unused = () => {
    throw new Error('The benchmark has no use for this.');
  };
  return {
    append: (stream, events) => {
      if (latest.stream !== stream) Object.assign(latest, { stream, events: [] });
      const stored = events.map((event) => toStored(event, stream, latest.events.length, position++));
      latest.events.push(...stored);
      for (const publish of subscribers) publish({ events: stored, position: position - 1, caughtUp: true });
      return Promise.resolve({ outcome: 'appended', revision: latest.events.length - 1, position: position - 1 });
    },
    readStream: (stream) =>
      stream === latest.stream ? { outcome: 'found', events: latest.events, lastRevision: latest.events.length - 1 } : { outcome: 'not-found' },
    subscribeToAll: async function* ({ signal } = {}) {
      yield { events: [], position: position - 1, caughtUp: true };
      const waiting: SubscriptionBatch[] = [];
      let wake = () => {};
      subscribers.add((batch) => {
        waiting.push(batch);
        wake();
      });
      signal?.addEventListener('abort', () => wake());
      while (!signal?.aborted) {
        yield* waiting.splice(0);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    streamMetadata: () => ({ metadata: {}, revision: 'no-stream', streamDeleted: false }),
    readAll: unused,
    readAllChunks: unused,
    readAt: unused,
    subscribeToStream: unused,
    setStreamMetadata: unused,
    deleteStream: unused,
    tombstone: unused,
    head: unused,
    verify: unused,
    scavenge: unused,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function toStored(event: NewEvent, stream: string, revision: number, position: number): StoredEvent {
  return { ...event, contentType: event.contentType ?? 'application/json', stream, revision, position, created: Date.now() };
}
