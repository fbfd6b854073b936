/**
 * Recipients of long lists for whom a fault of their own, such as an event that can't be decoded, kept anything from being planned.
 * Each is reported, kept, and tried again now and then until the fault is mended or the notification is worth nothing any more.
 */
import type { NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { MINUTE_MS, plus, type Instant } from '../../../domain/shared/instant.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import { addJobs, type AddJobsDependencies } from '../../jobs/add-jobs.ts';
import type { OpenWork } from '../../open-work/open-work.ts';
import type { Progress } from '../../open-work/progress.ts';
import type { WorkersReporter } from '../../telemetry-events.ts';
import type { Sweep } from '../../jobs/sweeper.ts';
import { planFor, type Fault, type PlanDependencies } from './plan-recipients.ts';
import { loadNotification } from './load-notification.ts';

export const FAILED_RECIPIENTS_QUEUE = 'plan-unplanned';
export const FAILED_RECIPIENTS_CONCURRENCY = 1;
/** A person mends it, so there is no hurry, and each try is a line of the log. */
const AGAIN_AFTER_MS = 5 * MINUTE_MS;
const SWEPT_MAX = 1_000;

/** Id: `unplannedId`. */
export type FailedRecipient = { readonly notification: NotificationId; readonly recipient: PersonId; readonly triedAt: Instant };

/** Prepared by the reactor that the notifications come from. */
export const failedRecipientsSchema = { unplanned: [{ fields: ['triedAt'] }] } as const;

const unplannedId = ({ notification, recipient }: Omit<FailedRecipient, 'triedAt'>): string => `${notification}:${recipient}`;

type KeepDependencies = { readonly progress: Pick<Progress, 'noted'>; readonly report: WorkersReporter; readonly clock: () => Instant };

export function keepFailedRecipients({ progress, report, clock }: KeepDependencies, notification: NotificationId, faults: readonly Fault[]): void {
  for (const { recipient, error } of faults) {
    report({ event: 'recipient-unplanned', notification, recipient, error });
    progress.noted('unplanned', unplannedId({ notification, recipient }), { notification, recipient, triedAt: clock() } satisfies FailedRecipient);
  }
}

/** One recipient. */
export const planFailedRecipients =
  (dependencies: PlanDependencies & { readonly progress: Pick<Progress, 'finished' | 'noted'> }) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const notification = data['notification'] as NotificationId;
    const recipient = data['recipient'] as PersonId;
    const asked = await loadNotification(dependencies, notification);
    const isOver = asked === undefined || asked.cancelled || asked.requested.expiresAt <= dependencies.clock();
    const faults = isOver ? [] : await planFor(dependencies, asked, [recipient]);
    if (faults.length === 0) return dependencies.progress.finished('unplanned', unplannedId({ notification, recipient }));
    keepFailedRecipients(dependencies, notification, faults);
  };

export const sweepFailedRecipients = (dependencies: AddJobsDependencies & { readonly begun: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'unplanned',
  everyMs: MINUTE_MS,
  sweep: async () => {
    const until = plus(dependencies.clock(), -AGAIN_AFTER_MS);
    const kept = await dependencies.begun.since<FailedRecipient>('unplanned', { field: 'triedAt', until, limit: SWEPT_MAX });
    await addJobs(dependencies, FAILED_RECIPIENTS_QUEUE, kept.map(unplannedJob));
    return kept.length;
  },
});

const unplannedJob = ({ notification, recipient }: FailedRecipient): Job => ({
  id: unplannedId({ notification, recipient }),
  data: { notification, recipient },
});
