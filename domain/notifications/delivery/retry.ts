/**
 * When a vendor is tried again, and how long an attempt may take. Attempts must outlast a vendor's outage of hours without a crowd
 * of them arriving together at its end: the delay doubles up to a ceiling and is drawn at random below it ("full jitter", from the
 * AWS architecture blog), here above a tenth of the ceiling. After so many attempts the delays grow with what is left of the time to
 * live, so that a delivery of days has hundreds of events and not thousands. No number of attempts ends a delivery: its time to live does.
 */
import { HOUR_MS, MINUTE_MS, SECOND_MS, epochMs, instant, msBetween, plus, type Instant } from '../../shared/instant.ts';

/** One deadline an attempt, connecting and answering included. */
export const ATTEMPT_DEADLINE_MS = 10 * SECOND_MS;
/** Clocks of our machines differ and a stalled worker wakes late: other workers resolve an attempt only so long after its deadline. */
export const ATTEMPT_SKEW_MS = 5 * SECOND_MS;
/** How long, at least, a late answer or a callback may resolve an unknown outcome before the delivery is attempted again. */
export const UNKNOWN_REPEAT_AFTER_MS = 5 * MINUTE_MS;
/** About as many attempts as a delivery has where its vendor is away all the time. */
export const ATTEMPTS_PLANNED = 100;
/** After so many, the planned ones that are left are spread evenly over the time left. */
export const SPREAD_AFTER_ATTEMPTS = ATTEMPTS_PLANNED / 2;

export const RETRY_BASE_MS = 5 * SECOND_MS;
export const RETRY_CEILING_MS = 30 * MINUTE_MS;
export const RETRY_JITTER_FLOOR = 0.1;
/** A vendor that asks for more patience than this is tried again after this. */
export const RETRY_AFTER_MAX_MS = 6 * HOUR_MS;
/** Where the time to live ends before the next delay does, there is one more try so long before its end. */
export const LAST_CHANCE_MS = 30 * SECOND_MS;

type PastAttempt = {
  /** Attempts so far, this one included. */
  readonly attempt: number;
  readonly at: Instant;
  readonly expiresAt: Instant;
};

export type FailedAttempt = PastAttempt & {
  /** From 0 inclusive to 1 exclusive. */
  readonly random: number;
  /** What the vendor asked for. */
  readonly retryAfterMs?: number;
};

/** May be past `expiresAt`: then the delivery expires, which its decider decides. */
export function retryAt({ attempt, random, retryAfterMs = 0, at, expiresAt }: FailedAttempt): Instant {
  const ceilingMs = Math.min(RETRY_BASE_MS * 2 ** Math.min(attempt, 30), RETRY_CEILING_MS);
  const jitteredMs = ceilingMs * (RETRY_JITTER_FLOOR + (1 - RETRY_JITTER_FLOOR) * random);
  const earliest = epochMs(at) + Math.min(Math.max(retryAfterMs, 0), RETRY_AFTER_MAX_MS);
  const wanted = Math.max(epochMs(at) + Math.ceil(jitteredMs), earliest, epochMs(at) + spreadMs({ attempt, at, expiresAt }));
  const lastChance = epochMs(expiresAt) - LAST_CHANCE_MS;
  const hasLastChance = lastChance > epochMs(at) && lastChance >= earliest;
  return instant(wanted >= epochMs(expiresAt) && hasLastChance ? lastChance : wanted);
}

/** When an attempt of unknown outcome, at `at`, is followed by another. */
export const unknownRepeatAt = (past: PastAttempt): Instant => plus(past.at, Math.max(UNKNOWN_REPEAT_AFTER_MS, spreadMs(past)));

/** The time left for each of the planned attempts left; all of it where none is left, but for the last chance. */
function spreadMs({ attempt, at, expiresAt }: PastAttempt): number {
  if (attempt <= SPREAD_AFTER_ATTEMPTS) return 0;
  return Math.ceil(Math.max(0, msBetween(at, expiresAt)) / Math.max(1, ATTEMPTS_PLANNED - attempt));
}
