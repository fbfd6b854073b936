/** LMDB without the store: what the store puts for an event, and nothing else. */
import { randomUUID } from 'node:crypto';
import { open, type Database, type RootDatabase } from 'lmdb';
import { secondsSince } from '../shared/statistics.ts';
import { newStream, RECORD_BYTES } from './events.ts';
import { ROUND_MS } from './sizes.ts';

export type RawLmdb = {
  readonly root: RootDatabase;
  readonly log: Database<Buffer, Buffer>;
  readonly index: Database<Buffer, Buffer>;
  readonly names: Database<Buffer, Buffer>;
  /** The next position. */
  next: number;
};

/** `streamEvents`: after so many a stream is followed by another, whose name is put as well. */
type PutOptions = { readonly streams: number; readonly streamEvents?: number; readonly indexed: boolean };

/** With lmdb's own defaults: durable, overlapping sync. */
export function openRawLmdb(path: string): RawLmdb {
  const root = open({ path, maxDbs: 4 });
  const options = { encoding: 'binary', keyEncoding: 'binary' } as const;
  return { root, log: root.openDB('log', options), index: root.openDB('index', options), names: root.openDB('names', options), next: 0 };
}

/** Puts the event's record and, if it is indexed, its two index entries and the name of a new stream; resolves when they are durable. */
export function putRaw({ log, index, names }: RawLmdb, position: number, { streams, streamEvents = Infinity, indexed }: PutOptions): Promise<boolean> {
  const key = Buffer.allocUnsafe(6);
  key.writeUIntBE(position + 1, 0, 6);
  const record = Buffer.allocUnsafe(RECORD_BYTES).fill(position & 255);
  if (indexed) {
    const inStream = Math.floor(position / streams);
    const revision = inStream % streamEvents;
    const stream = streamEvents === Infinity ? position % streams : Math.floor(inStream / streamEvents) * streams + (position % streams);
    if (revision === 0) void names.put(Buffer.from(newStream()), key);
    const byRevision = Buffer.alloc(13);
    byRevision.writeUIntBE(stream, 0, 6);
    byRevision.writeUIntBE(revision, 7, 6);
    void index.put(byRevision, key);
    const byId = Buffer.alloc(23, 1);
    byId.writeUIntBE(stream, 0, 6);
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
