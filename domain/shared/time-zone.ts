/** Wall-clock time in a zone. The zone data is the runtime's own; time is passed in, so this is pure. */
import { epochMs, type Instant } from './instant.ts';

const FORMATS_MAX = 1_000; // there are some 600 zone names, each possible in several spellings

/** An IANA name. Offsets such as `+02:00` are refused, for they don't know summer from winter. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    clockOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** Minutes since midnight by the zone's wall clock, 0 to 1,439. Throws on a zone that `isTimeZone` refuses. */
export function minuteOfDay(at: Instant, zone: string): number {
  return minutesOf(clockOf(zone).format(epochMs(at)));
}

/** `22:05` as minutes since midnight. */
export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** Making a format costs some 30 µs and using one less than 1, so they are kept. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const kept = clocks.get(zone);
  if (kept !== undefined) return kept;
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  if (clocks.size >= FORMATS_MAX) clocks.clear();
  clocks.set(zone, clock);
  return clock;
}
