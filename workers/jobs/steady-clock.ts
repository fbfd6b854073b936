/**
 * Whether the clock of the day can be believed where acting on it can't be undone. A clock that was set, forwards or back, didn't run as
 * the clock that nobody sets: then nothing is done until it has run evenly between two looks. A machine that slept looks the same, and
 * waits that long, too.
 */
import { epochMs, type Instant } from '../../domain/shared/instant.ts';

const UNEVEN_MS_MAX = 10_000;

type Clocks = { readonly clock: () => Instant; readonly monotonicMs: () => number };

/** Answers the present where the clock has run evenly since the last call; undefined where it hasn't, and at the first call. */
export function steadyClock({ clock, monotonicMs }: Clocks): () => Instant | undefined {
  let before: { readonly day: number; readonly monotonic: number } | undefined;
  return () => {
    const now = clock();
    const looked = { day: epochMs(now), monotonic: monotonicMs() };
    const uneven = before === undefined ? Infinity : Math.abs(looked.day - before.day - (looked.monotonic - before.monotonic));
    before = looked;
    return uneven <= UNEVEN_MS_MAX ? now : undefined;
  };
}
