/**
 * The job queue: work that is due now or within minutes. Each job runs at least once, in no promised order. Work that is due later
 * waits in the views, and a sweeper re-creates every lost job. A job carries ids only, never anything personal.
 *
 * A queue's name has the priority of its jobs, where these have one: several queues share a consumer's concurrency.
 */
import { Outage } from '../outage.ts';

export const JOB_DELAY_MAX_MS = 10 * 60 * 1_000;
/** A server does nothing else while it adds them. */
export const JOBS_AT_ONCE_MAX = 1_000;

export type Job = {
  /** While a job of this id is waiting or running, adding it again does nothing. */
  readonly id: string;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
  readonly delayMs?: number;
};

/**
 * `active` jobs run now. The age is that of the job that has been due for longest and does not run yet. `finished` counts the jobs that
 * were done or dropped, whoever did them: what it grows by in a time is how fast the queue is worked off. It begins at 0 again where the
 * queue's memory was lost.
 */
export type QueueDepth = {
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly oldestAgeMs: number;
  readonly finished: number;
};

/** The queue has `waitingMax` jobs and takes no more. */
export class QueueFull extends Outage {
  override readonly name = 'QueueFull';
}

/** The queue can’t be reached, or doesn’t answer in time. What was to be added may or may not have been. */
export class JobQueueUnavailable extends Outage {
  override readonly name = 'JobQueueUnavailable';
}

/** The options of every adapter. */
export type JobQueueOptions = {
  /** Most jobs that wait in one queue, including delayed ones. */
  readonly waitingMax: number;
  /** Attempts before a job is dropped. */
  readonly attemptsMax?: number;
  /** The n-th retry comes after a random delay of up to this times 2ⁿ⁻¹, and at most `retryMaxMs`. */
  readonly retryFirstMs?: number;
  readonly retryMaxMs?: number;
  /** From 0 inclusive to 1 exclusive. */
  readonly random?: () => number;
  /** A job was dropped after its last attempt. A sweeper re-creates it, if it still matters. */
  readonly onDropped: (queue: string, job: Job, error: unknown) => void;
};

export const JOB_ATTEMPTS_MAX = 5;
export const JOB_RETRY_FIRST_MS = 1_000;
export const JOB_RETRY_MAX_MS = 60_000;

/**
 * By queue, a number above 0. While all of them have work, jobs start in proportion to the shares, so that none ever starves; what
 * one does not use, the others have.
 */
export type QueueShares = Readonly<Record<string, number>>;

/** Whatever is asked of it, a queue on a server may answer `JobQueueUnavailable`. Its consumers go on by themselves when the server is back. */
export type JobQueue = AsyncDisposable & {
  /** Adds all of them or, with `QueueFull`, none. Throws for delays over `JOB_DELAY_MAX_MS` and for more than `JOBS_AT_ONCE_MAX`. */
  add(queue: string, jobs: readonly Job[]): Promise<void>;
  /** When the handler throws, the job is retried with growing, jittered delays, up to `attemptsMax` times. Stopping waits for running jobs. */
  consume(queues: string | QueueShares, options: { readonly concurrency: number }, handler: (job: Job) => Promise<void>): AsyncDisposable;
  depth(queue: string): Promise<QueueDepth>;
  /** Every queue that a job was ever added to, or that is consumed. */
  queues(): Promise<readonly string[]>;
};
