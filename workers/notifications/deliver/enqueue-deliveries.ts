/** Adds the next job of a delivery: an attempt that may be made now, or one that advances it when its time has come. */
import type { LoadState } from '../../../commands/handling/handle.ts';
import { delivery as deliveryDecider } from '../../../domain/notifications/delivery/delivery.ts';
import type { DeliveryEvent } from '../../../domain/notifications/events.ts';
import { UNKNOWN_REPEAT_AFTER_MS } from '../../../domain/notifications/delivery/retry.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { plus, type Instant } from '../../../domain/shared/instant.ts';
import { deliveryStream } from '../../../domain/shared/streams.ts';
import type { TidingsReactor } from '../../../projections/read-models/projectors.ts';
import { actorOf } from '../../jobs/command-contexts.ts';
import { PLANNER, type AddAttempts } from '../plan/plan-recipients.ts';
import type { Routing } from '../vendors/routing.ts';
import { vendorQueueOf } from '../vendors/vendor-queue.ts';
import { addAttemptOf, type DeliveryJobs, type DueJob } from './delivery-jobs.ts';

type Handled = Extract<
  DeliveryEvent,
  {
    type:
      | 'notifications.delivery-queued.v1'
      | 'notifications.delivery-rerouted.v1'
      | 'notifications.delivery-deferred.v1'
      | 'notifications.retry-scheduled.v1'
      | 'notifications.outcome-unknown.v1';
  }
>;

export type EnqueueDependencies = {
  readonly deliveryJobs: DeliveryJobs;
  readonly loadState: LoadState;
  readonly routing: Pick<Routing, 'has'>;
  readonly clock: () => Instant;
};

export const enqueueDeliveries = (dependencies: EnqueueDependencies): TidingsReactor<Handled> => ({
  kind: 'reactor',
  name: 'enqueue-deliveries',
  version: 1,
  paceMs: 100,
  handles: [
    'notifications.delivery-queued.v1',
    'notifications.delivery-rerouted.v1',
    'notifications.delivery-deferred.v1',
    'notifications.retry-scheduled.v1',
    'notifications.outcome-unknown.v1',
  ],
  after: [],
  react: async (event) => {
    const { delivery } = event.data;
    const advanceAt = async (dueAt: Instant) => void (await dependencies.deliveryJobs.addDue([{ delivery, dueAt }], dependencies.clock()));
    switch (event.type) {
      case 'notifications.delivery-queued.v1':
        // Whoever plans adds the job of the first attempt too, and sooner than this reactor could; see `addFirstAttempts`.
        if (event.metadata.actor === actorOf(PLANNER)) return;
        return enqueue(dependencies, delivery, event.data);
      case 'notifications.delivery-rerouted.v1':
        return enqueue(dependencies, delivery, event.data);
      case 'notifications.delivery-deferred.v1':
        return advanceAt(event.data.until);
      case 'notifications.retry-scheduled.v1':
        return advanceAt(event.data.retryAt);
      case 'notifications.outcome-unknown.v1':
        return advanceAt(plus(event.data.at, UNKNOWN_REPEAT_AFTER_MS));
    }
  },
});

/** The jobs of deliveries that were just planned. */
export const addFirstAttempts =
  ({ deliveryJobs, routing, clock }: Pick<EnqueueDependencies, 'deliveryJobs' | 'routing' | 'clock'>): AddAttempts =>
  async (attempts) => {
    const byQueue = Map.groupBy(attempts, ({ plan: { channel, priority }, vendor }) =>
      routing.has(channel, vendor) ? vendorQueueOf({ channel, vendor, priority }) : undefined,
    );
    for (const [queue, its] of byQueue) {
      const due = its.map(({ plan: { delivery }, dueAt }): DueJob => ({ delivery, dueAt }));
      await (queue === undefined ? deliveryJobs.addDue(due, clock()) : deliveryJobs.addAttempts(queue, due));
    }
  };

async function enqueue(
  { loadState, routing, deliveryJobs, clock }: EnqueueDependencies,
  delivery: DeliveryId,
  { vendor, at }: { readonly vendor: string; readonly at: Instant },
): Promise<void> {
  const { state } = await loadState(deliveryDecider, deliveryStream(delivery));
  if (state.status !== 'queued' || state.vendor !== vendor) return; // another worker has moved it on since
  const { channel } = state.plan;
  // The queue of a vendor that isn't configured has no consumer: `advance-delivery.ts` reroutes the delivery.
  if (!routing.has(channel, vendor)) await deliveryJobs.addDue([{ delivery, dueAt: at }], clock());
  else await addAttemptOf(deliveryJobs, state, { vendor, dueAt: at });
}
