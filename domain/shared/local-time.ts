/** A date and a time as a clock on the wall shows them, in whichever zone it hangs: `2027-03-28T02:30:00`. It sorts as text. */
import { epochMs, instant, type Instant } from './instant.ts';

export type LocalTime = string & { readonly kind: 'local-time' };

/** The zones in which a day begins first and last. */
export const FIRST_ZONE = '+14:00';
const LAST_ZONE = '-12:00';

/** In its one spelling, seconds and all; undefined for what is no such time, or names an offset or a zone. */
export function localTimeOf(text: string): LocalTime | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:[0-5]\d)?$/.test(text)) return undefined;
  try {
    return spelt(Temporal.PlainDateTime.from(text, { overflow: 'reject' }));
  } catch {
    return undefined;
  }
}

/** What the clock of a zone shows at a moment. Throws on a zone that `isTimeZone` refuses. */
export const localTimeAt = (at: Instant, zone: string): LocalTime =>
  spelt(Temporal.Instant.fromEpochMilliseconds(epochMs(at)).toZonedDateTimeISO(zone).toPlainDateTime());

/**
 * When the clock of a zone shows it. A time that a change of the clock skips is as long after the time before the change as it would have
 * been; of a time that comes twice the first counts (RFC 5545, 3.3.5). So none is left out, and none comes twice.
 */
export const instantOfLocal = (local: LocalTime, zone: string): Instant =>
  instant(Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds);

/** When the first clock on Earth shows it, and when the last one does. */
export const firstInstantOf = (local: LocalTime): Instant => instantOfLocal(local, FIRST_ZONE);
export const lastInstantOf = (local: LocalTime): Instant => instantOfLocal(local, LAST_ZONE);

export const plusDays = (local: LocalTime, days: number): LocalTime => spelt(Temporal.PlainDateTime.from(local).add({ days }));

const spelt = (time: Temporal.PlainDateTime): LocalTime => time.toString({ smallestUnit: 'second' }) as LocalTime;
