/** How far the runners of this process have come, by unit, for callers that wait for them to come further. */
import { covers, merge } from '../../ports/event-log/position.ts';
import type { Position } from '../../ports/event-log/port.ts';

export type RunnerProgress = {
  /** Undefined where the unit doesn't run here, or has not come anywhere. */
  of(unit: string): Position | undefined;
  advance(unit: string, position: Position): void;
  /** The unit runs here from now on, from nothing or from where `advance` says. */
  enter(unit: string): void;
  /** The unit doesn't run here any more. */
  leave(unit: string): void;
  /** Whether the unit runs here. */
  has(unit: string): boolean;
  /** Resolves as soon as the unit has come this far, when it doesn't run here any more, when the time is over, or when the signal aborts. */
  waitFor(unit: string, position: Position, options: { readonly ms: number; readonly signal: AbortSignal }): Promise<void>;
};

type Waiter = { readonly position: Position; readonly resolve: () => void };

export function trackProgress(): RunnerProgress {
  const positions = new Map<string, Position | undefined>();
  const waiters = new Map<string, Set<Waiter>>();

  return {
    of: (unit) => positions.get(unit),
    has: (unit) => positions.has(unit),

    advance: (unit, position) => {
      const reached = merge(positions.get(unit), position) ?? position;
      positions.set(unit, reached);
      for (const waiter of waiters.get(unit) ?? []) if (covers(reached, waiter.position)) waiter.resolve();
    },

    enter: (unit) => void positions.set(unit, undefined),

    leave: (unit) => {
      positions.delete(unit);
      for (const waiter of waiters.get(unit) ?? []) waiter.resolve();
    },

    waitFor: (unit, position, { ms, signal }) => {
      if (signal.aborted || covers(positions.get(unit), position)) return Promise.resolve();
      const waiting = waiters.get(unit) ?? new Set();
      waiters.set(unit, waiting);
      const { promise, resolve } = Promise.withResolvers<void>();
      const end = () => {
        waiting.delete(waiter);
        if (waiting.size === 0 && waiters.get(unit) === waiting) waiters.delete(unit);
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const waiter: Waiter = { position, resolve: end };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
      waiting.add(waiter);
      return promise;
    },
  };
}
