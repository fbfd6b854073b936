/** How long to wait before a lost connection is opened again. */
const RECONNECT_FIRST_MS = 100;
const RECONNECT_MAX_MS = 10_000;

/** Doubles with each failure in a row, up to a limit; half of it is random, so that processes don't reconnect at the same moment. */
export const reconnectDelayMs = (failures: number): number => Math.min(RECONNECT_FIRST_MS * 2 ** failures, RECONNECT_MAX_MS) * (0.5 + Math.random() / 2);

/** Ends early when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
