/** When a person's quiet hours end, by the clock of the person's time zone: from one time, inclusive, until another, exclusive. */
import type { QuietHours } from '../../people/preferences.ts';
import { MINUTE_MS, epochMs, instant, type Instant } from '../../shared/instant.ts';
import { minuteOfDay, minutesOf } from '../../shared/time-zone.ts';

const DAY_MINUTES = 24 * 60;

/** The first moment from `at` on that is not quiet; undefined where `at` itself isn't. */
export function quietUntil(hours: QuietHours, at: Instant): Instant | undefined {
  let moment = at;
  while (isQuiet(hours, moment)) moment = endOrClockChange(hours, moment);
  return moment === at ? undefined : moment;
}

function isQuiet({ zone, from, until }: QuietHours, at: Instant): boolean {
  const [minute, first, end] = [minuteOfDay(at, zone), minutesOf(from), minutesOf(until)];
  return first < end ? minute >= first && minute < end : minute >= first || minute < end;
}

/** When the clock shows the end; or when the clock is changed, if that comes before: then the caller looks again. */
function endOrClockChange({ zone, until }: QuietHours, at: Instant): Instant {
  const start = Math.floor(epochMs(at) / MINUTE_MS); // in minutes: every zone's offset is a whole number of them
  const shown = minuteOfDay(at, zone);
  const isChanged = (minute: number) => minuteOfDay(instant(minute * MINUTE_MS), zone) !== (shown + minute - start) % DAY_MINUTES;
  const end = start + ((minutesOf(until) - shown + DAY_MINUTES) % DAY_MINUTES);
  return instant((isChanged(end) ? firstThatHolds(start, end, isChanged) : end) * MINUTE_MS);
}

/** A binary search for the first number that holds, where `before` doesn't, `last` does, and it changes once between them. */
function firstThatHolds(before: number, last: number, holds: (number: number) => boolean): number {
  let [low, high] = [before, last];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
