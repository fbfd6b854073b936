/** Prints the feed's figures. */
import { quantile } from '../shared/statistics.ts';

export function printRow(name: string, figures: string): void {
  console.log(`  ${name.padEnd(48)} ${figures}`);
}

const formatMs = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
export const formatUs = (value: number): string => `${value.toFixed(2)} µs`;

/** Of times in milliseconds. */
export const formatSpread = (times: readonly number[]): string => `p50 ${formatMs(quantile(times, 0.5))}, p99 ${formatMs(quantile(times, 0.99))}`;
