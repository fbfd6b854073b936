/** A burst at once, then so many a second, in the order in which tokens were taken. */
export type Pace = { readonly perSecond: number; readonly burst: number };

export type TokenBucket = {
  /** Takes a token; returns for how many milliseconds to wait before using it. */
  take(): number;
};

/** A token may be taken before it is there: the bucket goes below zero, and later callers wait longer. */
export function createTokenBucket(monotonicMs: () => number, { perSecond, burst }: Pace): TokenBucket {
  let tokens = burst;
  let filledAt = monotonicMs();
  return {
    take: () => {
      const now = monotonicMs();
      tokens = Math.min(burst, tokens + ((now - filledAt) * perSecond) / 1_000);
      filledAt = now;
      tokens -= 1;
      return tokens >= 0 ? 0 : Math.ceil((-tokens * 1_000) / perSecond);
    },
  };
}
