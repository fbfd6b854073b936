/** Counts of failed attempts in this process, and how long each caller has to wait. Times are in milliseconds of `performance.now`. */
import { FIRST_DELAY_MS, type AttemptDecision, type FailureLimit } from './port.ts';

const SECOND_MS = 1_000;

type Failures = { readonly count: number; readonly notBeforeMs: number; readonly forgottenAtMs: number };

export type FailureCounts = {
  attempt(limit: FailureLimit, caller: string): AttemptDecision;
  forget(limit: FailureLimit, caller: string): void;
  takeBack(limit: FailureLimit, caller: string): void;
};

/** Of more than `callersMax` callers of one limit, the one whose last attempt is longest ago is forgotten. */
export function countFailures({ callersMax, nowMs = () => performance.now() }: { readonly callersMax: number; readonly nowMs?: () => number }): FailureCounts {
  const counters = new Map<string, Map<string, Failures>>();

  const countersOf = ({ name, points, windowSeconds }: FailureLimit): Map<string, Failures> => {
    const key = `${name} ${points} ${windowSeconds}`; // a limit that was changed counts anew
    const counter = counters.get(key) ?? new Map<string, Failures>();
    counters.set(key, counter);
    return counter;
  };
  const keep = (counter: Map<string, Failures>, caller: string, failures: Failures) => {
    counter.delete(caller);
    counter.set(caller, failures);
    if (counter.size > callersMax) for (const oldest of counter.keys()) if (counter.delete(oldest)) break;
  };
  const found = (counter: Map<string, Failures>, caller: string): Failures | undefined => {
    const failures = counter.get(caller);
    return failures === undefined || failures.forgottenAtMs <= nowMs() ? undefined : failures;
  };

  return {
    attempt: (limit, caller) => {
      const counter = countersOf(limit);
      const at = nowMs();
      const before = found(counter, caller);
      if (before !== undefined && before.notBeforeMs > at) return { allowed: false, retryAfterMs: before.notBeforeMs - at };
      const count = (before?.count ?? 0) + 1;
      keep(counter, caller, { count, notBeforeMs: at + delayMsAfter(limit, count), forgottenAtMs: at + limit.windowSeconds * SECOND_MS });
      return { allowed: true };
    },
    forget: (limit, caller) => void countersOf(limit).delete(caller),
    takeBack: (limit, caller) => {
      const counter = countersOf(limit);
      const failures = found(counter, caller);
      if (failures === undefined) return;
      const count = failures.count - 1;
      if (count <= 0) counter.delete(caller);
      else counter.set(caller, { ...failures, count, notBeforeMs: Math.min(failures.notBeforeMs, nowMs() + delayMsAfter(limit, count)) });
    },
  };
}

function delayMsAfter({ points, delaySecondsMax }: FailureLimit, failures: number): number {
  return failures < points ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (failures - points), delaySecondsMax * SECOND_MS);
}
