/**
 * Plans a delivery for each recipient of a requested notification and each of the recipient's destinations. A delivery's id follows
 * from these, so planning twice plans once. A few recipients are planned at once; a longer list in ranges, each of which is a job,
 * opened and swept like a fan-out. A recipient that can't be planned stops neither the others nor the ranges behind.
 */
import type { NotificationEvent } from '../../../domain/notifications/events.ts';
import type { NotificationId } from '../../../domain/shared/ids.ts';
import { plus, type Instant } from '../../../domain/shared/instant.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import type { TidingsReactor } from '../../../projections/read-models/projectors.ts';
import { addJobs, type AddJobsDependencies } from '../../jobs/add-jobs.ts';
import type { Sweep } from '../../jobs/sweeper.ts';
import type { OpenWork } from '../../open-work/open-work.ts';
import type { Progress } from '../../open-work/work-progress.ts';
import { keepFailedRecipients, failedRecipientsSchema } from './failed-recipients.ts';
import type { LoadNotification } from './load-notification.ts';
import { planRecipients, PLANNER, type PlanRecipientsDependencies, type PlanRequest } from './plan-recipients.ts';

export const PLAN_QUEUE = 'plan-notifications';
export const PLAN_CONCURRENCY = 4;
/** So many recipients are planned by the reactor itself; more would hold up the events behind. */
const PLANNED_AT_ONCE_MAX = 20;
export const PLANNED_IN_RANGE_MAX = 200;
const STALLED_MS = 30_000;
const SWEPT_MAX = 1_000;

/** Id: the notification. `next` is the index of the next recipient. */
export type OpenPlanning = { readonly notification: NotificationId; readonly next: number; readonly movedAt: Instant };

type Requested = Extract<NotificationEvent, { type: 'notifications.requested.v1' }>;

export const planNotifications = (dependencies: PlanRecipientsDependencies & AddJobsDependencies): TidingsReactor<Requested> => ({
  kind: 'reactor',
  name: PLANNER,
  version: 1,
  handles: ['notifications.requested.v1'],
  after: [],
  indexes: { plannings: [{ fields: ['movedAt'] }], ...failedRecipientsSchema },
  openWork: (event, { plannings }) => {
    const { notification, recipients } = event.data;
    if (recipients.length > PLANNED_AT_ONCE_MAX) plannings?.update(notification, event, () => ({ notification, next: 0, movedAt: event.metadata.at }));
  },
  react: async (event) => {
    const { notification, recipients, list } = event.data;
    if (list !== undefined) return; // planned range by range, in `lists/`
    if (recipients.length > PLANNED_AT_ONCE_MAX) await addJobs(dependencies, PLAN_QUEUE, [planJob({ notification, next: 0 })]);
    else await planShortList(dependencies, { event, requested: event.data });
  },
});

/** A fault of one recipient makes the event a dead letter, whose other recipients are planned nevertheless. */
async function planShortList(dependencies: PlanRecipientsDependencies, request: PlanRequest): Promise<void> {
  const [fault] = await planRecipients(dependencies, request, request.requested.recipients);
  if (fault !== undefined) throw fault.error;
}

export type PlanRangeDependencies = {
  readonly loadNotification: LoadNotification;
  readonly planning: PlanRecipientsDependencies;
  readonly progress: Pick<Progress, 'advance' | 'finish' | 'put'>;
} & AddJobsDependencies;

/** The job of one range of recipients. A cancelled notification is planned no further; `cancel-deliveries.ts` cancels what was planned of it. */
export const planRange =
  (dependencies: PlanRangeDependencies) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { loadNotification, planning, progress } = dependencies;
    const notification = data['notification'] as NotificationId;
    const first = data['next'] as number;
    const request = await loadNotification(notification);
    if (request === undefined || request.cancelled) return progress.finish('plannings', notification);
    const next = first + PLANNED_IN_RANGE_MAX;
    const faults = await planRecipients(planning, request, request.requested.recipients.slice(first, next));
    keepFailedRecipients({ ...planning, progress }, notification, faults);
    if (next >= request.requested.recipients.length) return progress.finish('plannings', notification);
    await addJobs(dependencies, PLAN_QUEUE, [planJob({ notification, next })]);
    progress.advance('plannings', notification, { next, movedAt: planning.clock() });
  };

export const sweepPlannings = (dependencies: AddJobsDependencies & { readonly openWork: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'plannings',
  everyMs: STALLED_MS / 2,
  sweep: async () => {
    const until = plus(dependencies.clock(), -STALLED_MS);
    const stalled = await dependencies.openWork.longestWaiting<OpenPlanning>('plannings', { field: 'movedAt', until, limit: SWEPT_MAX });
    await addJobs(dependencies, PLAN_QUEUE, stalled.map(planJob));
    return stalled.length;
  },
});

const planJob = ({ notification, next }: Pick<OpenPlanning, 'notification' | 'next'>): Job => ({
  id: `${notification}:${next}`,
  data: { notification, next },
});
