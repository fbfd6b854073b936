/** A moment: ISO 8601 in UTC with milliseconds, so that it sorts as text, needs no conversion from JSON, and an analyst can read it. */
export type Instant = string & { readonly kind: 'instant' };

/** A day in UTC: `2026-07-01`. */
export type Day = string & { readonly kind: 'day' };

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export const instant = (epochMs: number): Instant => new Date(epochMs).toISOString() as Instant;
export const epochMs = (at: Instant): number => Date.parse(at);
export const plus = (at: Instant, ms: number): Instant => instant(epochMs(at) + ms);
export const msBetween = (earlier: Instant, later: Instant): number => epochMs(later) - epochMs(earlier);
/** Also of a local time. */
export const dayOf = (at: string): Day => at.slice(0, 'yyyy-mm-dd'.length) as Day;
export const beginOfDay = (day: Day): Instant => `${day}T00:00:00.000Z` as Instant;
