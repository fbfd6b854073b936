/**
 * What was requested becomes a delivery for each recipient, channel and endpoint, whose id follows from the three, so that planning
 * twice plans once. A few recipients are planned at once; a longer list in ranges, each a job, begun and swept like a fan-out.
 */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/context.ts';
import type { Current } from '../../commands/handle.ts';
import { deliveryIdOf } from '../../commands/identity.ts';
import { notificationStreamOf } from '../../commands/notifications/notifications.ts';
import type { NotificationEvent } from '../../domain/notifications/events.ts';
import { notification as notificationDecider } from '../../domain/notifications/notification.ts';
import { planDeliveries, type Routes } from '../../domain/notifications/plan.ts';
import type { DeliveryId, NotificationId, PersonId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { Codec } from '../../ports/event-log/codec.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import type { Sender } from '../../ports/sender/port.ts';
import type { Reactor } from '../../projections/projection.ts';
import { addJobs, type AddJobsDependencies } from '../add-jobs.ts';
import { becauseOf } from '../as-system.ts';
import type { BegunWork } from '../begun-work.ts';
import type { Progress } from '../progress.ts';
import type { Sweep } from '../sweeper.ts';
import { whatIsKnownOf } from './known.ts';
import { askedFor, type Asked } from './requested.ts';
import { vendorsFor } from './vendors.ts';

export const PLAN_QUEUE = 'plan-notifications';
export const PLAN_CONCURRENCY = 4;
/** So many recipients are planned where they stand; planning more would hold up the events behind. */
const PLANNED_AT_ONCE_MAX = 20;
export const PLANNED_IN_RANGE_MAX = 200;
const STALLED_MS = 30_000;
const SWEPT_MAX = 1_000;

/** Where nobody delivers on a channel: whoever looks after such a delivery lets it fail. */
const NO_VENDOR = 'none';

/** Id: the notification. `next` is the number of the recipient that comes next. */
export type Planning = { readonly notification: NotificationId; readonly next: number; readonly movedAt: Instant };

type RequestedEvent = Extract<NotificationEvent, { type: 'notifications.requested.v1' }>;

export type PlanDependencies = AddJobsDependencies & {
  readonly log: Pick<EventLog, 'readStream'>;
  readonly codec: Pick<Codec, 'decode'>;
  readonly current: Current;
  readonly commands: Pick<Commands, 'commandDelivery'>;
  readonly contextFor: ContextFor;
  readonly senders: readonly Pick<Sender, 'vendor' | 'channel'>[];
  readonly clock: () => Instant;
};

export const planNotifications = (dependencies: PlanDependencies): Reactor<RequestedEvent> => ({
  kind: 'reactor',
  name: 'plan-notifications',
  version: 1,
  handles: ['notifications.requested.v1'],
  after: [],
  indexes: { plannings: [{ fields: ['movedAt'] }] },
  begin: (event, { plannings }) => {
    const { notification, recipients } = event.data;
    if (recipients.length > PLANNED_AT_ONCE_MAX) plannings?.update(notification, event, () => ({ notification, next: 0, movedAt: event.metadata.at }));
  },
  react: async (event) => {
    const { notification, recipients } = event.data;
    if (recipients.length > PLANNED_AT_ONCE_MAX) await addJobs(dependencies, PLAN_QUEUE, [planJob({ notification, next: 0 })]);
    else await planFor(dependencies, { event, requested: event.data }, recipients);
  },
});

/** One range of recipients. A cancelled notification is planned no further; what was planned of it is cancelled by those who cancel. */
export const planRange =
  (dependencies: PlanDependencies & { readonly progress: Pick<Progress, 'moved' | 'finished'> }) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { progress, clock } = dependencies;
    const notification = data['notification'] as NotificationId;
    const first = data['next'] as number;
    const asked = await askedFor(dependencies, notification);
    if (asked === undefined || asked.cancelled) return progress.finished('plannings', notification);
    const next = first + PLANNED_IN_RANGE_MAX;
    await planFor(dependencies, asked, asked.requested.recipients.slice(first, next));
    if (next >= asked.requested.recipients.length) return progress.finished('plannings', notification);
    await addJobs(dependencies, PLAN_QUEUE, [planJob({ notification, next })]);
    progress.moved('plannings', notification, { next, movedAt: clock() });
  };

type PlanFor = Omit<Asked, 'cancelled'>;

async function planFor(dependencies: PlanDependencies, asked: PlanFor, recipients: readonly PersonId[]): Promise<void> {
  const planned = await planEach(dependencies, asked, recipients);
  // Who cancels takes along what was planned before; what is planned after that is taken along here.
  const { state } = await dependencies.current(notificationDecider, notificationStreamOf(asked.requested.notification));
  if (state.status === 'cancelled') await cancelEach(dependencies, asked, planned);
}

async function planEach(dependencies: PlanDependencies, { event, requested }: PlanFor, recipients: readonly PersonId[]): Promise<readonly DeliveryId[]> {
  const { current, commands, contextFor, senders, clock } = dependencies;
  const routes: Routes = {
    deliveryOf: deliveryIdOf,
    vendorOf: (channel, platform) => vendorsFor(senders, { channel, platform })[0] ?? NO_VENDOR,
  };
  const planned = await Promise.all(
    recipients.map(async (person) => {
      const recipient = await whatIsKnownOf(current, person, requested.source);
      const at = clock();
      const plans = planDeliveries(requested, recipient, { routes, at });
      await Promise.all(
        plans.map((command) =>
          commands.commandDelivery(
            { delivery: command.delivery, command },
            becauseOf(event, { contextFor, part: 'plan-notifications', type: 'plan-delivery', of: command.delivery, body: command.delivery, at }),
          ),
        ),
      );
      return plans.map(({ delivery }) => delivery);
    }),
  );
  return planned.flat();
}

async function cancelEach({ commands, contextFor, clock }: PlanDependencies, { event }: PlanFor, deliveries: readonly DeliveryId[]): Promise<void> {
  const at = clock();
  await Promise.all(
    deliveries.map((delivery) =>
      commands.commandDelivery(
        { delivery, command: { type: 'cancel', at } },
        becauseOf(event, { contextFor, part: 'plan-notifications', type: 'cancel-delivery', of: delivery, body: delivery, at }),
      ),
    ),
  );
}

export const sweepPlannings = (dependencies: AddJobsDependencies & { readonly begun: BegunWork; readonly clock: () => Instant }): Sweep => ({
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
