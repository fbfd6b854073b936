/** When a window that opens now closes. */
import type { DigestRule } from '../../people/preferences/digest-rule.ts';
import { MINUTE_MS, plus, type Instant } from '../../shared/instant.ts';
import { instantOfLocal, localTimeAt, plusDays, type LocalTime } from '../../shared/local-time.ts';

/** By the clock of a person who has told of no time zone. */
export const ZONE_BY_DEFAULT = 'Etc/UTC';

/** undefined: nothing is to wait. The zone's rules are those of this moment: only the window that opens now depends on them. */
export function closesAt(rule: DigestRule, { zone = ZONE_BY_DEFAULT, at }: { readonly zone?: string | undefined; readonly at: Instant }): Instant | undefined {
  switch (rule.kind) {
    case 'at-once':
      return undefined;
    case 'after-first':
      return plus(at, rule.minutes * MINUTE_MS);
    case 'time-of-day':
      return nextTimeOfDay(rule.time, zone, at);
  }
}

/** The first moment after `at` at which the clock shows it: a time that is skipped counts when the clock was put on, one that comes twice the first time. */
function nextTimeOfDay(time: string, zone: string, at: Instant): Instant {
  const today = `${localTimeAt(at, zone).slice(0, 10)}T${time}:00` as LocalTime;
  return [0, 1, 2].map((days) => instantOfLocal(plusDays(today, days), zone)).find((moment) => moment > at) as Instant;
}
