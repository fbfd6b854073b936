/** Presence is measured by a clock that nobody sets, and shown and recorded as moments of the day. */
import { instant, epochMs, type Instant } from '../../domain/shared/instant.ts';

/** The moment of the day at which the monotonic clock showed so many milliseconds. */
export type MomentOf = (monotonicMs: number) => Instant;

export const momentsOf =
  ({ clock, monotonicMs }: { readonly clock: () => Instant; readonly monotonicMs: () => number }): MomentOf =>
  (ms) =>
    instant(Math.round(epochMs(clock()) - (monotonicMs() - ms)));
