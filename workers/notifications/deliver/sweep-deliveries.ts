/**
 * Finds deliveries that nobody looks after any more, by status and the moment somebody should have: a queue that was lost with its
 * process, an attempt whose worker died, a wait longer than a job may last. What it finds in the view is only a suspicion; the job
 * asks the log.
 *
 * While a vendor is away all that waits for it is a suspicion, and most of it has its job: so only what has come due since the last
 * sweep is looked at in every one, and what was due before in turn. The first sweep of a process begins with everything, for a queue
 * of this process is as new as the process.
 */
import { ATTEMPT_SKEW_MS, UNKNOWN_REPEAT_AFTER_MS } from '../../../domain/notifications/delivery/retry.ts';
import { plus, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import type { Sender } from '../../../ports/sender/port.ts';
import { dueDeliveryIn, endOfDueAt, type DeliveryStatus, type DueDelivery } from '../../../projections/read-models/deliveries.ts';
import type { ActiveViews } from '../../../projections/query/read-views.ts';
import type { Sweep } from '../../jobs/sweeper.ts';
import { addDue, addReady, DUE_QUEUE, type DueDependencies } from './delivery-jobs.ts';
import { rotatingScan, ROUND_SWEEPS } from './rotating-scan.ts';
import { deliverQueue } from '../vendors/vendors.ts';

/** A delivery that should have been attempted or decided for so long has lost its job. A job that only waits in a long queue is not doubled: it has the same name. */
const JOB_LOST_MS = 20 * SECOND_MS;
export const SWEEP_EVERY_MS = 10 * SECOND_MS;
/** What came due so recently is looked at in every sweep, for the view may have learnt of it late. */
const LATELY_MS = 30 * SECOND_MS;
/** A job that is lost, whenever that is and however many wait, is made again so soon after its delivery should have been looked at. */
export const LOST_JOB_FOUND_WITHIN_MS = 2 * ROUND_SWEEPS * SWEEP_EVERY_MS;

type Dependencies = DueDependencies & {
  readonly views: Pick<ActiveViews, 'pluck'>;
  readonly senders: readonly Pick<Sender, 'vendor' | 'channel'>[];
  readonly clock: () => Instant;
};

type Swept = Extract<DeliveryStatus, 'planned' | 'deferred' | 'queued' | 'attempting' | 'waiting' | 'unknown'>;

/** How long after the moment in `dueAt` each is looked at. What waits for a time to come is found before it comes, if its job may wait so long. */
const lookedAtAfterMs = ({ delayMaxMs }: DueDependencies): { readonly [Status in Swept]: number } => {
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
  const looks = Object.entries(lookedAtAfterMs(dependencies)).map(([status, afterMs]) => ({
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
        for await (const page of pages({ lately: endOfDueAt(plus(until, -LATELY_MS)), until: endOfDueAt(until) })) {
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
async function addJobsFor(dependencies: Dependencies, page: readonly DueDelivery[], { status, now, full }: Adding): Promise<void> {
  const addTo = async (queue: string, add: () => Promise<'added' | 'full'>) => {
    if (!full.has(queue) && (await add()) === 'full') full.add(queue);
  };
  const bySender = Map.groupBy(page, ({ channel, vendor, expiresAt }) => {
    // What is worth nothing any more isn't left to wait until its vendor is back.
    if (status !== 'queued' || expiresAt <= now) return undefined;
    return dependencies.senders.find((sender) => sender.channel === channel && sender.vendor === vendor);
  });
  for (const [sender, its] of bySender) {
    if (sender === undefined) await addTo(DUE_QUEUE, () => addDue(dependencies, its, now));
    else {
      const ready = its.map((one) => ({ ...one, vendor: sender.vendor }));
      await addTo(deliverQueue(sender), () => addReady(dependencies, sender, ready));
    }
  }
}
