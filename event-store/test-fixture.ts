/** Stores, events and readers for the tests of this folder. */
import type { ExecutionContext } from 'ava';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadHead } from './maintenance/integrity.ts';
import { logOf, openEventStore } from './open.ts';
import type { EventStore, EventStoreOptions, NewEvent, ReadStreamOptions, StoredEvent, SubscriptionBatch } from './store.ts';
import type { Log } from './storage/log.ts';
import { openTables } from './storage/tables.ts';

/** A folder that is removed when the test ends. */
export function temporaryFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-event-store-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store in a temporary folder, closed and removed when the test ends. */
export async function openTestStore(t: ExecutionContext, options?: EventStoreOptions): Promise<EventStore> {
  const folder = temporaryFolder(t);
  const store = await openEventStore(folder, options);
  t.teardown(() => store[Symbol.asyncDispose]());
  return store;
}

/** The log of a closed store as the store's functions take it, for tests of the states between two of their steps. */
export function openTestLog(t: ExecutionContext, folder: string, now: () => number = Date.now): Log {
  const tables = openTables(join(folder, 'log-1.mdb'), { noSync: false });
  t.teardown(() => tables.close());
  return logOf(tables, loadHead(tables), { now });
}

export function event(text = '', type = 'said', id: string = randomUUID()): NewEvent {
  return { id, type, data: Buffer.from(JSON.stringify({ text })), metadata: Buffer.from('{}') };
}

export const events = (count: number): NewEvent[] => Array.from({ length: count }, (_, at) => event(`${at}`));

export function revisions(store: Pick<EventStore, 'readStream'>, stream: string, options?: ReadStreamOptions): number[] | string {
  const read = store.readStream(stream, options);
  return read.outcome === 'found' ? [...read.events].map(({ revision }) => revision) : read.outcome;
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The first `count` events of a subscription. */
export async function firstEvents(subscription: AsyncIterable<SubscriptionBatch>, count: number): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  if (count === 0) return all;
  for await (const batch of subscription) {
    all.push(...batch.events);
    if (all.length >= count) break;
  }
  return all;
}

export const texts = (stored: readonly StoredEvent[]): string[] =>
  stored.map(({ data }) => (JSON.parse(Buffer.from(data).toString()) as { text: string }).text);
