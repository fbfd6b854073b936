/** Holds long work to so many bytes a second, so that what runs beside it keeps the disk and the event loop. */
import { setTimeout as delay } from 'node:timers/promises';
import { SECOND_MS } from '../../domain/shared/instant.ts';

/** What was not used for longer is lost: a burst after a pause, such as one for the disk, would be felt by whoever is served meanwhile. */
const BURST_MS = 50;
const WAIT_LEAST_MS = 5;

/** Waits until these bytes may be followed by others. */
export type Pace = (bytes: number) => Promise<void>;

export function paceOf(bytesPerSecondMax: number, signal: AbortSignal | undefined, nowMs: () => number = () => performance.now()): Pace {
  let dueMs = nowMs();
  return async (bytes) => {
    signal?.throwIfAborted();
    dueMs = Math.max(dueMs, nowMs() - BURST_MS) + (bytes / bytesPerSecondMax) * SECOND_MS;
    const waitMs = dueMs - nowMs();
    if (waitMs > WAIT_LEAST_MS) await delay(waitMs, undefined, signal === undefined ? {} : { signal });
  };
}
