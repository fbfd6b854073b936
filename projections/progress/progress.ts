/** How far the runners of this process have come, for callers that wait for them to come further. */
import type { Position } from '../../ports/event-log/port.ts';
import { covers, merge } from '../../ports/event-log/position.ts';

export type RunnerProgress = {
  of(runner: string): Position | undefined;
  advance(runner: string, position: Position): void;
  /** After a rebuild in place: the runner starts from nothing. */
  reset(runner: string): void;
  /** True as soon as the runner has come this far; false when the time is over or the signal aborts. */
  waitFor(runner: string, position: Position, options: { readonly ms: number; readonly signal: AbortSignal }): Promise<boolean>;
};

type Waiter = { readonly position: Position; readonly resolve: () => void };

export function trackProgress(): RunnerProgress {
  const positions = new Map<string, Position>();
  const waiters = new Map<string, Set<Waiter>>();

  return {
    of: (runner) => positions.get(runner),

    advance: (runner, position) => {
      const reached = merge(positions.get(runner), position) ?? position;
      positions.set(runner, reached);
      const waiting = waiters.get(runner);
      if (waiting === undefined || waiting.size === 0) return;
      for (const waiter of waiting) {
        if (!covers(reached, waiter.position)) continue;
        waiter.resolve();
      }
    },

    reset: (runner) => void positions.delete(runner),

    waitFor: (runner, position, { ms, signal }) => {
      if (covers(positions.get(runner), position)) return Promise.resolve(true);
      const waiting = waiters.get(runner) ?? new Set();
      waiters.set(runner, waiting);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const end = (isReached: boolean) => {
        waiting.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        resolve(isReached);
      };
      const giveUp = () => end(false);
      const waiter: Waiter = { position, resolve: () => end(true) };
      const timer = setTimeout(giveUp, signal.aborted ? 0 : ms);
      signal.addEventListener('abort', giveUp);
      waiting.add(waiter);
      return promise;
    },
  };
}
