/**
 * Work that is due now or within minutes. At least once, in no promised order; what is later than that waits in the views, and
 * a sweeper re-creates every job that got lost. A job carries ids only, never anything personal.
 */
export const JOB_DELAY_MAX_MS = 10 * 60 * 1_000;

export type Job = {
  /** While a job of this id is waiting or running, adding it again does nothing. */
  readonly id: string;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
  readonly delayMs?: number;
  /** 1 is first. */
  readonly priority?: number;
};

export type Depth = { readonly waiting: number; readonly delayed: number; readonly active: number; readonly oldestAgeMs: number };

/** The queue has so many waiting that it takes no more. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

export type JobQueue = AsyncDisposable & {
  add(queue: string, jobs: readonly Job[]): Promise<void>;
  /** A handler that throws has its job tried again with growing, jittered delays, a named number of times. Stopping waits for what runs. */
  work(queue: string, options: { readonly concurrency: number }, handler: (job: Job) => Promise<void>): AsyncDisposable;
  depth(queue: string): Promise<Depth>;
  queues(): readonly string[];
};
