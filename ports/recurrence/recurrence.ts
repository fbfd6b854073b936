/**
 * When a rule comes round (RFC 5545). The library counts days and times on a clock without a zone; which moments these are in a zone is
 * computed here, so that a change of the clock neither drops an occurrence nor doubles one, and the day after has its usual time.
 */
import { RRuleTemporal } from 'rrule-temporal';
import type { Occurrence, Recurrence } from '../../domain/notifications/schedules/events.ts';
import { parseRule, untilOf } from '../../domain/notifications/schedules/rule.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { firstInstantOf, FIRST_ZONE, instantOfLocal, localTimeAt, localTimeOf, plusDays, type LocalTime } from '../../domain/shared/local-time.ts';

/** A change of the clock moves an occurrence by less, also where a zone leaves out a day. */
const CLOCK_CHANGE_MAX_DAYS = 2;
/** A rule that does not come round for so long never does: 29 February on a certain day of the week does within 40 years. */
const SEARCHED_MAX_DAYS = 40 * 366;
/** How much of a rule is searched at once: its days, weeks, months or years, and the times in them. */
const PERIODS_MAX = 10_000;
const CANDIDATES_MAX = 30_000;
/** Of a rule that counts, from its first occurrence: it is searched once. */
const COUNTED_CANDIDATES_MAX = 100_000;
/** How far is searched first, and twice as far each time that nothing is found: a rule that comes round often gives few at once. */
const FIRST_WINDOW_DAYS = 8;

/** The occurrences after a moment, in order. It throws on a rule that `parseRule` refuses, or a zone that there isn't. */
export function* occurrencesAfter(recurrence: Recurrence, after: Instant): Generator<Occurrence> {
  /** In order of their moments: where the clock skips a time, that comes after later ones. */
  const found: Occurrence[] = [];
  for (const occurrence of occurrencesByClock(recurrence, after)) {
    const settled = plusDays(occurrence.local, -CLOCK_CHANGE_MAX_DAYS);
    for (let first = found[0]; first !== undefined && first.local < settled; first = found[0]) {
      yield first;
      found.shift();
    }
    if (found.some(({ at }) => at === occurrence.at)) continue;
    const before = found.findLastIndex(({ at }) => at < occurrence.at);
    found.splice(before + 1, 0, occurrence);
  }
  yield* found;
}

function* occurrencesByClock(recurrence: Recurrence, after: Instant): Generator<Occurrence> {
  const { zone, clock } = recurrence;
  const rule = parseRule(recurrence.rule);
  if ('fault' in rule) throw new Error(`This is no rule: ${rule.fault}.`);
  const until = rule.until === undefined ? undefined : untilOf(rule.until);
  const [momentOf, zoneOf] = clock === 'recipient' ? [firstInstantOf, FIRST_ZONE] : [(local: LocalTime) => instantOfLocal(local, zone), zone];
  const last = until?.isMoment === true ? localTimeAt(until.end as Instant, zoneOf) : until?.end;
  for (const local of timesOnClock(rule.text, recurrence.start, plusDays(localTimeAt(after, zoneOf), -CLOCK_CHANGE_MAX_DAYS))) {
    if (last !== undefined && local > plusDays(last as LocalTime, CLOCK_CHANGE_MAX_DAYS)) return;
    const at = momentOf(local);
    const isOver = until !== undefined && (until.isMoment ? at > until.end : local > until.end);
    if (at > after && !isOver) yield { local, at };
  }
}

/**
 * What the rule gives from a time on. To the library all clocks are UTC's, which never change. It is asked for whole windows of time, for
 * each time that it is asked it begins anew: at the window's first period, or at the rule's own where that counts.
 */
function* timesOnClock(rule: string, start: LocalTime, from: LocalTime): Generator<LocalTime> {
  const isCounted = /(^|;)COUNT=/.test(rule);
  const rruleString = `DTSTART:${start.replaceAll(/[-:]/g, '')}Z\nRRULE:${rule}`;
  const maxCandidateEvaluations = isCounted ? COUNTED_CANDIDATES_MAX : CANDIDATES_MAX;
  const rounds = new RRuleTemporal({ rruleString, maxIterations: PERIODS_MAX, maxCandidateEvaluations });
  let begin = from > start ? from : start;
  let days = isCounted ? SEARCHED_MAX_DAYS : FIRST_WINDOW_DAYS;
  for (let emptyDays = 0; emptyDays < SEARCHED_MAX_DAYS;) {
    const end = plusDays(begin, days);
    const times = timesIn(rounds, begin, end);
    if (times === undefined) return;
    yield* times;
    emptyDays = times.length === 0 ? emptyDays + days : 0;
    if (times.length === 0) days = Math.min(2 * days, SEARCHED_MAX_DAYS);
    begin = end;
  }
}

/** Undefined: the library has searched in vain, up to its limits. Such a rule does not come round: 30 February. */
function timesIn(rounds: RRuleTemporal, begin: LocalTime, end: LocalTime): readonly LocalTime[] | undefined {
  try {
    const found = rounds.between(new Date(`${begin}Z`), new Date(`${end}Z`), true);
    const times = found.flatMap((time) => localTimeOf(time.toPlainDateTime().toString({ smallestUnit: 'second' })) ?? []);
    return times.filter((time) => time < end); // the next window begins with it
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Maximum ')) return undefined;
    throw error;
  }
}
