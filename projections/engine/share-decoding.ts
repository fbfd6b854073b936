/**
 * A small cache of decoded events. Several projections read the same events at the same time, and unsealing an event costs more than
 * folding it. The cache is bounded, and doesn't help a projection that catches up by itself.
 */
import { emptyTally, type CacheTally } from '../../ports/cache-tallies.ts';
import type { Position, StoredEvent } from '../../ports/event-log/port.ts';
import type { Decode } from '../dependencies.ts';

const CACHED_EVENTS_MAX = 4_096;
const CACHED_BYTES_MAX = 16 * 1_024 * 1_024;

type DecodedBatch = Awaited<ReturnType<Decode>>;
type CachedEvent = { readonly batch: Promise<DecodedBatch>; readonly index: number; readonly bytes: number };

export function shareDecoding(decode: Decode, tally: CacheTally = emptyTally()): Decode {
  const cache = new Map<Position, CachedEvent>();
  let bytes = 0;

  const evict = (position: Position) => {
    bytes -= cache.get(position)?.bytes ?? 0;
    cache.delete(position);
  };
  const decodeAndCache = (events: readonly StoredEvent[]) => {
    const batch = decode(events);
    batch.catch(() => events.forEach(({ position }) => evict(position))); // the next caller decodes them again
    for (const [index, event] of events.entries()) {
      cache.set(event.position, { batch, index, bytes: event.data.length });
      bytes += event.data.length;
    }
    for (const oldest of cache.keys()) {
      if (cache.size <= CACHED_EVENTS_MAX && bytes <= CACHED_BYTES_MAX) break;
      evict(oldest);
      tally.evictions += 1;
    }
    return batch;
  };

  return async (events) => {
    const cached = events.map(({ position }) => cache.get(position));
    const missing = events.filter((_, index) => cached[index] === undefined);
    tally.hits += events.length - missing.length;
    tally.misses += missing.length;
    if (missing.length === events.length) return await decodeAndCache(events);
    const fresh = missing.length === 0 ? [] : decodeAndCache(missing);
    const decoded: DecodedBatch[number][] = [];
    let misses = 0;
    for (const hit of cached) {
      const event = hit === undefined ? (await fresh)[misses++] : (await hit.batch)[hit.index];
      decoded.push(event ?? new Error('The event was not decoded.'));
    }
    return decoded;
  };
}
