/** What the tests of this folder begin with. */
import type { ExecutionContext } from 'ava';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStore } from './open.ts';
import type { EventStore, EventStoreOptions, NewEvent, ReadStreamOptions, StoredEvent, SubscriptionBatch } from './store.ts';

/** A folder that is gone when the test is over. */
export function temporaryFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-event-store-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store in a folder of its own, closed and removed when the test is over. */
export async function givenStore(t: ExecutionContext, options?: EventStoreOptions): Promise<EventStore> {
  const folder = temporaryFolder(t);
  const store = await openEventStore(folder, options);
  t.teardown(() => store[Symbol.asyncDispose]());
  return store;
}

export function event(text = '', type = 'said', id: string = randomUUID()): NewEvent {
  return { id, type, data: Buffer.from(JSON.stringify({ text })), metadata: Buffer.from('{}') };
}

export const events = (count: number): NewEvent[] => Array.from({ length: count }, (_, at) => event(`${at}`));

export function revisions(store: EventStore, stream: string, options?: ReadStreamOptions): number[] | string {
  const read = store.readStream(stream, options);
  return read.outcome === 'found' ? [...read.events].map(({ revision }) => revision) : read.outcome;
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What a subscription gives, until enough events have come. */
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
