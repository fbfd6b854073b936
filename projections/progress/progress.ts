/** How far the runners of this process have come, and who waits for them to come further. */
import type { Position } from '../../ports/event-log/port.ts';
import { covers, merge } from '../../ports/event-log/position.ts';

export type RunnerProgress = {
  of(runner: string): Position | undefined;
  advance(runner: string, position: Position): void;
  /** After a rebuild in place: it begins anew. */
  reset(runner: string): void;
  /** True as soon as the runner has come this far; false when the time is over or the signal aborts. */
  waitFor(runner: string, position: Position, options: { readonly ms: number; readonly signal: AbortSignal }): Promise<boolean>;
};

type Waiter = { readonly position: Position; readonly resolve: () => void };

export function trackProgress(): RunnerProgress {
  const positions = new Map<string, Position>();
  const waiting = new Map<string, Set<Waiter>>();

  return {
    of: (runner) => positions.get(runner),

    advance: (runner, position) => {
      const now = merge(positions.get(runner), position) ?? position;
      positions.set(runner, now);
      const ones = waiting.get(runner);
      if (ones === undefined || ones.size === 0) return;
      for (const one of ones) {
        if (!covers(now, one.position)) continue;
        one.resolve();
      }
    },

    reset: (runner) => void positions.delete(runner),

    waitFor: (runner, position, { ms, signal }) => {
      if (covers(positions.get(runner), position)) return Promise.resolve(true);
      const ones = waiting.get(runner) ?? new Set();
      waiting.set(runner, ones);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const end = (reached: boolean) => {
        ones.delete(one);
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        resolve(reached);
      };
      const giveUp = () => end(false);
      const one: Waiter = { position, resolve: () => end(true) };
      const timer = setTimeout(giveUp, signal.aborted ? 0 : ms);
      signal.addEventListener('abort', giveUp);
      ones.add(one);
      return promise;
    },
  };
}
