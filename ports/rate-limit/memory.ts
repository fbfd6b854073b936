/** Rate limits in this process. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Limit, RateLimit, Taken } from './port.ts';

/** Of how many callers one limit keeps count; beyond that the one whose window began first begins a new one. */
const CALLERS_MAX = 200_000;
/** How many things one limit remembers to have counted; beyond that the first of them is forgotten. */
const THINGS_MAX = 200_000;

type Bounds = { readonly callersMax?: number; readonly thingsMax?: number };

export async function startMemoryRateLimit({ callersMax = CALLERS_MAX, thingsMax = THINGS_MAX }: Bounds = {}): Promise<RateLimit> {
  const counters = new Map<string, Counter>();

  const consume = async (counter: Counter, caller: string, points: number): Promise<Consumed> => {
    const consumed = await counter.limiter.consume(caller, points).then(
      (state) => ({ state, allowed: true }),
      (state: unknown) => {
        if (!(state instanceof RateLimiterRes)) throw state;
        return { state, allowed: false };
      },
    );
    if (consumed.state.isFirstInDuration) await remember(counter, caller, callersMax);
    return consumed;
  };

  return {
    take: async (limit, caller, points = 1) => takenOf(await consume(counterOf(counters, limit), caller, points)),
    takeOnce: async (limit, caller, what) => {
      const counter = counterOf(counters, limit);
      const thing = `${caller}\n${what}`;
      const countsUntil = counter.things.get(thing) ?? 0;
      if (performance.now() < countsUntil) return { allowed: true, remaining: (await counter.limiter.get(caller))?.remainingPoints ?? limit.points };
      const asked = counter.asked.get(thing) ?? consume(counter, caller, 1).finally(() => counter.asked.delete(thing));
      counter.asked.set(thing, asked);
      const consumed = await asked;
      if (consumed.allowed) rememberThing(counter, thing, { countsMs: consumed.state.msBeforeNext, thingsMax });
      return takenOf(consumed);
    },
    giveBack: async (limit, caller, points = 1) => void (await counterOf(counters, limit).limiter.reward(caller, points)),
    [Symbol.asyncDispose]: async () => {
      for (const { limiter, callers } of counters.values()) await Promise.all([...callers].map((caller) => limiter.delete(caller)));
      counters.clear();
    },
  };
}

type Consumed = { readonly state: RateLimiterRes; readonly allowed: boolean };

const takenOf = ({ state, allowed }: Consumed): Taken =>
  allowed ? { allowed: true, remaining: state.remainingPoints } : { allowed: false, retryAfterMs: state.msBeforeNext };

/** The callers are in the order in which their windows began; some of these may have ended. */
type Counter = {
  readonly limiter: RateLimiterMemory;
  readonly callers: Set<string>;
  /** What was counted by name, until when: milliseconds of `performance.now`. In the order in which it was counted. */
  readonly things: Map<string, number>;
  /** Who asks for the same thing at the same moment gets the same answer. */
  readonly asked: Map<string, Promise<Consumed>>;
};

function counterOf(counters: Map<string, Counter>, { name, points, windowSeconds }: Limit): Counter {
  const key = `${name} ${points} ${windowSeconds}`; // a limit that was changed counts anew
  let counter = counters.get(key);
  if (counter === undefined) {
    counter = { limiter: new RateLimiterMemory({ keyPrefix: key, points, duration: windowSeconds }), callers: new Set(), things: new Map(), asked: new Map() };
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

function rememberThing({ things }: Counter, thing: string, { countsMs, thingsMax }: { readonly countsMs: number; readonly thingsMax: number }): void {
  things.delete(thing);
  things.set(thing, performance.now() + countsMs);
  const [first] = things.keys();
  if (things.size > thingsMax && first !== undefined) things.delete(first);
}
