/** Statistics of measured values, and how they are printed. */

/** The value below which this share of the values lies; NaN if there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1_000;

export const formatRate = (perSecond: number): string => Math.round(perSecond).toLocaleString('en');
export const formatRatio = (value: number, other: number): string => (value / other).toFixed(2);
