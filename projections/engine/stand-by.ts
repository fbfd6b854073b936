/** Beside another runner's work: looking whether it goes on. */
import { covers } from '../../ports/event-log/position.ts';
import { positionOf } from '../progress/checkpoint.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import { pause } from '../progress/back-off.ts';
import type { ProjectionInstance } from './processor.ts';

export type StandbyConfig = {
  readonly standbyPollMs: number;
  /** How long another runner's checkpoint may stand still while there is more to do. */
  readonly takeOverAfterMs: number;
};

/** Resolves when the other runner has stalled, or the signal aborts. */
export async function standBy(
  { views, log }: Pick<ProjectionsDependencies, 'views' | 'log'>,
  unit: ProjectionInstance,
  { standbyPollMs, takeOverAfterMs }: StandbyConfig,
  signal: AbortSignal,
): Promise<void> {
  let last = await views.checkpoint(unit.checkpoint);
  let movedAt = performance.now();
  while (!signal.aborted) {
    await pause(standbyPollMs, signal);
    const stored = await views.checkpoint(unit.checkpoint);
    if (stored !== last) movedAt = performance.now();
    last = stored;
    const head = await log.head(unit.log);
    const isBehind = head !== undefined && !covers(positionOf(stored), head);
    if (isBehind && performance.now() - movedAt >= takeOverAfterMs) return;
  }
}
