/** How often one caller may do one thing. Losing the counts lets a little more through. */
export type Limit = { readonly name: string; readonly points: number; readonly windowSeconds: number };

export type RateLimit = AsyncDisposable & {
  take(
    limit: Limit,
    caller: string,
    points?: number,
  ): Promise<{ readonly allowed: true; readonly remaining: number } | { readonly allowed: false; readonly retryAfterMs: number }>;
  /** What was taken and allowed a moment ago came to nothing, and not by the caller's doing. */
  giveBack(limit: Limit, caller: string, points?: number): Promise<void>;
};
