/**
 * Finds deliveries whose job was lost, by their status and the moment at which a job should have run: the queue was lost with its
 * process, a worker died during an attempt, a wait is longer than a job may be delayed. The view only raises a suspicion; the job
 * asks the log.
 *
 * While a vendor is away, all deliveries that wait for it are suspicious, and most of them have their job. So every sweep looks at
 * what has come due since the last one, and at a share of what was due before. The first sweep of a process looks at everything, for
 * the process's queues are as new as the process.
 */
import { ATTEMPT_SKEW_MS, UNKNOWN_REPEAT_AFTER_MS } from '../../../domain/notifications/delivery/retry.ts';
import { plus, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import type { Sender } from '../../../ports/sender/port.ts';
import { dueDeliveryIn, endOfDueAt, type DeliveryStatus, type DueDelivery } from '../../../projections/read-models/deliveries.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import type { Sweep } from '../../jobs/sweeper.ts';
import { vendorQueueOf } from '../vendors/vendor-queue.ts';
import { DUE_QUEUE, type DeliveryJobs } from './delivery-jobs.ts';
import { rotatingScan, ROUND_SWEEPS } from './rotating-scan.ts';

/** A delivery that should have been attempted or decided so long ago has lost its job. A job that only waits in a long queue is not doubled: it has the same name. */
const JOB_LOST_MS = 20 * SECOND_MS;
export const SWEEP_EVERY_MS = 10 * SECOND_MS;
/** Every sweep looks at deliveries that came due so recently, for the view may be late. */
const RECENT_MS = 30 * SECOND_MS;
/** A lost job, however many deliveries wait, is added again so soon after it should have run. */
export const LOST_JOB_FOUND_WITHIN_MS = 2 * ROUND_SWEEPS * SWEEP_EVERY_MS;

type Dependencies = {
  readonly deliveryJobs: DeliveryJobs;
  readonly views: Pick<TidingsViews, 'pluck'>;
  readonly senders: readonly Pick<Sender, 'vendor' | 'channel'>[];
  readonly clock: () => Instant;
};

type Swept = Extract<DeliveryStatus, 'planned' | 'deferred' | 'queued' | 'attempting' | 'waiting' | 'unknown'>;

/** How long after `dueAt` deliveries of each status are looked at. Those that wait for a time are found before it comes, if a job may be delayed so long. */
const lookedAtAfterMs = ({ delayMaxMs }: DeliveryJobs): { readonly [Status in Swept]: number } => {
  const aheadMs = Math.min(2 * SWEEP_EVERY_MS, delayMaxMs);
  return {
    planned: JOB_LOST_MS,
    deferred: -aheadMs,
    queued: JOB_LOST_MS,
    attempting: ATTEMPT_SKEW_MS,
    waiting: -aheadMs,
    unknown: UNKNOWN_REPEAT_AFTER_MS,
  };
};

export function sweepDeliveries(dependencies: Dependencies): Sweep {
  const { views, clock } = dependencies;
  const looks = Object.entries(lookedAtAfterMs(dependencies.deliveryJobs)).map(([status, afterMs]) => ({
    status,
    afterMs,
    pages: rotatingScan((range, limit) => views.pluck('deliveries', 'due', { where: { status }, range: { field: 'due', ...range }, order: { due: 1 }, limit })),
  }));
  return {
    name: 'deliveries',
    everyMs: SWEEP_EVERY_MS,
    sweep: async () => {
      const now = clock();
      const full = new Set<string>();
      let found = 0;
      for (const { status, afterMs, pages } of looks) {
        const until = plus(now, -afterMs);
        for await (const page of pages({ recentFrom: endOfDueAt(plus(until, -RECENT_MS)), until: endOfDueAt(until) })) {
          found += page.length;
          await addJobsFor(dependencies, page.map(dueDeliveryIn), { status, now, full });
        }
      }
      return found;
    },
  };
}

type Adding = { readonly status: string; readonly now: Instant; readonly full: Set<string> };

/** A queue that is full is left alone until the next sweep. */
async function addJobsFor({ deliveryJobs, senders }: Dependencies, page: readonly DueDelivery[], { status, now, full }: Adding): Promise<void> {
  const byQueue = Map.groupBy(page, ({ channel, vendor, priority, expiresAt }) => {
    // An expired delivery doesn't wait until its vendor is back.
    if (status !== 'queued' || expiresAt <= now) return DUE_QUEUE;
    const sender = senders.find((one) => one.channel === channel && one.vendor === vendor);
    return sender === undefined ? DUE_QUEUE : vendorQueueOf({ ...sender, priority });
  });
  for (const [queue, its] of byQueue) {
    if (full.has(queue)) continue;
    const added = await (queue === DUE_QUEUE ? deliveryJobs.addDue(its, now) : deliveryJobs.addAttempts(queue, its));
    if (added === 'full') full.add(queue);
  }
}
