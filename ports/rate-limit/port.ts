/** How often a caller may do something, over all processes. Losing the counts lets a little more through. */
import { Outage } from '../outage.ts';
import type { Pace } from './pace.ts';

/** The counts can’t be reached, or aren’t answered in time. Whoever asked lets the caller through: a limit protects, it decides nothing. */
export class RateLimitUnavailable extends Outage {
  override readonly name = 'RateLimitUnavailable';
}

export type Limit = { readonly name: string; readonly points: number; readonly windowSeconds: number };

export type LimitDecision = { readonly allowed: true; readonly remaining: number } | { readonly allowed: false; readonly retryAfterMs: number };

/**
 * For attempts that fail for whoever guesses: `points` failures cost nothing, after that the next attempt has to wait, twice as long
 * after each failure and never longer than `delaySecondsMax`. Failures are forgotten `windowSeconds` after the last of them.
 */
export type FailureLimit = Limit & { readonly delaySecondsMax: number };

/** What the first failure beyond the free ones costs. */
export const FIRST_DELAY_MS = 1_000;

export type AttemptDecision = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterMs: number };

export type RateLimit = AsyncDisposable & {
  /** With no points it tells what is left. */
  take(limit: Limit, caller: string, points?: number): Promise<LimitDecision>;
  /**
   * One point for the operation with this id, for callers that may have to repeat it: an operation that was allowed is allowed again
   * within the window, and counts once. Only so many are remembered; a forgotten one counts once more.
   */
  takeOnce(limit: Limit, caller: string, operation: string): Promise<LimitDecision>;
  /** Returns points that were taken for something that failed, and not through the caller's fault. */
  refund(limit: Limit, caller: string, points?: number): Promise<void>;
  /** Returns the point of an operation that came to nothing, and forgets it: one that isn't remembered returns nothing. */
  refundOnce(limit: Limit, caller: string, operation: string): Promise<void>;
  /** An attempt that is allowed counts as failed until it is known how it ended: so many at once are no more than one after the other. */
  attempt(limit: FailureLimit, caller: string): Promise<AttemptDecision>;
  /** The attempt succeeded, and with it all failures of the caller are forgotten. */
  forgetFailures(limit: FailureLimit, caller: string): Promise<void>;
  /**
   * Takes a token of the bucket with this name; answers for how many milliseconds to wait before using it. One may be taken before it
   * is there: later callers wait longer.
   */
  takeToken(bucket: string, pace: Pace): Promise<number>;
  /** The attempt neither succeeded nor failed, or its success says nothing of the others that count here: it alone is taken back. */
  takeBackAttempt(limit: FailureLimit, caller: string): Promise<void>;
};
