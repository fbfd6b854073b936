/**
 * Keeps an eye on each recipient of a notification that fails over: opened when the first of the deliveries is planned, and looked at
 * when the next step may have its turn. A receipt needs nobody to wait for it: whoever looks asks the log what became of the deliveries.
 */
import { delivery as deliveryDecider } from '../../../domain/notifications/delivery/delivery.ts';
import type { DeliveryEvent } from '../../../domain/notifications/events.ts';
import type { Plan } from '../../../domain/notifications/delivery-plan.ts';
import type { LoadState } from '../../../commands/handling/handle.ts';
import type { DeliveryId, NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { MINUTE_MS, msBetween, plus, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import { deliveryStream } from '../../../domain/shared/streams.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import type { TidingsReactor } from '../../../projections/read-models/projectors.ts';
import { addJobs, type AddJobsDependencies } from '../../jobs/add-jobs.ts';
import type { Sweep } from '../../jobs/sweeper.ts';
import type { OpenWork } from '../../open-work/open-work.ts';

export const FAILOVER_QUEUE = 'failover';
export const FAILOVER_CONCURRENCY = 16;
/** One that should have been looked at so long ago has lost its job, or its queue is long. */
const JOB_LOST_MS = 20 * SECOND_MS;
const SWEEP_EVERY_MS = 15 * SECOND_MS;
const SWEPT_MAX = 5_000;

/** Id: `failoverIdOf`. */
export type OpenFailover = {
  readonly notification: NotificationId;
  readonly recipient: PersonId;
  /** The one that was planned last; 0: none yet. */
  readonly step: number;
  /** When that was, or from when it could be sent. */
  readonly since: Instant;
  readonly lookAt: Instant;
  /** All that were planned so far. */
  readonly deliveries: readonly DeliveryId[];
};

type OfRecipient = Pick<OpenFailover, 'notification' | 'recipient'>;

export const failoverIdOf = ({ notification, recipient }: OfRecipient): string => `${notification}:${recipient}`;

/** What plans, and what will not arrive. */
const HANDLED = [
  'notifications.delivery-planned.v1',
  'notifications.delivered-in-app.v1',
  'notifications.delivery-suppressed.v1',
  'notifications.delivery-failed.v1',
  'notifications.delivery-undelivered.v1',
] as const;
type Handled = Extract<DeliveryEvent, { type: (typeof HANDLED)[number] }>;

/** What is shown in the notification centre at once was not planned before. Undefined: the event plans nothing. */
function plannedIn({ type, data }: Handled): (Plan & { readonly at: Instant }) | undefined {
  switch (type) {
    case 'notifications.delivery-planned.v1':
    case 'notifications.delivered-in-app.v1':
      return data;
    case 'notifications.delivery-suppressed.v1':
    case 'notifications.delivery-failed.v1':
    case 'notifications.delivery-undelivered.v1':
      return undefined;
  }
}

type Dependencies = AddJobsDependencies & {
  readonly loadState: LoadState;
  /** Looks that are further off are left to the sweeper. */
  readonly delayMaxMs: number;
  readonly clock: () => Instant;
};

export const openFailovers = (dependencies: Dependencies): TidingsReactor<Handled> => ({
  kind: 'reactor',
  name: 'open-failovers',
  version: 1,
  handles: HANDLED,
  after: [],
  indexes: { failovers: [{ fields: ['lookAt'] }] },
  openWork: (event, { failovers }) => {
    const planned = plannedIn(event);
    if (planned?.failover === undefined) return;
    failovers?.update(failoverIdOf(planned), event, (before) => openedBy(planned, before as OpenFailover | undefined));
  },
  react: async (event) => {
    const planned = plannedIn(event);
    if (planned === undefined) return lookNow(dependencies, event.data.delivery);
    const { failover, at } = planned;
    if (failover?.nextAfterMinutes !== undefined) await addLooks(dependencies, [{ ...planned, lookAt: plus(at, failover.nextAfterMinutes * MINUTE_MS) }]);
  },
});

/** undefined: the last step is planned, and nothing follows it. */
function openedBy({ delivery, notification, recipient, failover, at }: Plan & { readonly at: Instant }, before: OpenFailover | undefined) {
  const { step = 0, nextAfterMinutes } = failover ?? {};
  const deliveries = [...new Set([...(before?.deliveries ?? []), delivery])];
  if (before !== undefined && before.step >= step) return { ...before, deliveries };
  if (nextAfterMinutes === undefined) return undefined;
  return { notification, recipient, step, since: at, lookAt: plus(at, nextAfterMinutes * MINUTE_MS), deliveries } satisfies OpenFailover;
}

/** What will not arrive is not waited for. */
async function lookNow(dependencies: Dependencies, delivery: DeliveryId): Promise<void> {
  const { state } = await dependencies.loadState(deliveryDecider, deliveryStream(delivery));
  if (state.status === 'none' || state.plan.failover?.nextAfterMinutes === undefined) return;
  await addLooks(dependencies, [{ ...state.plan, lookAt: dependencies.clock() }]);
}

type Look = OfRecipient & Pick<OpenFailover, 'lookAt'>;

export async function addLooks(dependencies: AddJobsDependencies & Pick<Dependencies, 'delayMaxMs' | 'clock'>, looks: readonly Look[]): Promise<void> {
  const now = dependencies.clock();
  const jobs = looks.map((look) => jobOf(look, now)).filter(({ delayMs = 0 }) => delayMs <= dependencies.delayMaxMs);
  await addJobs(dependencies, FAILOVER_QUEUE, jobs);
}

/** One that is due has a name of its own: under the other one a job may still wait, by a clock that has been set since. */
function jobOf({ notification, recipient, lookAt }: Look, now: Instant): Job {
  const delayMs = Math.max(0, msBetween(now, lookAt));
  const id = `${failoverIdOf({ notification, recipient })}:${lookAt}`;
  return { id: delayMs === 0 ? `${id}:due` : id, data: { notification, recipient }, delayMs };
}

/** Finds those that were too far off for a job, and those whose job was lost. A job that waits isn't doubled: it has the same name. */
export const sweepFailovers = (
  dependencies: AddJobsDependencies & Pick<Dependencies, 'delayMaxMs'> & { readonly openWork: OpenWork; readonly clock: () => Instant },
): Sweep => ({
  name: 'failovers',
  everyMs: SWEEP_EVERY_MS,
  sweep: async () => {
    const now = dependencies.clock();
    const until = plus(now, Math.min(2 * SWEEP_EVERY_MS, dependencies.delayMaxMs));
    const due = await dependencies.openWork.longestWaiting<OpenFailover>('failovers', { field: 'lookAt', until, limit: SWEPT_MAX });
    await addLooks(dependencies, due);
    const lostUntil = plus(now, -JOB_LOST_MS);
    return due.filter(({ lookAt }) => lookAt <= lostUntil).length;
  },
});
