/** Adding jobs that a sweeper would add as well: a queue that takes no more is no failure, only later. */
import { QueueFull, type Job, type JobQueue } from '../ports/job-queue/port.ts';
import type { Report } from './report.ts';

export type AddJobsDependencies = { readonly jobs: Pick<JobQueue, 'add'>; readonly report: Report };

export async function addJobs({ jobs, report }: AddJobsDependencies, queue: string, added: readonly Job[]): Promise<'added' | 'full'> {
  if (added.length === 0) return 'added';
  try {
    await jobs.add(queue, added);
    return 'added';
  } catch (error) {
    if (!(error instanceof QueueFull)) throw error;
    report({ event: 'queue-full', queue, leftOut: added.length });
    return 'full';
  }
}
