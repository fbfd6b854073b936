/**
 * What every attempt at one vendor passes: its breaker, which each process has for itself, and its pace, which all processes share. Attempts wait here, in the vendor's own queue, so that a backlog
 * stays where it is until the vendor is back, and delays no other vendor's deliveries.
 */
import { createTokenBucket, type Pace } from '../../../ports/rate-limit/pace.ts';
import { RateLimitUnavailable, type RateLimit } from '../../../ports/rate-limit/port.ts';
import type { WorkersReporter } from '../../telemetry-events.ts';
import type { Sleep } from '../../jobs/sleep.ts';
import { BREAKER_DEFAULTS, createBreaker, type BreakerConfig, type VendorHealth } from './breaker.ts';

/** How often waiting attempts look whether the probe that is under way has ended. */
const PROBE_LOOK_MS = 100;

export type VendorGate = {
  /** Resolves when an attempt may be made; `release` must follow. Rejects when the signal aborts. */
  acquire(signal: AbortSignal): Promise<void>;
  /** undefined: no attempt was made after all. */
  release(health: VendorHealth | undefined): void;
  /** Whether `acquire` would wait for the pace alone. */
  isAvailable(): boolean;
};

export type VendorGateDependencies = {
  readonly rateLimit: Pick<RateLimit, 'takeToken'>;
  readonly monotonicMs: () => number;
  readonly sleep: Sleep;
  readonly report: WorkersReporter;
};

export function createVendorGate(
  { rateLimit, monotonicMs, sleep, report }: VendorGateDependencies,
  { vendor, pace, breaker: config = BREAKER_DEFAULTS }: { readonly vendor: string; readonly pace: Pace; readonly breaker?: BreakerConfig },
): VendorGate {
  const ownBucket = createTokenBucket(monotonicMs, pace);
  /** While the limits are away each process keeps the pace by itself: several are together faster than they should be, and none stands still. */
  const takeToken = async (): Promise<number> => {
    try {
      return await rateLimit.takeToken(`vendor ${vendor}`, pace);
    } catch (error) {
      if (error instanceof RateLimitUnavailable) return ownBucket.take();
      throw error;
    }
  };
  const breaker = createBreaker(
    {
      monotonicMs,
      onChange: (change) =>
        report(
          change.change === 'opened'
            ? { event: 'breaker-opened', vendor, because: change.because, openMs: change.openMs }
            : { event: 'breaker-closed', vendor },
        ),
    },
    config,
  );
  return {
    acquire: async (signal) => {
      for (let admission = breaker.admit(); admission.admit === 'wait'; admission = breaker.admit()) await sleep(admission.waitMs ?? PROBE_LOOK_MS, signal);
      try {
        const waitMs = await takeToken();
        if (waitMs > 0) {
          report({ event: 'pace-waited', vendor, waitMs });
          await sleep(waitMs, signal);
        }
      } catch (error) {
        breaker.record(undefined);
        throw error;
      }
    },
    release: (health) => breaker.record(health),
    isAvailable: () => breaker.wouldAdmit(),
  };
}
