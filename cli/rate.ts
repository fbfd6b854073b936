/** How fast long work goes, and how much longer it will take, for a line of progress. */
import { SECOND_MS } from '../domain/shared/instant.ts';

const MEBIBYTE = 1_048_576;
/** Before that nothing is told: the first moments say little. */
const TOLD_FROM_MS = 2_000;

export type Rate = {
  /** `12.5 MB/s`: of what was done since the rate was made. */
  of(bytes: number, unit: 'MB'): string;
  /** `, 3 min left`; empty where it can't be told. The first call says where the work began. */
  left(done: number, all: number): string;
};

export function rateOf(nowMs: () => number = () => performance.now()): Rate {
  const startedMs = nowMs();
  let first: number | undefined;
  return {
    of: (bytes, unit) => `${(bytes / MEBIBYTE / (Math.max(1, nowMs() - startedMs) / SECOND_MS)).toFixed(1)} ${unit}/s`,
    left: (done, all) => {
      first ??= done;
      const passedMs = nowMs() - startedMs;
      if (passedMs < TOLD_FROM_MS || done <= first) return '';
      return `, ${durationOf(((all - done) / (done - first)) * passedMs)} left`;
    },
  };
}

function durationOf(ms: number): string {
  const seconds = Math.ceil(ms / SECOND_MS);
  return seconds < 90 ? `${seconds} s` : seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
