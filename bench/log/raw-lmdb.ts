/** LMDB without the store: what the store puts for an event, and nothing else. */
import { randomUUID } from 'node:crypto';
import { open, type Database, type RootDatabase } from 'lmdb';
import { secondsSince } from '../shared/statistics.ts';
import { RECORD_BYTES } from './events.ts';
import { ROUND_MS } from './sizes.ts';

export type RawLmdb = {
  readonly root: RootDatabase;
  readonly log: Database<Buffer, Buffer>;
  readonly index: Database<Buffer, Buffer>;
  /** The next position. */
  next: number;
};

type PutOptions = { readonly streams: number; readonly indexed: boolean };

/** With lmdb's own defaults: durable, overlapping sync. */
export function openRawLmdb(path: string): RawLmdb {
  const root = open({ path, maxDbs: 4 });
  const options = { encoding: 'binary', keyEncoding: 'binary' } as const;
  return { root, log: root.openDB('log', options), index: root.openDB('index', options), next: 0 };
}

/** Puts the event's record and, if it is indexed, its two index entries; resolves when they are durable. */
export function putRaw({ log, index }: RawLmdb, position: number, { streams, indexed }: PutOptions): Promise<boolean> {
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

/** Puts a second during one round; waits for each batch. */
export async function measureRawPuts(raw: RawLmdb, { batch, ...options }: PutOptions & { readonly batch: number }): Promise<number> {
  const first = raw.next;
  const startedAt = performance.now();
  while (performance.now() - startedAt < ROUND_MS) {
    let last: Promise<boolean> | undefined;
    for (let put = 0; put < batch; put++) last = putRaw(raw, raw.next++, options);
    await last;
  }
  return (raw.next - first) / secondsSince(startedAt);
}
