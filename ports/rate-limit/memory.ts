/** Rate limits in this process. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Limit, RateLimit } from './port.ts';

/** Of how many callers one limit keeps count; beyond that the one whose window began first begins a new one. */
const CALLERS_MAX = 200_000;

export async function startMemoryRateLimit({ callersMax = CALLERS_MAX }: { readonly callersMax?: number } = {}): Promise<RateLimit> {
  const counters = new Map<string, Counter>();

  return {
    take: async (limit, caller, points = 1) => {
      const counter = counterOf(counters, limit);
      const { state, allowed } = await counter.limiter.consume(caller, points).then(
        (state) => ({ state, allowed: true }),
        (state: unknown) => {
          if (!(state instanceof RateLimiterRes)) throw state;
          return { state, allowed: false };
        },
      );
      if (state.isFirstInDuration) await remember(counter, caller, callersMax);
      return allowed ? { allowed: true, remaining: state.remainingPoints } : { allowed: false, retryAfterMs: state.msBeforeNext };
    },
    giveBack: async (limit, caller, points = 1) => void (await counterOf(counters, limit).limiter.reward(caller, points)),
    [Symbol.asyncDispose]: async () => {
      for (const { limiter, callers } of counters.values()) await Promise.all([...callers].map((caller) => limiter.delete(caller)));
      counters.clear();
    },
  };
}

/** The callers are in the order in which their windows began; some of these may have ended. */
type Counter = { readonly limiter: RateLimiterMemory; readonly callers: Set<string> };

function counterOf(counters: Map<string, Counter>, { name, points, windowSeconds }: Limit): Counter {
  const key = `${name} ${points} ${windowSeconds}`; // a limit that was changed counts anew
  let counter = counters.get(key);
  if (counter === undefined) {
    counter = { limiter: new RateLimiterMemory({ keyPrefix: key, points, duration: windowSeconds }), callers: new Set() };
    counters.set(key, counter);
  }
  return counter;
}

async function remember({ limiter, callers }: Counter, caller: string, callersMax: number): Promise<void> {
  callers.delete(caller);
  callers.add(caller);
  const [first] = callers;
  if (callers.size <= callersMax || first === undefined) return;
  callers.delete(first);
  await limiter.delete(first);
}
