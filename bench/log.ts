/**
 * The event log beside raw LMDB, in one run: each line says what the store does, what LMDB alone does with the same keys and
 * bytes, and the ratio. `npx node bench/log.ts [--quick]`; the figures are goals, never assertions.
 */
import { open, type Database, type RootDatabase } from 'lmdb';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStore } from '../event-store/open.ts';
import { scanForwards } from '../event-store/read/scan.ts';
import type { EventStore, NewEvent } from '../event-store/store.ts';
import { openTables } from '../event-store/storage/tables.ts';

const quick = process.argv.includes('--quick');
const ROUND_MS = quick ? 400 : 1_500;
const ROUNDS = 3; // ours, theirs, ours, …
const OPENING_SIZES = quick ? [1_000, 10_000] : [10_000, 100_000, 1_000_000]; // events
const READ_EVENTS = quick ? 20_000 : 200_000;
const LATENCY_SAMPLES = quick ? 200 : 2_000;
const FILL_BATCH = 1_000; // events an append

const folder = mkdtempSync(join(tmpdir(), 'tidings-bench-log-'));
const data = Buffer.alloc(300, 'x');
const metadata = Buffer.alloc(97, 'y');
const RECORD_BYTES = 60 + 'channel-100'.length + 'chat.message-posted.v1'.length + data.length + metadata.length;
const newEvent = (): NewEvent => ({ id: randomUUID(), type: 'chat.message-posted.v1', data, metadata });

