/**
 * Recipients of long lists for whom nothing could be planned, because of a fault in their own data such as an event that can't be
 * decoded. Each is reported, kept, and planned again at intervals until the fault is mended or the notification has expired.
 */
import type { NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { MINUTE_MS, plus, type Instant } from '../../../domain/shared/instant.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import { addJobs, type AddJobsDependencies } from '../../jobs/add-jobs.ts';
import type { Sweep } from '../../jobs/sweeper.ts';
import type { OpenWork } from '../../open-work/open-work.ts';
import type { Progress } from '../../open-work/work-progress.ts';
import type { WorkersReporter } from '../../telemetry-events.ts';
import type { LoadNotification } from './load-notification.ts';
import { planRecipients, type PlanRecipientsDependencies, type RecipientFault } from './plan-recipients.ts';

export const FAILED_RECIPIENTS_QUEUE = 'plan-unplanned';
export const FAILED_RECIPIENTS_CONCURRENCY = 1;
/** An operator mends the fault, so there is no hurry, and each try is a line of the log. */
const RETRY_AFTER_MS = 5 * MINUTE_MS;
const SWEPT_MAX = 1_000;

/** Id: `failedRecipientId`. */
export type FailedRecipient = { readonly notification: NotificationId; readonly recipient: PersonId; readonly triedAt: Instant };

/** Prepared by the reactor that plans. */
export const failedRecipientsSchema = { unplanned: [{ fields: ['triedAt'] }] } as const;

const failedRecipientId = ({ notification, recipient }: Omit<FailedRecipient, 'triedAt'>): string => `${notification}:${recipient}`;

type KeepDependencies = { readonly progress: Pick<Progress, 'put'>; readonly report: WorkersReporter; readonly clock: () => Instant };

export function keepFailedRecipients({ progress, report, clock }: KeepDependencies, notification: NotificationId, faults: readonly RecipientFault[]): void {
  for (const { recipient, error } of faults) {
    report({ event: 'recipient-unplanned', notification, recipient, error });
    progress.put('unplanned', failedRecipientId({ notification, recipient }), { notification, recipient, triedAt: clock() } satisfies FailedRecipient);
  }
}

export type PlanFailedRecipientDependencies = {
  readonly loadNotification: LoadNotification;
  readonly planning: PlanRecipientsDependencies;
  readonly progress: Pick<Progress, 'finish' | 'put'>;
};

/** The job of one recipient. */
export const planFailedRecipient =
  ({ loadNotification, planning, progress }: PlanFailedRecipientDependencies) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const notification = data['notification'] as NotificationId;
    const recipient = data['recipient'] as PersonId;
    const request = await loadNotification(notification);
    const isOver = request === undefined || request.cancelled || request.requested.expiresAt <= planning.clock();
    const faults = isOver ? [] : await planRecipients(planning, request, [recipient]);
    if (faults.length === 0) return progress.finish('unplanned', failedRecipientId({ notification, recipient }));
    keepFailedRecipients({ ...planning, progress }, notification, faults);
  };

export const sweepFailedRecipients = (dependencies: AddJobsDependencies & { readonly openWork: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'unplanned',
  everyMs: MINUTE_MS,
  sweep: async () => {
    const until = plus(dependencies.clock(), -RETRY_AFTER_MS);
    const failed = await dependencies.openWork.longestWaiting<FailedRecipient>('unplanned', { field: 'triedAt', until, limit: SWEPT_MAX });
    await addJobs(dependencies, FAILED_RECIPIENTS_QUEUE, failed.map(failedRecipientJob));
    return failed.length;
  },
});

const failedRecipientJob = ({ notification, recipient }: FailedRecipient): Job => ({
  id: failedRecipientId({ notification, recipient }),
  data: { notification, recipient },
});
