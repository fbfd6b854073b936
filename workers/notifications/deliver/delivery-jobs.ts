/**
 * The jobs of deliveries. A delivery that is ready for an attempt goes to its vendor's queue; one that waits for a time, or for a
 * decision, goes to a queue that calls no vendor. A job is named by the delivery and the moment it is due, which reactor and sweeper
 * both know, so that neither doubles the other's job.
 */
import type { PlannedDelivery } from '../../../domain/notifications/delivery/delivery-state.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { msBetween, type Instant } from '../../../domain/shared/instant.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import { createSharedCalls } from '../../../commands/handling/shared-calls.ts';
import { addJobs, type AddJobsDependencies } from '../../jobs/add-jobs.ts';
import { vendorQueueOf } from '../vendors/vendor-queue.ts';

export const DUE_QUEUE = 'deliveries-due';
export const DUE_CONCURRENCY = 32;

export type DueJob = { readonly delivery: DeliveryId; readonly dueAt: Instant };

/** `full`: some jobs were left out, for the sweeper to add. */
export type DeliveryJobs = {
  /** Jobs that are due later than this are left to the sweeper. */
  readonly delayMaxMs: number;
  /** `queue`: of a vendor and a priority, by `vendorQueueOf`. */
  addAttempts(queue: string, attempts: readonly DueJob[]): Promise<'added' | 'full'>;
  addDue(due: readonly DueJob[], now: Instant): Promise<'added' | 'full'>;
};

export function createDeliveryJobs(dependencies: AddJobsDependencies, { delayMaxMs }: { readonly delayMaxMs: number }): DeliveryJobs {
  const add = gatherJobs((queue, jobs) => addJobs(dependencies, queue, jobs));
  return {
    delayMaxMs,
    addAttempts: (queue, attempts) => add(queue, attempts.map(jobOf)),
    addDue: (due, now) =>
      add(
        DUE_QUEUE,
        due.map((one) => dueJobOf(one, now)).filter(({ delayMs }) => delayMs <= delayMaxMs),
      ),
  };
}

type AddTo = (queue: string, jobs: readonly Job[]) => Promise<'added' | 'full'>;

/** While jobs are being added to a queue, those that come meanwhile wait and are added together: many deliveries at once are few calls. */
function gatherJobs(addTo: AddTo): AddTo {
  const waiting = new Map<string, Job[]>();
  const share = createSharedCalls({ afterOutage: 'call' }); // what was gathered is added or refused, and never left
  return async (queue, jobs) => {
    if (jobs.length === 0) return 'added';
    const gathered = waiting.get(queue) ?? [];
    gathered.push(...jobs);
    waiting.set(queue, gathered);
    return await share(queue, () => {
      waiting.delete(queue);
      return addTo(queue, gathered);
    });
  };
}

export const addAttemptOf = (
  { addAttempts }: Pick<DeliveryJobs, 'addAttempts'>,
  { plan: { delivery, channel, priority } }: PlannedDelivery,
  { vendor, dueAt }: { readonly vendor: string; readonly dueAt: Instant },
) => addAttempts(vendorQueueOf({ channel, vendor, priority }), [{ delivery, dueAt }]);

/** A job that is due already has a name of its own: under the other name a job may still wait, by a clock that has been set since. */
function dueJobOf(due: DueJob, now: Instant): Job & { readonly delayMs: number } {
  const { id, data } = jobOf(due);
  const delayMs = Math.max(0, msBetween(now, due.dueAt));
  return { id: delayMs === 0 ? `${id}:due` : id, data, delayMs };
}

const jobOf = ({ delivery, dueAt }: DueJob): Job => ({ id: `${delivery}:${dueAt}`, data: { delivery } });
