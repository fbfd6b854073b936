/** Rate limits in this process. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Limit, RateLimit, LimitDecision } from './port.ts';

/** Callers that one limit keeps count of; beyond that, the one whose window began first begins a new window. */
const CALLERS_MAX = 200_000;
/** Operations that one limit remembers to have counted; beyond that, the first of them is forgotten. */
const OPERATIONS_MAX = 200_000;

type Bounds = { readonly callersMax?: number; readonly operationsMax?: number };

export async function startMemoryRateLimit({ callersMax = CALLERS_MAX, operationsMax = OPERATIONS_MAX }: Bounds = {}): Promise<RateLimit> {
  const counters = new Map<string, Counter>();

  const consume = async (counter: Counter, caller: string, points: number): Promise<Consumed> => {
    const consumed = await counter.limiter.consume(caller, points).then(
      (state) => ({ state, allowed: true }),
      (state: unknown) => {
        if (!(state instanceof RateLimiterRes)) throw state;
        return { state, allowed: false };
      },
    );
    if (consumed.state.isFirstInDuration) await rememberCaller(counter, caller, callersMax);
    return consumed;
  };

  return {
    take: async (limit, caller, points = 1) => decisionOf(await consume(counterOf(counters, limit), caller, points)),
    takeOnce: async (limit, caller, operation) => {
      const counter = counterOf(counters, limit);
      const key = `${caller}\n${operation}`;
      const countsUntil = counter.operations.get(key) ?? 0;
      if (performance.now() < countsUntil) return { allowed: true, remaining: (await counter.limiter.get(caller))?.remainingPoints ?? limit.points };
      const pending = counter.pending.get(key) ?? consume(counter, caller, 1).finally(() => counter.pending.delete(key));
      counter.pending.set(key, pending);
      const consumed = await pending;
      if (consumed.allowed) rememberOperation(counter, key, { countsMs: consumed.state.msBeforeNext, operationsMax });
      return decisionOf(consumed);
    },
    refund: async (limit, caller, points = 1) => void (await counterOf(counters, limit).limiter.reward(caller, points)),
    [Symbol.asyncDispose]: async () => {
      for (const { limiter, callers } of counters.values()) await Promise.all([...callers].map((caller) => limiter.delete(caller)));
      counters.clear();
    },
  };
}

type Consumed = { readonly state: RateLimiterRes; readonly allowed: boolean };

const decisionOf = ({ state, allowed }: Consumed): LimitDecision =>
  allowed ? { allowed: true, remaining: state.remainingPoints } : { allowed: false, retryAfterMs: state.msBeforeNext };

/** `callers` are in the order in which their windows began; some of these may have ended. */
type Counter = {
  readonly limiter: RateLimiterMemory;
  readonly callers: Set<string>;
  /** Operations that were counted, and until when they count in milliseconds of `performance.now`. In the order in which they were counted. */
  readonly operations: Map<string, number>;
  /** Calls for the same operation at the same moment share one answer. */
  readonly pending: Map<string, Promise<Consumed>>;
};

function counterOf(counters: Map<string, Counter>, { name, points, windowSeconds }: Limit): Counter {
  const key = `${name} ${points} ${windowSeconds}`; // a limit that was changed counts anew
  let counter = counters.get(key);
  if (counter === undefined) {
    counter = {
      limiter: new RateLimiterMemory({ keyPrefix: key, points, duration: windowSeconds }),
      callers: new Set(),
      operations: new Map(),
      pending: new Map(),
    };
    counters.set(key, counter);
  }
  return counter;
}

async function rememberCaller({ limiter, callers }: Counter, caller: string, callersMax: number): Promise<void> {
  callers.delete(caller);
  callers.add(caller);
  const [first] = callers;
  if (callers.size <= callersMax || first === undefined) return;
  callers.delete(first);
  await limiter.delete(first);
}

function rememberOperation(
  { operations }: Counter,
  key: string,
  { countsMs, operationsMax }: { readonly countsMs: number; readonly operationsMax: number },
): void {
  operations.delete(key);
  operations.set(key, performance.now() + countsMs);
  const [first] = operations.keys();
  if (operations.size > operationsMax && first !== undefined) operations.delete(first);
}
