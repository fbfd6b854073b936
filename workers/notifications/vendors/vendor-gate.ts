/**
 * The way to one vendor: its breaker and its pace. Who wants to attempt waits here, in the vendor's own queue, so that a backlog
 * stays where it is until the vendor is back, and no other vendor's work waits with it.
 */
import type { WorkersReporter } from '../../telemetry-events.ts';
import type { Sleep } from '../../jobs/sleep.ts';
import { BREAKER, createBreaker, type BreakerConfig, type VendorHealth } from './breaker.ts';
import { createTokenBucket, type Pace } from './token-bucket.ts';

/** How often those who wait look whether the probe that is under way has ended. */
const PROBE_LOOK_MS = 100;

export type VendorGate = {
  /** Resolves when an attempt may be made; `leave` must follow. Rejects when the signal aborts. */
  enter(signal: AbortSignal): Promise<void>;
  /** undefined: no attempt was made after all. */
  leave(verdict: VendorHealth | undefined): void;
  /** Whether who enters now is let through, pace apart. */
  open(): boolean;
};

export function createVendorGate(
  { clockMs, sleep, report }: { readonly clockMs: () => number; readonly sleep: Sleep; readonly report: WorkersReporter },
  { vendor, pace, breaker: config = BREAKER }: { readonly vendor: string; readonly pace: Pace; readonly breaker?: BreakerConfig },
): VendorGate {
  const bucket = createTokenBucket(clockMs, pace);
  const breaker = createBreaker(
    {
      clockMs,
      changed: (change) =>
        report(
          change.change === 'opened'
            ? { event: 'breaker-opened', vendor, because: change.because, openMs: change.openMs }
            : { event: 'breaker-closed', vendor },
        ),
    },
    config,
  );
  return {
    enter: async (signal) => {
      for (let entry = breaker.enter(); entry.enter === 'wait'; entry = breaker.enter()) await sleep(entry.waitMs ?? PROBE_LOOK_MS, signal);
      const waitMs = bucket.take();
      if (waitMs === 0) return;
      try {
        await sleep(waitMs, signal);
      } catch (error) {
        breaker.leave(undefined);
        throw error;
      }
    },
    leave: (verdict) => breaker.leave(verdict),
    open: () => breaker.closed(),
  };
}
