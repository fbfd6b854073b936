/** Waiting until a projector has passed a position, wherever it runs. */
import type { Position } from '../../ports/event-log/port.ts';
import { covers, merge } from '../../ports/event-log/position.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import type { ActiveVersions } from './active-versions.ts';
import { pause } from './back-off.ts';
import { positionOf } from './checkpoint.ts';
import { runnerName, runnerOfCheckpoint } from './names.ts';
import type { RunnerProgress } from './progress.ts';

const POLL_MS = 20;
/** A runner of this process may lose its place to another process while a caller waits for it: how soon that is noticed. */
const LOCAL_RECHECK_MS = 1_000;

/** Resolves when the active build of a projector has passed the position, also when another build becomes active meanwhile; rejects when the signal aborts. */
export type WaitForProjector = (projector: string, position: Position, signal: AbortSignal) => Promise<void>;

/** How far each runner has come, wherever it runs. */
export type PositionWaiter = { wait(runner: string, position: Position, signal: AbortSignal): Promise<void> };

type WaitDependencies = { readonly versions: Pick<ActiveVersions, 'active' | 'onChange'>; readonly positions: PositionWaiter };

export function createWaitForProjector({ versions, positions }: WaitDependencies): WaitForProjector {
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

/**
 * Runners of this process tell their positions. Those of other processes are read from their checkpoints; callers that wait at the
 * same time share one read.
 */
export function positionsAnywhere(
  views: Pick<ViewStore, 'checkpoints'>,
  local?: { readonly progress: RunnerProgress; runsHere(runner: string): boolean },
): PositionWaiter {
  let reading: Promise<ReadonlyMap<string, Position>> | undefined;
  const readPositions = () =>
    (reading ??= views
      .checkpoints()
      .then(positionsOfRunners)
      .finally(() => (reading = undefined)));

  return {
    wait: async (runner, position, signal) => {
      for (;;) {
        if (local?.runsHere(runner) === true && (await local.progress.waitFor(runner, position, { ms: LOCAL_RECHECK_MS, signal }))) return;
        if (covers((await readPositions()).get(runner), position)) return;
        await pause(POLL_MS, signal);
        signal.throwIfAborted();
      }
    },
  };
}

/** By runner: how far it has come by its stored checkpoints. */
export function positionsOfRunners(checkpoints: ReadonlyMap<string, string>): ReadonlyMap<string, Position> {
  const positions = new Map<string, Position>();
  for (const [checkpoint, stored] of checkpoints) {
    const runner = runnerOfCheckpoint(checkpoint);
    const merged = merge(positions.get(runner), positionOf(stored));
    if (merged !== undefined) positions.set(runner, merged);
  }
  return positions;
}
