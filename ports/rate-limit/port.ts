/** How often a caller may do something. Losing the counts lets a little more through. */
export type Limit = { readonly name: string; readonly points: number; readonly windowSeconds: number };

export type LimitDecision = { readonly allowed: true; readonly remaining: number } | { readonly allowed: false; readonly retryAfterMs: number };

export type RateLimit = AsyncDisposable & {
  take(limit: Limit, caller: string, points?: number): Promise<LimitDecision>;
  /**
   * One point for the operation with this id, for callers that may have to repeat it: an operation that was allowed is allowed again
   * within the window, and counts once. Only so many are remembered; a forgotten one counts once more.
   */
  takeOnce(limit: Limit, caller: string, operation: string): Promise<LimitDecision>;
  /** Returns points that were taken for something that failed, and not through the caller's fault. */
  refund(limit: Limit, caller: string, points?: number): Promise<void>;
};
