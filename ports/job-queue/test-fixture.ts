/** Jobs for the contract of a job queue, and waiting for what becomes of them. */
import { setTimeout as after } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { Job, JobQueue, JobQueueOptions } from './port.ts';

export const queue = 'deliveries';
export const job = (id: string | number, more: Partial<Job> = {}): Job => ({ id: `job-${id}`, data: { delivery: `d${id}` }, ...more });
export const jobs = (count: number, more: Partial<Job> = {}) => Array.from({ length: count }, (_, i) => job(i, more));

export const WAIT_MAX_MS = 20_000;

export type Dropped = { readonly queue: string; readonly job: Job; readonly error: unknown };
type Given = { readonly jobQueue: JobQueue; readonly dropped: readonly Dropped[] };
/** Adds a test of an empty queue with these options. */
export type QueueCheck = (title: string, body: (t: ExecutionContext, given: Given) => Promise<void>, options?: Partial<JobQueueOptions>) => void;

/** `all` resolves once `enough` items came; `count` goes on counting. */
export function collect<Item>(enough: number) {
  const items: Item[] = [];
  const { promise: all, resolve, reject } = Promise.withResolvers<readonly Item[]>();
  const timeout = setTimeout(() => reject(new Error(`Of ${enough} only ${items.length} came within ${WAIT_MAX_MS} ms.`)), WAIT_MAX_MS);
  all.catch(() => undefined); // a caller that awaits it gets the error
  return {
    all,
    count: () => items.length,
    take: async (item: Item) => {
      items.push(item);
      if (items.length < enough) return;
      clearTimeout(timeout);
      resolve([...items]);
    },
  };
}

export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WAIT_MAX_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`The condition did not hold within ${WAIT_MAX_MS} ms.`);
    await after(5);
  }
}