try {
  console.log(
    `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${tmpdir()}; events of ${data.length + metadata.length} bytes; ${ROUNDS} rounds of ${ROUND_MS} ms\n`,
  );
  await benchAppends();
  await benchReads();
  await benchLatency();
  await benchOpening();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Ours and theirs take turns, and the middle of their rounds counts: what else the machine does then falls on both. */
async function benchAppends(): Promise<void> {
  table('durable appends, events/s', 'store', 'raw LMDB, same puts', 'ratio', 'raw, log only', 'ratio');
  for (const { callers, events } of [
    { callers: 1, events: 1 },
    { callers: 16, events: 1 },
    { callers: 128, events: 1 },
    { callers: 1_024, events: 1 },
    { callers: 16, events: 10 },
    { callers: 128, events: 10 },
  ]) {
    const name = `appends-${callers}-${events}`;
    const [same, bare] = [openRaw(`${name}-same`), openRaw(`${name}-bare`)];
    await using store = await openEventStore(join(folder, name));
    const append = appender(store, callers, events);
    const speeds: [number, number, number][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const batch = { streams: callers, batch: callers * events };
      speeds.push([await append(), await rawPutsPerSecond(same, { ...batch, indexed: true }), await rawPutsPerSecond(bare, { ...batch, indexed: false })]);
    }
    await same.root.close();
    await bare.root.close();
    const [ours, theirs, least] = [0, 1, 2].map((column) =>
      quantile(
        speeds.map((speed) => speed[column]!),
        0.5,
      ),
    ) as [number, number, number];
    row(`${callers} callers × ${events}`, rate(ours), rate(theirs), ratio(ours, theirs), rate(least), ratio(ours, least));
  }
}

/** Each caller appends to a stream of its own, at the exact revision, and waits for the answer. */
function appender(store: EventStore, callers: number, events: number): () => Promise<number> {
  const revisions = Array.from({ length: callers }, () => -1);
  return async () => {
    let done = 0;
    const started = performance.now();
    const call = async (caller: number) => {
      while (performance.now() - started < ROUND_MS) {
        const last = revisions[caller]!;
        const result = await store.append(`bench-${caller}`, Array.from({ length: events }, newEvent), last < 0 ? 'no-stream' : last);
        if (result.outcome !== 'appended') throw new Error(result.outcome);
        revisions[caller] = result.revision;
        done += events;
      }
    };
    await Promise.all(revisions.map((_, caller) => call(caller)));
    return done / seconds(started);
  };
}

type Raw = { readonly root: RootDatabase; readonly log: Database<Buffer, Buffer>; readonly index: Database<Buffer, Buffer>; next: number };

function openRaw(name: string): Raw {
  const root = open({ path: join(folder, name), maxDbs: 4 }); // lmdb's own defaults: durable, overlapping sync
  const options = { encoding: 'binary', keyEncoding: 'binary' } as const;
  return { root, log: root.openDB('log', options), index: root.openDB('index', options), next: 0 };
}

/** What the store puts for an event, and nothing else: the record, and its two entries of the index. */
function putRaw({ log, index }: Raw, position: number, streams: number, indexed: boolean): Promise<boolean> {
  const key = Buffer.allocUnsafe(6);
  key.writeUIntBE(position + 1, 0, 6);
  const record = Buffer.allocUnsafe(RECORD_BYTES).fill(position & 255);
  if (indexed) {
    const byRevision = Buffer.alloc(13);
    byRevision.writeUIntBE(position % streams, 0, 6);
    byRevision.writeUIntBE(Math.floor(position / streams), 7, 6);
    void index.put(byRevision, key);
    const byId = Buffer.alloc(23, 1);
    byId.writeUIntBE(position % streams, 0, 6);
    byId.write(randomUUID().replaceAll('-', ''), 7, 'hex');
    void index.put(byId, key);
  }
  return log.put(key, record);
}

async function rawPutsPerSecond(raw: Raw, { streams, batch, indexed }: { streams: number; batch: number; indexed: boolean }): Promise<number> {
  const first = raw.next;
  const started = performance.now();
  while (performance.now() - started < ROUND_MS) {
    let last: Promise<boolean> | undefined;
    for (let put = 0; put < batch; put++) last = putRaw(raw, raw.next++, streams, indexed);
    await last;
  }
  return (raw.next - first) / seconds(started);
}

async function fill(store: EventStore, events: number): Promise<void> {
  let stream = 0;
  for (let done = 0; done < events; done += FILL_BATCH) {
    await store.append(`bench-${stream++ % 100}`, Array.from({ length: FILL_BATCH }, newEvent), 'any');
  }
}

async function benchReads(): Promise<void> {
  const path = join(folder, 'reads');
  {
    await using store = await openEventStore(path);
    await fill(store, READ_EVENTS);
  }
  table('\nreading, events/s', 'store', 'raw LMDB range', 'ratio');
  const raw = openRaw('raw-reads');
  for (let position = 0; position < READ_EVENTS; position++) void putRaw(raw, position, 100, false);
  await raw.root.flushed;
  const range = await best(() => {
    let bytes = 0;
    for (const { value } of raw.log.getRange({})) bytes += value.length;
    return bytes;
  });
  await raw.root.close();
  const show = (name: string, speed: number) => row(name, rate(speed), rate(range), ratio(speed, range));

  const tables = openTables(join(path, 'log-1.mdb'), { noSync: false });
  show('$all, checked, not decoded', await best(() => scanWhole(tables)));
  await tables.root.close();

  await using store = await openEventStore(path);
  show(
    '$all, decoded, in chunks',
    await best(async () => {
      for await (const chunk of store.readAllChunks()) if (chunk.length === 0) throw new Error('an empty chunk');
    }),
  );
  show(
    '$all, decoded, one by one',
    await best(async () => {
      for await (const event of store.readAll()) if (event.position < 0) throw new Error('no position');
    }),
  );
  show(
    '$all, a filter that drops all',
    await best(async () => {
      for await (const _ of store.readAllChunks({ filter: { on: 'stream', prefixes: ['user-'] } })) throw new Error('nothing should pass');
    }),
  );
  show('$all, subscription', await best(() => subscribeToEnd(store)));
  show('by stream', await best(() => readStreams(store)));
}

function scanWhole(tables: ReturnType<typeof openTables>): void {
  for (let next = 0; next < READ_EVENTS;) next = scanForwards(tables, next, READ_EVENTS, { events: Infinity }).next;
}

async function subscribeToEnd(store: EventStore): Promise<void> {
  for await (const { caughtUp } of store.subscribeToAll()) if (caughtUp) return;
}

function readStreams(store: EventStore): void {
  for (let stream = 0; stream < 100; stream++) {
    const read = store.readStream(`bench-${stream}`);
    if (read.outcome === 'found') for (const event of read.events) if (event.revision < 0) throw new Error('no revision');
  }
}

/** Events/s of the best of three, the first of which warms up. */
async function best(read: () => unknown): Promise<number> {
  let most = 0;
  for (let run = 0; run < 3; run++) {
    const started = performance.now();
    await read();
    most = Math.max(most, READ_EVENTS / seconds(started));
  }
  return most;
}

async function benchLatency(): Promise<void> {
  await using store = await openEventStore(join(folder, 'latency'));
  const stop = new AbortController();
  const seen: number[] = [];
  const subscriber = (async () => {
    for await (const { events } of store.subscribeToAll({ signal: stop.signal })) for (const _ of events) seen.push(performance.now());
  })();
  const ours: number[] = [];
  for (let sample = 0; sample < LATENCY_SAMPLES; sample++) {
    const asked = performance.now();
    await store.append('channel-1', [newEvent()], 'any');
    while (seen.length <= sample) await new Promise((resolve) => setImmediate(resolve));
    ours.push(seen[sample]! - asked);
  }
  stop.abort();
  await subscriber;
  const raw = openRaw('raw-latency');
  const theirs: number[] = [];
  for (let sample = 0; sample < LATENCY_SAMPLES; sample++) {
    const asked = performance.now();
    await putRaw(raw, sample, 1, true);
    theirs.push(performance.now() - asked);
  }
  await raw.root.close();
  table('\nlatency, idle, ms', 'append → subscriber', 'raw LMDB put → durable', 'ratio');
  for (const [name, part] of [['p50', 0.5] as const, ['p99', 0.99] as const]) {
    row(name, quantile(ours, part).toFixed(2), quantile(theirs, part).toFixed(2), (quantile(ours, part) / quantile(theirs, part)).toFixed(2));
  }
}

async function benchOpening(): Promise<void> {
  table('\nopening, ms', 'store', 'raw LMDB', 'ratio');
  for (const events of OPENING_SIZES) {
    const path = join(folder, `opening-${events}`);
    {
      await using store = await openEventStore(path);
      await fill(store, events);
    }
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let run = 0; run < 5; run++) {
      const started = performance.now();
      const store = await openEventStore(path);
      ours.push(performance.now() - started);
      await store[Symbol.asyncDispose]();
      const again = performance.now();
      const tables = openTables(join(path, 'log-1.mdb'), { noSync: false });
      theirs.push(performance.now() - again);
      await tables.root.close();
    }
    row(
      `${events.toLocaleString('en')} events`,
      quantile(ours, 0.5).toFixed(1),
      quantile(theirs, 0.5).toFixed(1),
      (quantile(ours, 0.5) / quantile(theirs, 0.5)).toFixed(2),
    );
    rmSync(path, { recursive: true });
  }
}

function table(name: string, ...columns: readonly string[]): void {
  console.log(name.padEnd(34 + (name.startsWith('\n') ? 1 : 0)) + columns.map((column) => column.padStart(24)).join(''));
}

function row(name: string, ...cells: readonly string[]): void {
  console.log(name.padEnd(34) + cells.map((cell) => cell.padStart(24)).join(''));
}

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(part * (values.length - 1))]!;
}

function seconds(started: number): number {
  return (performance.now() - started) / 1_000;
}

function rate(perSecond: number): string {
  return Math.round(perSecond).toLocaleString('en');
}

function ratio(ours: number, theirs: number): string {
  return (ours / theirs).toFixed(2);
}
