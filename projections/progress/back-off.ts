/** Retrying after an outage: the delay doubles, up to a limit, with jitter, so that not everything retries at the same moment. */
import { setTimeout as delay } from 'node:timers/promises';

const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 10_000;

export function retryDelayMs(failures: number): number {
  const longest = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** (failures - 1));
  return longest / 2 + (Math.random() * longest) / 2;
}

/** Resolves after the time, or at once when the signal aborts. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> => delay(ms, undefined, { signal }).catch(() => undefined);

/** Runs `work` until it ends by itself or the signal aborts; when it throws, runs it again after a pause. Never throws. */
export async function retryUntilDone(
  signal: AbortSignal,
  work: () => Promise<void>,
  onFailure: (error: unknown, failures: number) => void = () => undefined,
): Promise<void> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (signal.aborted) return;
      onFailure(error, failures);
      await pause(retryDelayMs(failures), signal);
    }
  }
}
