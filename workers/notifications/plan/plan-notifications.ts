/**
 * What was requested becomes a delivery for each recipient and each way to them, whose id follows from these, so that planning
 * twice plans once. A few recipients are planned at once; a longer list in ranges, each a job, begun and swept like a fan-out. One who
 * can't be planned for stops neither the others nor the ranges behind.
 */
import type { NotificationEvent } from '../../../domain/notifications/events.ts';
import type { NotificationId } from '../../../domain/shared/ids.ts';
import { plus, type Instant } from '../../../domain/shared/instant.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import type { Reactor } from '../../../projections/projection.ts';
import { addJobs, type AddJobsDependencies } from '../../jobs/add-jobs.ts';
import type { OpenWork } from '../../open-work/open-work.ts';
import type { Progress } from '../../open-work/progress.ts';
import type { Sweep } from '../../jobs/sweeper.ts';
import { planFor, type PlanDependencies, type PlanFor } from './plan-recipients.ts';
import { loadNotification } from './load-notification.ts';
import { keepFailedRecipients, failedRecipientsSchema } from './failed-recipients.ts';

export const PLAN_QUEUE = 'plan-notifications';
export const PLAN_CONCURRENCY = 4;
/** So many recipients are planned where they stand; planning more would hold up the events behind. */
const PLANNED_AT_ONCE_MAX = 20;
export const PLANNED_IN_RANGE_MAX = 200;
const STALLED_MS = 30_000;
const SWEPT_MAX = 1_000;

/** Id: the notification. `next` is the number of the recipient that comes next. */
export type Planning = { readonly notification: NotificationId; readonly next: number; readonly movedAt: Instant };

type RequestedEvent = Extract<NotificationEvent, { type: 'notifications.requested.v1' }>;

export const planNotifications = (dependencies: PlanDependencies): Reactor<RequestedEvent> => ({
  kind: 'reactor',
  name: 'plan-notifications',
  version: 1,
  handles: ['notifications.requested.v1'],
  after: [],
  indexes: { plannings: [{ fields: ['movedAt'] }], ...failedRecipientsSchema },
  begin: (event, { plannings }) => {
    const { notification, recipients } = event.data;
    if (recipients.length > PLANNED_AT_ONCE_MAX) plannings?.update(notification, event, () => ({ notification, next: 0, movedAt: event.metadata.at }));
  },
  react: async (event) => {
    const { notification, recipients } = event.data;
    if (recipients.length > PLANNED_AT_ONCE_MAX) await addJobs(dependencies, PLAN_QUEUE, [planJob({ notification, next: 0 })]);
    else await planAtOnce(dependencies, { event, requested: event.data });
  },
});

/** Whom a fault left out is in the dead letter, and with it the others, who are planned. */
async function planAtOnce(dependencies: PlanDependencies, asked: PlanFor): Promise<void> {
  const [fault] = await planFor(dependencies, asked, asked.requested.recipients);
  if (fault !== undefined) throw fault.error;
}

/** One range of recipients. A cancelled notification is planned no further; what was planned of it is cancelled by those who cancel. */
export const planRange =
  (dependencies: PlanDependencies & { readonly progress: Pick<Progress, 'moved' | 'finished' | 'noted'> }) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { progress, clock } = dependencies;
    const notification = data['notification'] as NotificationId;
    const first = data['next'] as number;
    const asked = await loadNotification(dependencies, notification);
    if (asked === undefined || asked.cancelled) return progress.finished('plannings', notification);
    const next = first + PLANNED_IN_RANGE_MAX;
    keepFailedRecipients(dependencies, notification, await planFor(dependencies, asked, asked.requested.recipients.slice(first, next)));
    if (next >= asked.requested.recipients.length) return progress.finished('plannings', notification);
    await addJobs(dependencies, PLAN_QUEUE, [planJob({ notification, next })]);
    progress.moved('plannings', notification, { next, movedAt: clock() });
  };

export const sweepPlannings = (dependencies: AddJobsDependencies & { readonly begun: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'plannings',
  everyMs: STALLED_MS / 2,
  sweep: async () => {
    const stalled = await dependencies.begun.since<Planning>('plannings', {
      field: 'movedAt',
      until: plus(dependencies.clock(), -STALLED_MS),
      limit: SWEPT_MAX,
    });
    await addJobs(dependencies, PLAN_QUEUE, stalled.map(planJob));
    return stalled.length;
  },
});

const planJob = ({ notification, next }: Pick<Planning, 'notification' | 'next'>): Job => ({ id: `${notification}:${next}`, data: { notification, next } });
