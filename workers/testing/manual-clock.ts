/** A clock that tests move, with those who sleep by it. */
import { instant, type Instant } from '../../domain/shared/instant.ts';
import type { Sleep } from '../jobs/sleep.ts';

export const START: Instant = instant(Date.UTC(2030, 0, 1));

export type ManualClock = {
  readonly clock: () => Instant;
  readonly monotonicMs: () => number;
  readonly sleep: Sleep;
  /** Moves the time on, and wakes in order all sleepers whose time has come. */
  advance(ms: number): Promise<void>;
  sleepers(): number;
  /** Somebody sets the clock, forwards or back; no time passes. */
  setBy(ms: number): void;
};

type Sleeper = { readonly untilMs: number; readonly wake: () => void };

export function createManualClock(start: Instant = START): ManualClock {
  let nowMs = Date.parse(start);
  let setByMs = 0;
  const sleepers = new Set<Sleeper>();
  return {
    clock: () => instant(nowMs + setByMs),
    monotonicMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { untilMs: nowMs + ms, wake: resolve };
        const abort = () => {
          sleepers.delete(sleeper);
          reject(new Error('stopped', { cause: signal.reason }));
        };
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        sleepers.add(sleeper);
      }),
    advance: async (ms) => {
      const untilMs = nowMs + ms;
      for (;;) {
        const next = [...sleepers].sort((one, other) => one.untilMs - other.untilMs)[0];
        if (next === undefined || next.untilMs > untilMs) break;
        nowMs = Math.max(nowMs, next.untilMs);
        sleepers.delete(next);
        next.wake();
        await runReadyCallbacks(); // a sleeper that wakes may go to sleep again before the time is over
      }
      nowMs = untilMs;
    },
    sleepers: () => sleepers.size,
    setBy: (ms) => {
      setByMs += ms;
    },
  };
}

/** Lets all callbacks run that are ready. */
export const runReadyCallbacks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
