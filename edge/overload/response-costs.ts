/**
 * What a caller is answered counts by its size, once it is known: a page of long texts costs more than an empty one. A caller beyond the
 * limit is refused from then on, until the limit's window ends.
 */
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { Limit, RateLimit } from '../../ports/rate-limit/port.ts';

export const KILOBYTE = 1_024;
/** Callers that are remembered to be beyond the limit; more of them are found out again. */
const REFUSED_CALLERS_MAX = 10_000;

export type ResponseCosts = {
  /** Undefined: the caller is within the limit. */
  refusalOf(caller: string): Refusal | undefined;
  /** Counts an answer, and waits for nothing. */
  charge(caller: string, bytes: number): void;
};

type Dependencies = { readonly rateLimit: Pick<RateLimit, 'take'>; readonly reportUnavailable: (limit: Limit, error: unknown) => void };

/** The points of the limit are kilobytes. */
export function createResponseCosts({ rateLimit, reportUnavailable }: Dependencies, limit: Limit): ResponseCosts {
  /** Until when by `performance.now`, in the order in which they were found. */
  const refusedUntilMs = new Map<string, number>();

  const remember = (caller: string, retryAfterMs: number) => {
    refusedUntilMs.delete(caller);
    refusedUntilMs.set(caller, performance.now() + retryAfterMs);
    const [first] = refusedUntilMs.keys();
    if (refusedUntilMs.size > REFUSED_CALLERS_MAX && first !== undefined) refusedUntilMs.delete(first);
  };

  return {
    refusalOf: (caller) => {
      const untilMs = refusedUntilMs.get(caller);
      if (untilMs === undefined) return undefined;
      const leftMs = untilMs - performance.now();
      if (leftMs > 0) return { code: 'rate-limited', facts: { limit: limit.name, retryAfterSeconds: Math.max(1, Math.ceil(leftMs / SECOND_MS)) } };
      refusedUntilMs.delete(caller);
      return undefined;
    },
    charge: (caller, bytes) => {
      const kilobytes = Math.floor(bytes / KILOBYTE);
      if (kilobytes === 0) return; // the number of requests is limited anyway
      rateLimit.take(limit, caller, kilobytes).then(
        (taken) => (taken.allowed ? undefined : remember(caller, taken.retryAfterMs)),
        (error: unknown) => reportUnavailable(limit, error),
      );
    },
  };
}
