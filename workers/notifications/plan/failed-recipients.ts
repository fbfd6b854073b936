/**
 * Recipients of long lists for whom a fault of their own, such as an event that can't be decoded, kept anything from being planned.
 * Each is reported, kept, and tried again now and then until the fault is mended or the notification is worth nothing any more.
 */
import type { NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { MINUTE_MS, plus, type Instant } from '../../../domain/shared/instant.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import { addJobs, type AddJobsDependencies } from '../../jobs/add-jobs.ts';
import type { BegunWork } from '../../open-work/open-work.ts';
import type { Progress } from '../../open-work/progress.ts';
import type { Report } from '../../telemetry-events.ts';
import type { Sweep } from '../../jobs/sweeper.ts';
import { planFor, type Fault, type PlanDependencies } from './plan-recipients.ts';
import { askedFor } from './load-notification.ts';

export const UNPLANNED_QUEUE = 'plan-unplanned';
export const UNPLANNED_CONCURRENCY = 1;
/** A person mends it, so there is no hurry, and each try is a line of the log. */
const AGAIN_AFTER_MS = 5 * MINUTE_MS;
const SWEPT_MAX = 1_000;

/** Id: `unplannedId`. */
export type Unplanned = { readonly notification: NotificationId; readonly recipient: PersonId; readonly triedAt: Instant };

/** Prepared by the reactor that the notifications come from. */
export const unplannedSchema = { unplanned: [{ fields: ['triedAt'] }] } as const;

const unplannedId = ({ notification, recipient }: Omit<Unplanned, 'triedAt'>): string => `${notification}:${recipient}`;

type KeepDependencies = { readonly progress: Pick<Progress, 'noted'>; readonly report: Report; readonly clock: () => Instant };

export function keepUnplanned({ progress, report, clock }: KeepDependencies, notification: NotificationId, faults: readonly Fault[]): void {
  for (const { recipient, error } of faults) {
    report({ event: 'recipient-unplanned', notification, recipient, error });
    progress.noted('unplanned', unplannedId({ notification, recipient }), { notification, recipient, triedAt: clock() } satisfies Unplanned);
  }
}

/** One recipient. */
export const planUnplanned =
  (dependencies: PlanDependencies & { readonly progress: Pick<Progress, 'finished' | 'noted'> }) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const notification = data['notification'] as NotificationId;
    const recipient = data['recipient'] as PersonId;
    const asked = await askedFor(dependencies, notification);
    const isOver = asked === undefined || asked.cancelled || asked.requested.expiresAt <= dependencies.clock();
    const faults = isOver ? [] : await planFor(dependencies, asked, [recipient]);
    if (faults.length === 0) return dependencies.progress.finished('unplanned', unplannedId({ notification, recipient }));
    keepUnplanned(dependencies, notification, faults);
  };

export const sweepUnplanned = (dependencies: AddJobsDependencies & { readonly begun: BegunWork; readonly clock: () => Instant }): Sweep => ({
  name: 'unplanned',
  everyMs: MINUTE_MS,
  sweep: async () => {
    const until = plus(dependencies.clock(), -AGAIN_AFTER_MS);
    const kept = await dependencies.begun.since<Unplanned>('unplanned', { field: 'triedAt', until, limit: SWEPT_MAX });
    await addJobs(dependencies, UNPLANNED_QUEUE, kept.map(unplannedJob));
    return kept.length;
  },
});

const unplannedJob = ({ notification, recipient }: Unplanned): Job => ({ id: unplannedId({ notification, recipient }), data: { notification, recipient } });
