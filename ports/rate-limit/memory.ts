/** Rate limits in this process: fixed windows, measured by a clock that nobody sets. */
import { SECOND_MS } from '../../domain/shared/instant.ts';
import { countFailures } from './memory-failures.ts';
import { createTokenBucket, type TokenBucket } from './pace.ts';
import type { Limit, RateLimit, LimitDecision } from './port.ts';

/** Callers that one limit keeps count of; beyond that, the one whose window began first begins a new window. */
const CALLERS_MAX = 200_000;
/** Operations that one limit remembers to have counted; beyond that, the first of them is forgotten. */
const OPERATIONS_MAX = 200_000;

export type MemoryRateLimitOptions = { readonly callersMax?: number; readonly operationsMax?: number; readonly monotonicMs?: () => number };

export async function startMemoryRateLimit({
  callersMax = CALLERS_MAX,
  operationsMax = OPERATIONS_MAX,
  monotonicMs = () => performance.now(),
}: MemoryRateLimitOptions = {}): Promise<RateLimit> {
  const counters = new Map<string, Counter>();
  /** By name and pace: a pace that was changed begins with a burst. */
  const buckets = new Map<string, TokenBucket>();
  const failures = countFailures({ callersMax, nowMs: monotonicMs });

  /** A refused attempt counts as well. */
  const consume = (counter: Counter, caller: string, points: number): { readonly decision: LimitDecision; readonly endsMs: number } => {
    const nowMs = monotonicMs();
    const window = openWindow(counter, caller, nowMs) ?? beginWindow(counter, caller, { nowMs, callersMax });
    window.taken += points;
    return { decision: decisionOf(counter, window, nowMs), endsMs: window.endsMs };
  };

  return {
    take: async (limit, caller, points = 1) => consume(counterOf(counters, limit), caller, points).decision,
    takeOnce: async (limit, caller, operation) => {
      const counter = counterOf(counters, limit);
      const key = `${caller}\n${operation}`;
      const nowMs = monotonicMs();
      if (nowMs < (counter.operations.get(key) ?? 0)) return { allowed: true, remaining: remainingOf(counter, openWindow(counter, caller, nowMs)) };
      const { decision, endsMs } = consume(counter, caller, 1);
      if (decision.allowed) setBounded(counter.operations, key, endsMs, operationsMax);
      return decision;
    },
    refund: async (limit, caller, points = 1) => {
      const window = openWindow(counterOf(counters, limit), caller, monotonicMs());
      if (window !== undefined) window.taken -= points;
    },
    refundOnce: async (limit, caller, operation) => {
      const counter = counterOf(counters, limit);
      const nowMs = monotonicMs();
      const key = `${caller}\n${operation}`;
      const isCounted = nowMs < (counter.operations.get(key) ?? 0);
      counter.operations.delete(key);
      const window = openWindow(counter, caller, nowMs);
      if (isCounted && window !== undefined) window.taken -= 1;
    },
    attempt: async (limit, caller) => failures.attempt(limit, caller),
    forgetFailures: async (limit, caller) => failures.forget(limit, caller),
    takeBackAttempt: async (limit, caller) => failures.takeBack(limit, caller),
    takeToken: async (name, pace) => {
      const key = `${name} ${pace.perSecond} ${pace.burst}`;
      const bucket = buckets.get(key) ?? createTokenBucket(monotonicMs, pace);
      buckets.set(key, bucket);
      return bucket.take();
    },
    [Symbol.asyncDispose]: async () => counters.clear(),
  };
}

/** `endsMs`: of the monotonic clock. */
type Window = { taken: number; readonly endsMs: number };

type Counter = {
  readonly limit: Limit;
  /** By caller, in the order in which they began, and so will end. */
  readonly windows: Map<string, Window>;
  /** Operations that were counted, and until when they count. In the order in which they were counted. */
  readonly operations: Map<string, number>;
};

function counterOf(counters: Map<string, Counter>, limit: Limit): Counter {
  const key = `${limit.name} ${limit.points} ${limit.windowSeconds}`; // a limit that was changed counts anew
  let counter = counters.get(key);
  if (counter === undefined) counters.set(key, (counter = { limit, windows: new Map(), operations: new Map() }));
  return counter;
}

function openWindow({ windows }: Counter, caller: string, nowMs: number): Window | undefined {
  const window = windows.get(caller);
  return window !== undefined && nowMs < window.endsMs ? window : undefined;
}

/** Forgets windows that have ended. */
function beginWindow({ limit, windows }: Counter, caller: string, { nowMs, callersMax }: { readonly nowMs: number; readonly callersMax: number }): Window {
  for (const [other, { endsMs }] of windows) {
    if (nowMs < endsMs) break;
    windows.delete(other);
  }
  const window = { taken: 0, endsMs: nowMs + limit.windowSeconds * SECOND_MS };
  setBounded(windows, caller, window, callersMax);
  return window;
}

const remainingOf = ({ limit }: Counter, window: Window | undefined): number => Math.max(0, limit.points - (window?.taken ?? 0));

const decisionOf = (counter: Counter, window: Window, nowMs: number): LimitDecision =>
  window.taken <= counter.limit.points
    ? { allowed: true, remaining: remainingOf(counter, window) }
    : { allowed: false, retryAfterMs: Math.max(1, Math.ceil(window.endsMs - nowMs)) };

function setBounded<Value>(map: Map<string, Value>, key: string, value: Value, max: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > max) for (const oldest of map.keys()) if (map.delete(oldest)) break;
}
