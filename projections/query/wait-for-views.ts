/** Waiting until views have come as far as a write: how a client reads what it wrote. */
import type { Position } from '../../ports/event-log/port.ts';
import { covers, merge } from '../../ports/event-log/position.ts';
import type { Views } from '../../ports/views/port.ts';
import { positionOf } from '../progress/checkpoint.ts';
import { runnerName, runnerOfCheckpoint } from '../progress/names.ts';
import type { Progress } from '../progress/progress.ts';
import { pause } from '../progress/back-off.ts';
import type { Versions } from '../progress/versions.ts';

const POLL_MS = 20;
/** A runner of this process may have lost its place to another process while it was waited for. */
const LOOK_AGAIN_MS = 1_000;

type WaitOptions = { readonly deadlineMs: number; readonly signal?: AbortSignal };

/** True as soon as the active builds of these projections have passed the position; false at the deadline. Name only those whose views are read and that handle what was written. */
export type Reached = (projections: readonly string[], position: Position, options: WaitOptions) => Promise<boolean>;

/** How far each runner has come, wherever it runs. */
export type Positions = { wait(runner: string, position: Position, signal: AbortSignal): Promise<void> };

/** Resolves when the active build of a projector has passed the position, also when another build becomes active meanwhile; rejects when the signal aborts. */
export type WhenPassed = (projector: string, position: Position, signal: AbortSignal) => Promise<void>;

export function whenPassed({ versions, positions }: { readonly versions: Pick<Versions, 'active' | 'onChange'>; readonly positions: Positions }): WhenPassed {
  return async (name, position, signal) => {
    for (;;) {
      const changed = new AbortController();
      using _listening = versions.onChange((projection) => {
        if (projection === name) changed.abort();
      });
      try {
        await positions.wait(runnerName({ name, kind: 'projector' }, versions.active(name)), position, AbortSignal.any([signal, changed.signal]));
        return;
      } catch (error) {
        if (signal.aborted || !changed.signal.aborted) throw error;
      }
    }
  };
}

export function waitUntilReached(passed: WhenPassed): Reached {
  return async (projections, position, { deadlineMs, signal }) => {
    const stop = new AbortController();
    const deadline = setTimeout(() => stop.abort(), deadlineMs);
    const either = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
    try {
      await Promise.all(projections.map((name) => passed(name, position, either)));
      return true;
    } catch (error) {
      if (either.aborted) return false;
      throw error;
    } finally {
      clearTimeout(deadline);
      stop.abort();
    }
  };
}

/**
 * The positions of runners in any process: of those at work in this one by being told, of the others by looking at their
 * checkpoints, all who wait sharing one look.
 */
export function positionsAnywhere(views: Pick<Views, 'checkpoints'>, local?: { readonly progress: Progress; runsHere(runner: string): boolean }): Positions {
  let looking: Promise<ReadonlyMap<string, Position>> | undefined;
  const look = () =>
    (looking ??= views
      .checkpoints()
      .then(byRunner)
      .finally(() => (looking = undefined)));

  return {
    wait: async (runner, position, signal) => {
      for (;;) {
        if (local?.runsHere(runner) === true && (await local.progress.waitFor(runner, position, { ms: LOOK_AGAIN_MS, signal }))) return;
        if (covers((await look()).get(runner), position)) return;
        await pause(POLL_MS, signal);
        signal.throwIfAborted();
      }
    },
  };
}

function byRunner(checkpoints: ReadonlyMap<string, string>): ReadonlyMap<string, Position> {
  const positions = new Map<string, Position>();
  for (const [checkpoint, stored] of checkpoints) {
    const runner = runnerOfCheckpoint(checkpoint);
    const merged = merge(positions.get(runner), positionOf(stored));
    if (merged !== undefined) positions.set(runner, merged);
  }
  return positions;
}
