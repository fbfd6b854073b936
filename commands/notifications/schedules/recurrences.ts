/** What the commands of schedules need to know of a rule: whether it is one, what is due, and what comes next. */
import type { MissedPolicy, Occurrence, Recurrence } from '../../../domain/notifications/schedules/events.ts';
import { parseRule } from '../../../domain/notifications/schedules/rule.ts';
import { MISSED_REQUESTED_MAX } from '../../../domain/notifications/schedules/schedule.ts';
import type { Refusal } from '../../../domain/shared/decider.ts';
import { DAY_MS, MINUTE_MS, msBetween, plus, type Instant } from '../../../domain/shared/instant.ts';
import { firstInstantOf, instantOfLocal, lastInstantOf } from '../../../domain/shared/local-time.ts';
import { isTimeZone } from '../../../domain/shared/time-zone.ts';
import { occurrencesAfter } from '../../../ports/recurrence/recurrence.ts';

/** A rule may begin so far from now: the further it is in the past, the longer it takes to count from there. */
export const START_AWAY_MAX_DAYS = 10 * 366;
/** An occurrence that is requested so late counts as in time: a process was restarted. */
export const IN_TIME_WITHIN_MS = 5 * MINUTE_MS;

export function faultOfRecurrence({ rule, start, zone, clock }: Recurrence, at: Instant): Refusal | undefined {
  if (!isTimeZone(zone)) return { code: 'time-zone-unknown', facts: { zone } };
  const parsed = parseRule(rule);
  if ('fault' in parsed) return { code: 'schedule-rule-invalid', facts: { detail: parsed.fault } };
  if (clock === 'recipient' && parsed.until?.endsWith('Z') === true)
    return { code: 'schedule-rule-invalid', facts: { detail: 'on each recipient’s clock UNTIL is a time on it, without Z' } };
  if (Math.abs(msBetween(at, firstInstantOf(start))) > START_AWAY_MAX_DAYS * DAY_MS)
    return { code: 'schedule-rule-invalid', facts: { detail: `it begins more than ${START_AWAY_MAX_DAYS} days from now` } };
  return undefined;
}

/** One that is due this very moment is still to come. */
export const firstAfter = (recurrence: Recurrence, at: Instant): Occurrence | undefined => occurrencesAfter(recurrence, plus(at, -1)).next().value ?? undefined;

type Active = { readonly recurrence: Recurrence; readonly missed: MissedPolicy; readonly next: Occurrence };
type Advanced = { readonly due: readonly Occurrence[]; readonly skipped: number; readonly next: Occurrence | undefined };

/** Undefined where there is nothing to record: the next occurrence is still to come, and at the moment that was computed for it. */
export function dueNow({ recurrence, missed, next: known }: Active, at: Instant): Advanced | undefined {
  const knownAt = momentNow(recurrence, known);
  if (knownAt > at) return knownAt === known.at ? undefined : { due: [], skipped: 0, next: { local: known.local, at: knownAt } };
  const passed: Occurrence[] = [];
  let forgotten = 0;
  let next: Occurrence | undefined;
  for (const occurrence of occurrencesAfter(recurrence, plus(knownAt, -1))) {
    next = occurrence;
    if (occurrence.at > at) break;
    next = undefined;
    passed.push(occurrence);
    if (passed.length <= MISSED_REQUESTED_MAX) continue;
    passed.shift();
    forgotten += 1;
  }
  const due = passed.slice(missed === 'latest' ? -1 : 0).filter((one) => missed !== 'skip' || isInTime(recurrence, one, at));
  return { due, skipped: forgotten + passed.length - due.length, next };
}

/** By the zone data of today: the moment may have been computed with those of yesterday. */
const momentNow = ({ clock, zone }: Recurrence, { local }: Occurrence): Instant =>
  clock === 'recipient' ? firstInstantOf(local) : instantOfLocal(local, zone);

/** On the clocks of its recipients an occurrence is missed once the last of them has shown it: before, it comes in time for most. */
const isInTime = ({ clock }: Recurrence, { local, at: due }: Occurrence, at: Instant): boolean =>
  msBetween(clock === 'recipient' ? lastInstantOf(local) : due, at) <= IN_TIME_WITHIN_MS;
