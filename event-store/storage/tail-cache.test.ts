import test from 'ava';
import { collect, event, events, firstEvents, openTestStore } from '../test-fixture.ts';
import { TAIL_CACHE_EVENTS_MAX, TailCache } from './tail-cache.ts';
import { encodeEvent } from './record.ts';
import type { SubscriptionBatch } from '../store.ts';
import { NO_WORDS } from './packing/words.ts';
import { parseUuid } from './uuid.ts';

test('a subscriber gets the same events from memory as from the file', async (t) => {
  const store = await openTestStore(t, { noSync: true });
  const live = firstEvents(store.subscribeToAll(), 5);
  const binary = { ...event(), contentType: 'application/octet-stream', data: Buffer.from([0, 255, 1]) } as const;
  await store.append('straße-1', [event('ä', 'gesagt-ü'), binary], 'no-stream');
  await store.append('b', [{ ...event(), data: Buffer.alloc(0), metadata: Buffer.alloc(0) }, ...events(2)], 'no-stream');
  t.deepEqual(await live, await collect(store.readAll()));
});

test('a subscriber that falls behind the cache continues from the file and misses nothing', async (t) => {
  const store = await openTestStore(t, { noSync: true });
  const subscription = store.subscribeToAll({ batchSize: 700 })[Symbol.asyncIterator]();
  await subscription.next(); // it has caught up with the empty log
  const total = 2 * TAIL_CACHE_EVENTS_MAX + 100;
  for (let left = total; left > 0; left -= 1_000) await store.append('a', events(Math.min(left, 1_000)), 'any');
  const seen: number[] = [];
  while (seen.length < total) {
    const { value } = await subscription.next();
    seen.push(...(value as SubscriptionBatch).events.map(({ position }) => position));
  }
  t.deepEqual(
    seen,
    Array.from({ length: total }, (_, at) => at),
  );
});

test('scavenged events are not served from memory either', async (t) => {
  const store = await openTestStore(t, { noSync: true });
  await store.append('a', events(5), 'no-stream');
  await store.setStreamMetadata('a', { $maxCount: 2 });
  await store.append('a', events(1), 4);
  const { removed } = await store.scavenge();
  t.is(removed, 4);
  t.deepEqual(await firstEvents(store.subscribeToAll(), 3), await collect(store.readAll()));
});

test('the cache is bounded in events and in bytes', (t) => {
  const recordsOf = (count: number, bytes: number, from = 0) =>
    Array.from({ length: count }, (_, at) => {
      const one = { ...event(), data: Buffer.alloc(bytes) };
      return encodeEvent(one, parseUuid(one.id)!, { stream: 'a', revision: from + at, position: from + at, created: 0 }, NO_WORDS);
    });
  const many = new TailCache(0, NO_WORDS);
  many.add(recordsOf(TAIL_CACHE_EVENTS_MAX + 1, 1));
  t.is(many.read(0, 1, undefined), undefined);
  t.is(many.read(TAIL_CACHE_EVENTS_MAX, 10, undefined)?.events.length, 1);
  const large = new TailCache(0, NO_WORDS);
  large.add(recordsOf(20, 1_000_000));
  t.is(large.read(0, 1, undefined), undefined);
  t.is(large.read(19, 10, undefined)?.next, 20);
  t.deepEqual(large.read(20, 10, undefined), { events: [], next: 20 });
});
