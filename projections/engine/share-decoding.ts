/**
 * Several projections read the same events at the same time, and opening what is sealed costs more than folding it: so what was
 * decoded a moment ago is kept for the others. Bounded, and of no use to one that catches up by itself.
 */
import type { Position, StoredEvent } from '../../ports/event-log/port.ts';
import type { Decode } from '../dependencies.ts';

const KEPT_EVENTS_MAX = 4_096;
const KEPT_BYTES_MAX = 16 * 1_024 * 1_024;

type Decoded = Awaited<ReturnType<Decode>>;
type Kept = { readonly batch: Promise<Decoded>; readonly index: number; readonly bytes: number };

export function shareDecoding(decode: Decode): Decode {
  const kept = new Map<Position, Kept>();
  let bytes = 0;

  const forget = (position: Position) => {
    bytes -= kept.get(position)?.bytes ?? 0;
    kept.delete(position);
  };
  const keep = (events: readonly StoredEvent[]) => {
    const batch = decode(events);
    batch.catch(() => events.forEach(({ position }) => forget(position))); // the next who asks has it tried again
    for (const [index, event] of events.entries()) {
      kept.set(event.position, { batch, index, bytes: event.data.length });
      bytes += event.data.length;
    }
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_EVENTS_MAX && bytes <= KEPT_BYTES_MAX) break;
      forget(oldest);
    }
    return batch;
  };

  return async (events) => {
    const found = events.map(({ position }) => kept.get(position));
    const missing = events.filter((_, index) => found[index] === undefined);
    if (missing.length === events.length) return await keep(events);
    const fresh = missing.length === 0 ? [] : keep(missing);
    const decoded: Decoded[number][] = [];
    let missed = 0;
    for (const one of found) {
      const event = one === undefined ? (await fresh)[missed++] : (await one.batch)[one.index];
      decoded.push(event ?? new Error('The event was not decoded.'));
    }
    return decoded;
  };
}
