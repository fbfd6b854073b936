/** Waiting until views have come as far as a write: how a client reads its own writes. */
import type { Position } from '../../ports/event-log/port.ts';
import type { WaitForProjector } from '../progress/wait-for-projector.ts';

type WaitOptions = { readonly deadlineMs: number; readonly signal?: AbortSignal };

/**
 * True as soon as the active builds of these projectors have passed the position; false at the deadline. Name only the projectors
 * whose views are read and that handle the written events.
 */
export type WaitForViews<ProjectorName extends string = string> = (
  projectors: readonly ProjectorName[],
  position: Position,
  options: WaitOptions,
) => Promise<boolean>;

/** One for all: to make an error for each wait, with its stack, costs more than to find that a view has come far enough. */
const OVER = new DOMException('The views were waited for long enough.', 'AbortError');

export function createWaitForViews(waitForProjector: WaitForProjector): WaitForViews {
  return async (projectors, position, { deadlineMs, signal }) => {
    if (projectors.every((name) => waitForProjector.hasPassed(name, position))) return true;
    const stop = new AbortController();
    const deadline = setTimeout(() => stop.abort(OVER), deadlineMs);
    const either = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
    try {
      await Promise.all(projectors.map((name) => waitForProjector(name, position, either)));
      return true;
    } catch (error) {
      if (either.aborted) return false;
      throw error;
    } finally {
      clearTimeout(deadline);
      stop.abort(OVER);
    }
  };
}
