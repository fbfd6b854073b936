/**
 * How long to wait before trying again: exponentially longer, with full jitter, so that clients that were cut off at once don't come back
 * at once (Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015).
 */
export type Backoff = { readonly firstMs: number; readonly maxMs: number };

/** `tried`: how often, from 1. */
export const backoffMs = ({ firstMs, maxMs }: Backoff, tried: number, random: () => number): number =>
  random() * Math.min(maxMs, firstMs * 2 ** Math.min(tried - 1, 30));

/** Rejects with the signal's reason when it aborts. */
export function sleep(ms: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason as Error);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** A program of Node's may end while the timer runs. Browsers know no such thing. */
export function inBackground<Timer>(timer: Timer): Timer {
  (timer as { readonly unref?: () => void }).unref?.();
  return timer;
}
