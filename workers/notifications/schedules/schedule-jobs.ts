import type { ScheduleId } from '../../../domain/shared/ids.ts';
import { msBetween, type Instant } from '../../../domain/shared/instant.ts';
import { addJobs, type AddJobsDependencies } from '../../jobs/add-jobs.ts';

export const SCHEDULES_QUEUE = 'schedules-due';
export const SCHEDULES_CONCURRENCY = 8;

export type DueSchedule = { readonly schedule: ScheduleId; readonly dueAt: Instant };

/** Jobs that are due later than `delayMaxMs` are left to a later sweep. */
export type ScheduleJobs = { add(due: readonly DueSchedule[], now: Instant): Promise<'added' | 'full'> };

/**
 * A job is named by its schedule and the moment that it is due, so that nobody doubles it; one that is due already has a name of its own,
 * for under the other name a job may still wait, by a clock that has been set since.
 */
export const scheduleJobs = (dependencies: AddJobsDependencies, { delayMaxMs }: { readonly delayMaxMs: number }): ScheduleJobs => ({
  add: (due, now) => {
    const jobs = due.map((one) => jobOf(one, now)).filter(({ delayMs }) => delayMs <= delayMaxMs);
    return jobs.length === 0 ? Promise.resolve('added') : addJobs(dependencies, SCHEDULES_QUEUE, jobs);
  },
});

function jobOf({ schedule, dueAt }: DueSchedule, now: Instant) {
  const delayMs = Math.max(0, msBetween(now, dueAt));
  return { id: `${schedule}:${delayMs === 0 ? 'due' : dueAt}`, data: { schedule }, delayMs };
}
