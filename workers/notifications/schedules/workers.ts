/** The workers of schedules, and of what is sent on each recipient's own clock. */
import type { RateLimit } from '../../../ports/rate-limit/port.ts';
import type { CommandGiver, DomainReader, RoleWorkers, WorkerViews, WorkTracking } from '../../dependencies.ts';
import type { LoadNotification } from '../plan/load-notification.ts';
import { advanceScheduleOf } from './advance-schedule.ts';
import { followZones } from './follow-zones.ts';
import { requestOccurrences } from './request-occurrences.ts';
import { scheduleJobs, SCHEDULES_CONCURRENCY, SCHEDULES_QUEUE } from './schedule-jobs.ts';
import { sweepSchedules } from './sweep-schedules.ts';

type Dependencies = {
  readonly reader: DomainReader;
  readonly loadNotification: LoadNotification;
  readonly commandGiver: CommandGiver;
  readonly views: WorkerViews;
  readonly rateLimit: Pick<RateLimit, 'take' | 'refund'>;
  readonly work: WorkTracking;
};

type ScheduleWorkers = {
  readonly planning: Required<Omit<RoleWorkers, 'sweeps'>>;
  readonly schedules: Required<Pick<RoleWorkers, 'sweeps'>>;
};

export function scheduleWorkers(
  { reader, loadNotification, commandGiver, views, rateLimit, work }: Dependencies,
  config: { readonly delayMaxMs: number },
): ScheduleWorkers {
  const { clock } = work;
  return {
    planning: {
      projections: [
        requestOccurrences({ ...commandGiver, reader, rateLimit, clock }),
        followZones({ ...commandGiver, reader, loadNotification, views: views.active, clock }),
      ],
      consumers: [{ queue: SCHEDULES_QUEUE, concurrency: SCHEDULES_CONCURRENCY, handler: advanceScheduleOf({ ...commandGiver, clock }) }],
    },
    schedules: { sweeps: [sweepSchedules({ jobs: scheduleJobs(work, config), views: views.active, clock })] },
  };
}
