/**
 * Adds a job for each schedule whose time has come, or comes before the next sweep. The view only names them: the job asks the log. The
 * first sweep of a process looks at all active ones, for a process may have begun with other zone data than those that their moments were
 * computed with.
 */
import { plus, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import { instantOfLocal } from '../../../domain/shared/local-time.ts';
import { dueScheduleIn, endOfDueSchedules, type ScheduleDocument } from '../../../projections/read-models/notifications/schedules.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import type { Sweep } from '../../jobs/sweeper.ts';
import type { DueSchedule, ScheduleJobs } from './schedule-jobs.ts';

export const SCHEDULES_SWEEP_EVERY_MS = 10 * SECOND_MS;
/** The next sweep begins by then, and its view may be late. */
const AHEAD_MS = 2 * SCHEDULES_SWEEP_EVERY_MS;
const PAGE_MAX = 500;

type Dependencies = { readonly jobs: ScheduleJobs; readonly views: Pick<TidingsViews, 'pluck' | 'find'>; readonly clock: () => Instant };

export function sweepSchedules(dependencies: Dependencies): Sweep {
  const { jobs, views, clock } = dependencies;
  let areZonesChecked = false;
  return {
    name: 'schedules',
    everyMs: SCHEDULES_SWEEP_EVERY_MS,
    sweep: async () => {
      let found = 0;
      const now = clock();
      const until = endOfDueSchedules(plus(now, AHEAD_MS));
      for (let after: string | undefined = ''; after !== undefined;) {
        const page: readonly string[] = await views.pluck('schedules', 'due', { range: { field: 'due', after, until }, order: { due: 1 }, limit: PAGE_MAX });
        found += page.length;
        after = page.length < PAGE_MAX ? undefined : page.at(-1);
        if ((await jobs.add(page.map(dueScheduleIn), now)) === 'full') break;
      }
      if (!areZonesChecked) found += await checkZones(dependencies, now);
      areZonesChecked = true;
      return found;
    },
  };
}

/** Those whose next occurrence is at another moment by the zone data of this process: their job records it. */
async function checkZones({ jobs, views }: Dependencies, now: Instant): Promise<number> {
  let found = 0;
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: readonly ScheduleDocument[] = await views.find('schedules', {
      where: { status: 'active' },
      range: { field: '_id', after },
      order: { _id: 1 },
      limit: PAGE_MAX,
    });
    const moved = page.filter(isMoved).map(({ schedule }): DueSchedule => ({ schedule, dueAt: now }));
    found += moved.length;
    after = page.length < PAGE_MAX ? undefined : page.at(-1)?.schedule;
    await jobs.add(moved, now);
  }
  return found;
}

const isMoved = ({ recurrence: { clock, zone }, next }: ScheduleDocument): boolean =>
  next !== null && clock === 'zone' && instantOfLocal(next.local, zone) !== next.at;
