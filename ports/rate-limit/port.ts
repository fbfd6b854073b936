/** How often one caller may do one thing. Losing the counts lets a little more through. */
export type Limit = { readonly name: string; readonly points: number; readonly windowSeconds: number };

export type Taken = { readonly allowed: true; readonly remaining: number } | { readonly allowed: false; readonly retryAfterMs: number };

export type RateLimit = AsyncDisposable & {
  take(limit: Limit, caller: string, points?: number): Promise<Taken>;
  /**
   * One point for this very thing, for who may have to ask again for it: what was allowed is allowed again as long as it counts, and
   * counts once. Only so many are remembered; what was forgotten counts once more.
   */
  takeOnce(limit: Limit, caller: string, what: string): Promise<Taken>;
  /** What was taken and allowed a moment ago came to nothing, and not by the caller's doing. */
  giveBack(limit: Limit, caller: string, points?: number): Promise<void>;
};
