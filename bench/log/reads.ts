/** Reading the whole log in the store's several ways, beside a range of raw LMDB. */
import { join } from 'node:path';
import { openEventStore } from '../../event-store/open.ts';
import { scanForwards } from '../../event-store/read/scan.ts';
import { openTables } from '../../event-store/storage/tables.ts';
import type { EventStore } from '../../event-store/store.ts';
import { formatRate, formatRatio, secondsSince } from '../shared/statistics.ts';
import { FILLED_STREAMS, fillStore, STORE_OPTIONS, STREAMS } from './events.ts';
import { openRawLmdb, putRaw } from './raw-lmdb.ts';
import { READ_EVENTS } from './sizes.ts';
import { printHeader, printRow } from './table.ts';

const RUNS = 3;

export async function benchReads(folder: string): Promise<void> {
  const path = join(folder, 'reads');
  {
    await using store = await openEventStore(path, STORE_OPTIONS);
    await fillStore(store, READ_EVENTS);
  }
  printHeader('\nreading, events/s', 'store', 'raw LMDB range', 'ratio');
  const rawRate = await measureRawRange(join(folder, 'raw-reads'));
  const print = (name: string, rate: number) => printRow(name, formatRate(rate), formatRate(rawRate), formatRatio(rate, rawRate));

  const tables = openTables(join(path, 'log-1.mdb'), { noSync: false });
  print('$all, checked, not decoded', await bestRate(() => scanAll(tables)));
  await tables.root.close();

  await using store = await openEventStore(path, STORE_OPTIONS);
  print(
    '$all, decoded, in chunks',
    await bestRate(async () => {
      for await (const chunk of store.readAllChunks()) if (chunk.length === 0) throw new Error('an empty chunk');
    }),
  );
  print(
    '$all, decoded, one by one',
    await bestRate(async () => {
      for await (const event of store.readAll()) if (event.position < 0) throw new Error('no position');
    }),
  );
  print(
    '$all, parsed, in chunks',
    await bestRate(async () => {
      for await (const chunk of store.readAllChunks()) for (const { data, metadata } of chunk) parse(data, metadata);
    }),
  );
  print(
    '$all, a filter that drops all',
    await bestRate(async () => {
      for await (const _ of store.readAllChunks({ filter: { on: 'stream', prefixes: ['user-'] } })) throw new Error('nothing should pass');
    }),
  );
  print('$all, subscription', await bestRate(() => subscribeToEnd(store)));
  print('by stream', await bestRate(() => readStreams(store)));
}

function parse(data: Uint8Array, metadata: Uint8Array): void {
  for (const bytes of [data, metadata]) JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
}

/** Events a second of the best run; the first one warms up. */
async function bestRate(read: () => unknown): Promise<number> {
  let best = 0;
  for (let run = 0; run < RUNS; run++) {
    const startedAt = performance.now();
    await read();
    best = Math.max(best, READ_EVENTS / secondsSince(startedAt));
  }
  return best;
}

async function measureRawRange(path: string): Promise<number> {
  const raw = openRawLmdb(path);
  for (let position = 0; position < READ_EVENTS; position++) void putRaw(raw, position, { streams: FILLED_STREAMS, indexed: false });
  await raw.root.flushed;
  const rate = await bestRate(() => {
    let bytes = 0;
    for (const { value } of raw.log.getRange({})) bytes += value.length;
    return bytes;
  });
  await raw.root.close();
  return rate;
}

function scanAll(tables: ReturnType<typeof openTables>): void {
  for (let next = 0; next < READ_EVENTS;) next = scanForwards(tables, next, READ_EVENTS, { events: Infinity }).next;
}

async function subscribeToEnd(store: EventStore): Promise<void> {
  for await (const { caughtUp } of store.subscribeToAll()) if (caughtUp) return;
}

function readStreams(store: EventStore): void {
  for (let stream = 0; stream < FILLED_STREAMS; stream++) {
    const read = store.readStream(STREAMS[stream]!);
    if (read.outcome === 'found') for (const event of read.events) if (event.revision < 0) throw new Error('no revision');
  }
}
