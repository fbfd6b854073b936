/** How far the runners of this process have come, by unit, for callers that wait for them to come further. */
import { covers, merge } from '../../ports/event-log/position.ts';
import type { Passed, Position } from '../../ports/event-log/port.ts';

export type RunnerProgress = {
  /** Undefined where the unit doesn't run here, or has not come anywhere. */
  of(unit: string): Position | undefined;
  advance(unit: string, position: Position): void;
  /** The unit has nothing to do, and has come as far as this answers, until it is called with undefined. */
  rest(unit: string, passed: Passed | undefined): void;
  /** The unit runs here from now on, from nothing or from where `advance` says. */
  enter(unit: string): void;
  /** The unit doesn't run here any more. */
  leave(unit: string): void;
  /** Whether the unit runs here. */
  has(unit: string): boolean;
  /** Resolves as soon as the unit has come this far, when it doesn't run here any more, when the time is over, or when the signal aborts. */
  waitFor(unit: string, position: Position, options: WaitLimits): Promise<void>;
  /** Resolves when somebody begins to wait for the unit, at once where somebody has since the last call; when the time is over, or when the signal aborts. */
  untilWanted(unit: string, options: WaitLimits): Promise<void>;
};

type WaitLimits = { readonly ms: number; readonly signal: AbortSignal };

type Waiter = { readonly position: Position; readonly resolve: () => void };

export function trackProgress(): RunnerProgress {
  const positions = new Map<string, Position | undefined>();
  const resting = new Map<string, Passed>();
  const waiters = new Map<string, Set<Waiter>>();
  /** How a runner is woken that gathers. */
  const gathering = new Map<string, () => void>();
  /** Units that somebody has begun to wait for while their runners didn't gather. */
  const wanted = new Set<string>();

  const of = (unit: string): Position | undefined => {
    const reached = positions.get(unit);
    const passed = resting.get(unit)?.();
    return passed === undefined || !positions.has(unit) ? reached : (merge(reached, passed) ?? passed);
  };
  const tell = (unit: string, reached: Position) => {
    for (const waiter of waiters.get(unit) ?? []) if (covers(reached, waiter.position)) waiter.resolve();
  };

  return {
    of,
    has: (unit) => positions.has(unit),

    advance: (unit, position) => {
      const reached = merge(positions.get(unit), position) ?? position;
      positions.set(unit, reached);
      tell(unit, reached);
    },

    rest: (unit, passed) => {
      if (passed === undefined) {
        resting.delete(unit);
        return;
      }
      resting.set(unit, passed);
      const reached = waiters.has(unit) ? of(unit) : undefined;
      if (reached !== undefined) tell(unit, reached);
    },

    enter: (unit) => void positions.set(unit, undefined),

    leave: (unit) => {
      positions.delete(unit);
      resting.delete(unit);
      wanted.delete(unit);
      for (const waiter of waiters.get(unit) ?? []) waiter.resolve();
    },

    waitFor: (unit, position, { ms, signal }) => {
      if (signal.aborted || covers(of(unit), position)) return Promise.resolve();
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
      const wake = gathering.get(unit);
      if (wake === undefined) wanted.add(unit);
      else wake();
      return promise;
    },

    untilWanted: (unit, { ms, signal }) => {
      if (wanted.delete(unit) || signal.aborted) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const end = () => {
        gathering.delete(unit);
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
      gathering.set(unit, end);
      return promise;
    },
  };
}
