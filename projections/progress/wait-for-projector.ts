/** Waiting until a projector has passed a position, wherever it runs. */
import type { Position } from '../../ports/event-log/port.ts';
import type { ActiveVersions } from './active-versions.ts';
import { runnerName } from './names.ts';
import type { Patience, Positions } from './positions.ts';

/** Resolves when the active build of a projector has passed the position, also when another build becomes active meanwhile; rejects when the signal aborts. */
export type WaitForProjector = {
  (projector: string, position: Position, signal: AbortSignal, patience?: Patience): Promise<void>;
  /** Whether this process knows that there is nothing to wait for. */
  readonly hasPassed: (projector: string, position: Position) => boolean;
};

type WaitDependencies = {
  readonly versions: Pick<ActiveVersions, 'active' | 'onChange'>;
  readonly positions: Pick<Positions, 'hasPassed' | 'waitHere' | 'wait'>;
};

export function createWaitForProjector({ versions, positions }: WaitDependencies): WaitForProjector {
  const active = (name: string) => runnerName({ name, kind: 'projector' }, versions.active(name));

  const hasPassed = (name: string, position: Position) => positions.hasPassed(active(name), position);

  const wait = async (name: string, position: Position, signal: AbortSignal, patience?: Patience): Promise<void> => {
    for (;;) {
      signal.throwIfAborted();
      if (hasPassed(name, position)) return;
      const waiting = positions.waitHere(active(name), position, signal);
      if (waiting === undefined) break;
      await waiting; // a build that is replaced meanwhile is not worked on any longer, which ends this
    }
    for (;;) {
      const changed = new AbortController();
      using _listening = versions.onChange((projection) => {
        if (projection === name) changed.abort();
      });
      try {
        await positions.wait(active(name), position, AbortSignal.any([signal, changed.signal]), patience);
        return;
      } catch (error) {
        if (signal.aborted || !changed.signal.aborted) throw error;
      }
    }
  };
  return Object.assign(wait, { hasPassed });
}
