/** Standing by beside the active runner of another process: watching whether its checkpoint moves. */
import { covers } from '../../ports/event-log/position.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import { pause } from '../progress/back-off.ts';
import { positionOf } from '../progress/checkpoint.ts';
import type { ProjectionInstance } from './processor.ts';

export type StandbyConfig = {
  readonly standbyPollMs: number;
  /** How long the active runner's checkpoint may stand still while there is more to do. */
  readonly takeOverAfterMs: number;
};

/** Resolves when the active runner has stalled, or the signal aborts. */
export async function standBy(
  { views, log }: Pick<ProjectionsDependencies, 'views' | 'log'>,
  instance: ProjectionInstance,
  { standbyPollMs, takeOverAfterMs }: StandbyConfig,
  signal: AbortSignal,
): Promise<void> {
  let last = await views.checkpoint(instance.checkpoint);
  let movedAt = performance.now();
  while (!signal.aborted) {
    await pause(standbyPollMs, signal);
    const stored = await views.checkpoint(instance.checkpoint);
    if (stored !== last) movedAt = performance.now();
    last = stored;
    const head = await log.head(instance.log);
    const isBehind = head !== undefined && !covers(positionOf(stored), head);
    if (isBehind && performance.now() - movedAt >= takeOverAfterMs) return;
  }
}
