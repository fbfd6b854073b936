/**
 * Moments at which all projections of a process that have caught up look at the log: what comes between two is decoded once for all of
 * them, and what they write goes to the views together.
 */

/** By the tick, in milliseconds of `performance.now`. */
const waiting = new Map<number, Promise<void>>();

/** A whole multiple of the interval, between half of one and one and a half after `now`. */
export const tickAfter = (now: number, intervalMs: number): number => Math.ceil(now / intervalMs + 0.5) * intervalMs;

/** Resolves at that time, for everybody who waits for it at once. */
export function untilTick(at: number): Promise<void> {
  const shared = waiting.get(at);
  if (shared !== undefined) return shared;
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.set(at, promise);
  setTimeout(
    () => {
      waiting.delete(at);
      resolve();
    },
    Math.max(0, at - performance.now()),
  );
  return promise;
}
