/**
 * Work that is due now or within minutes. At least once, in no promised order; what is later than that waits in the views, and
 * a sweeper re-creates every job that got lost. A job carries ids only, never anything personal.
 */
export const JOB_DELAY_MAX_MS = 10 * 60 * 1_000;

/** From 1, which is first, to this. */
export const JOB_PRIORITY_MAX = 10;
export const JOB_PRIORITY_DEFAULT = 5;

export type Job = {
  /** While a job of this id is waiting or running, adding it again does nothing. */
  readonly id: string;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
  readonly delayMs?: number;
  /** A whole number; of equal ones the first to be due is taken first. */
  readonly priority?: number;
};

/** `active` is what runs; the age is of the job that has been due for longest and does not run yet. */
export type QueueDepth = { readonly waiting: number; readonly delayed: number; readonly active: number; readonly oldestAgeMs: number };

/** The queue has so many waiting that it takes no more. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

/** How a job queue is set up, whichever it is. */
export type JobQueueOptions = {
  /** Most jobs that wait in one queue, delayed ones included. */
  readonly waitingMax: number;
  /** How often a job is tried before it is dropped. */
  readonly attemptsMax?: number;
  /** The n-th retry comes after anything up to this times 2ⁿ⁻¹, and up to `retryMaxMs`. */
  readonly retryFirstMs?: number;
  readonly retryMaxMs?: number;
  /** A job was dropped after its last attempt. A sweeper will make it again, if it still matters. */
  readonly onDropped: (queue: string, job: Job, error: unknown) => void;
};

export const JOB_ATTEMPTS_MAX = 5;
export const JOB_RETRY_FIRST_MS = 1_000;
export const JOB_RETRY_MAX_MS = 60_000;

export type JobQueue = AsyncDisposable & {
  /** All of them or, with `QueueFull`, none. Longer delays than `JOB_DELAY_MAX_MS` and other priorities are errors. */
  add(queue: string, jobs: readonly Job[]): Promise<void>;
  /** A handler that throws has its job tried again with growing, jittered delays, a named number of times. Stopping waits for what runs. */
  consume(queue: string, options: { readonly concurrency: number }, handler: (job: Job) => Promise<void>): AsyncDisposable;
  depth(queue: string): Promise<QueueDepth>;
  queues(): readonly string[];
};
