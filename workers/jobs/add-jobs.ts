/** Adds jobs that a sweeper would add as well: a full queue is no failure, the sweeper adds the rest later. */
import { JOBS_AT_ONCE_MAX, QueueFull, type Job, type JobQueue } from '../../ports/job-queue/port.ts';
import type { WorkersReporter } from '../telemetry-events.ts';

export type AddJobsDependencies = { readonly jobs: Pick<JobQueue, 'add'>; readonly report: WorkersReporter };

/** `full`: the last ones were left out. */
export async function addJobs({ jobs, report }: AddJobsDependencies, queue: string, added: readonly Job[]): Promise<'added' | 'full'> {
  const leftOut = await addWhatFits(jobs, queue, added);
  if (leftOut === 0) return 'added';
  report({ event: 'queue-full', queue, leftOut });
  return 'full';
}

/** A queue takes all of a call or none, and not too many at once, so as many as fit are found by halving. Returns how many were left out. */
async function addWhatFits(jobs: Pick<JobQueue, 'add'>, queue: string, added: readonly Job[]): Promise<number> {
  if (added.length === 0) return 0;
  try {
    if (added.length <= JOBS_AT_ONCE_MAX) {
      await jobs.add(queue, added);
      return 0;
    }
  } catch (error) {
    if (!(error instanceof QueueFull)) throw error;
    if (added.length === 1) return 1;
  }
  const middle = Math.min(JOBS_AT_ONCE_MAX, Math.ceil(added.length / 2));
  const leftOut = await addWhatFits(jobs, queue, added.slice(0, middle));
  return leftOut > 0 ? leftOut + added.length - middle : addWhatFits(jobs, queue, added.slice(middle));
}
