/** What every adapter holds jobs to. */
import { JOB_ATTEMPTS_MAX, JOB_DELAY_MAX_MS, JOB_RETRY_FIRST_MS, JOB_RETRY_MAX_MS, JOBS_AT_ONCE_MAX, type Job, type JobQueueOptions } from './port.ts';

export const withDefaults = <Options extends JobQueueOptions>(options: Options) => ({
  attemptsMax: JOB_ATTEMPTS_MAX,
  retryFirstMs: JOB_RETRY_FIRST_MS,
  retryMaxMs: JOB_RETRY_MAX_MS,
  random: Math.random,
  ...options,
});

export function checkJobs(jobs: readonly Job[]): void {
  if (jobs.length > JOBS_AT_ONCE_MAX) throw new RangeError(`At most ${JOBS_AT_ONCE_MAX} jobs are added at once, not ${jobs.length}.`);
  for (const { id, delayMs = 0 } of jobs) {
    if (!(delayMs >= 0 && delayMs <= JOB_DELAY_MAX_MS)) throw new RangeError(`Job ${id}: a delay is between 0 and ${JOB_DELAY_MAX_MS} ms, not ${delayMs}.`);
  }
}

/** Full jitter: jobs that failed together don't come back together. `tries`: how often the job has failed. */
export const retryDelayMs = (
  tries: number,
  { random, retryFirstMs, retryMaxMs }: Required<Pick<JobQueueOptions, 'random' | 'retryFirstMs' | 'retryMaxMs'>>,
): number => random() * Math.min(retryMaxMs, retryFirstMs * 2 ** (tries - 1));
