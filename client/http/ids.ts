/** Ids that clients make: UUIDv7 (RFC 9562, 5.7) by the server's time, in the order in which they were made. */
import type { ServerClock } from './server-clock.ts';

const TIME_DIGITS = 12;
const SEQUENCE_MAX = 0xfff;
/** Further back is no hesitation of the clock: it was wrong until now, and ids of that time are refused. */
const SET_BACK_MS = 1_000;

/** A function that makes the next one. */
export function idMaker(clock: Pick<ServerClock, 'nowMs'>): () => string {
  let lastMs = -1;
  let sequence = 0;
  return () => {
    const nowMs = Math.floor(clock.nowMs());
    if (nowMs > lastMs || lastMs - nowMs > SET_BACK_MS) [lastMs, sequence] = [nowMs, 0];
    else if (++sequence > SEQUENCE_MAX) [lastMs, sequence] = [lastMs + 1, 0]; // also where the clock stands still
    const random = crypto.getRandomValues(new Uint8Array(8));
    random[0] = ((random[0] ?? 0) & 0x3f) | 0x80; // the variant
    const time = lastMs.toString(16).padStart(TIME_DIGITS, '0');
    const rest = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${rest.slice(0, 4)}-${rest.slice(4)}`;
  };
}
