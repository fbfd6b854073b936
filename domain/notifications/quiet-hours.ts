/** When a person's quiet hours end, by the clock on the person's wall: from one time, inclusive, until another, exclusive. */
import type { QuietHours } from '../people/preferences.ts';
import { MINUTE_MS, epochMs, instant, type Instant } from '../shared/instant.ts';
import { minuteOfDay, minutesOf } from '../shared/time-zone.ts';

const DAY_MINUTES = 24 * 60;

/** The first moment from `at` on that is not quiet, or nothing where `at` itself isn't. */
export function quietUntil(hours: QuietHours, at: Instant): Instant | undefined {
  let candidate = at;
  // Once where the clock isn't moved; once more after an hour that happens twice.
  while (isQuiet(hours, candidate)) candidate = endAsTheClockGoes(hours, candidate);
  if (candidate === at) return undefined;
  return minuteOfDay(candidate, hours.zone) === minutesOf(hours.until) ? candidate : firstLoud(hours, at, candidate);
}

function isQuiet({ zone, from, until }: QuietHours, at: Instant): boolean {
  const [minute, first, end] = [minuteOfDay(at, zone), minutesOf(from), minutesOf(until)];
  return first < end ? minute >= first && minute < end : minute >= first || minute < end;
}

/** When the clock shows the end if nobody moves it until then. */
function endAsTheClockGoes({ zone, until }: QuietHours, at: Instant): Instant {
  const minutes = (minutesOf(until) - minuteOfDay(at, zone) + DAY_MINUTES) % DAY_MINUTES;
  return instant(startOfMinute(at) + minutes * MINUTE_MS);
}

/** The clock jumped over an hour before the end, so the end came earlier: halve the time between until one minute is left. */
function firstLoud(hours: QuietHours, quiet: Instant, loud: Instant): Instant {
  let [earliest, latest] = [startOfMinute(quiet), epochMs(loud)];
  while (latest - earliest > MINUTE_MS) {
    const middle = earliest + Math.ceil((latest - earliest) / MINUTE_MS / 2) * MINUTE_MS;
    if (isQuiet(hours, instant(middle))) earliest = middle;
    else latest = middle;
  }
  return instant(latest);
}

/** Every zone's offset is whole minutes, so its minutes begin with ours. */
const startOfMinute = (at: Instant) => Math.floor(epochMs(at) / MINUTE_MS) * MINUTE_MS;
