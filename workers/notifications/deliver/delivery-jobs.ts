/**
 * The jobs of a delivery. One that is ready goes to its vendor's queue; one whose time has yet to come, or that somebody must look
 * after, goes to a queue that calls no vendor. A job is named by the delivery and the moment it is due, as reactor and sweeper both
 * know it, so that neither doubles the other's.
 */
import type { Planned } from '../../../domain/notifications/delivery/delivery-state.ts';
import type { Priority } from '../../../domain/notifications/events.ts';
import type { NotificationChannel } from '../../../domain/people/events.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { msBetween, type Instant } from '../../../domain/shared/instant.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import { addJobs, type AddJobsDependencies } from '../../jobs/add-jobs.ts';
import { deliverQueue } from '../vendors/vendors.ts';

export const DUE_QUEUE = 'deliveries-due';
export const DUE_CONCURRENCY = 32;

export type Due = { readonly delivery: DeliveryId; readonly dueAt: Instant };
export type Ready = Due & { readonly channel: NotificationChannel; readonly vendor: string; readonly priority: Priority };

const PRIORITIES: { readonly [Of in Priority]: number } = { high: 1, normal: 2, low: 3 };

export const addReady = (dependencies: AddJobsDependencies, { channel, vendor }: Pick<Ready, 'channel' | 'vendor'>, ready: readonly Ready[]) =>
  addJobs(
    dependencies,
    deliverQueue({ channel, vendor }),
    ready.map(({ delivery, dueAt, priority }) => ({ ...jobOf({ delivery, dueAt }), priority: PRIORITIES[priority] })),
  );

export type DueDependencies = AddJobsDependencies & {
  /** What is due later than this is left to the sweeper. */
  readonly delayMaxMs: number;
};

export const addDue = (dependencies: DueDependencies, due: readonly Due[], now: Instant) =>
  addJobs(
    dependencies,
    DUE_QUEUE,
    due.map((one) => dueJobOf(one, now)).filter(({ delayMs }) => delayMs <= dependencies.delayMaxMs),
  );

export const readyOf = ({ plan }: Planned, vendor: string, dueAt: Instant): Ready => ({
  delivery: plan.delivery,
  dueAt,
  channel: plan.channel,
  vendor,
  priority: plan.priority,
});

/** What is due already has a name of its own: under the other a job may still wait, by a clock that has been set since. */
function dueJobOf(due: Due, now: Instant): Job & { readonly delayMs: number } {
  const { id, data } = jobOf(due);
  const delayMs = Math.max(0, msBetween(now, due.dueAt));
  return { id: delayMs === 0 ? `${id}:due` : id, data, delayMs };
}

const jobOf = ({ delivery, dueAt }: Due): Job => ({ id: `${delivery}:${dueAt}`, data: { delivery } });
