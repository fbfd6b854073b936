/** Times of reading pages one after the other. */
import { formatRate } from '../shared/statistics.ts';

export const PAGE_LIMIT = 20;

/** Milliseconds of each call. */
export async function timeEach(count: number, work: (i: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now();
    await work(i);
    times.push(performance.now() - startedAt);
  }
  return times;
}

export const formatPagesPerSecond = (times: readonly number[]): string => formatRate((1_000 * times.length) / times.reduce((sum, time) => sum + time, 0));
