/** How many active followers an author has, by what the last fan-outs met: one of them may have met a cache that had just lost its feeds. */
export const FAN_OUTS_COUNTED = 20;

/** The newest last. */
export const withCount = (counts: readonly number[], count: number): readonly number[] => [...counts, count].slice(-FAN_OUTS_COUNTED);

/** The mean, rounded; 0 where nothing was counted. */
export const activeFollowersOf = (counts: readonly number[]): number =>
  counts.length === 0 ? 0 : Math.round(counts.reduce((sum, count) => sum + count, 0) / counts.length);
