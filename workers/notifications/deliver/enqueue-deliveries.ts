/** Whatever a delivery waits for becomes a job: an attempt that may be made now, or a look at it when its time has come. */
import { deliveryStreamOf } from '../../../commands/notifications/deliveries.ts';
import type { Current } from '../../../commands/handling/handle.ts';
import { delivery as deliveryDecider } from '../../../domain/notifications/delivery/delivery.ts';
import type { DeliveryEvent } from '../../../domain/notifications/events.ts';
import { UNKNOWN_REPEAT_AFTER_MS } from '../../../domain/notifications/delivery/retry.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { plus, type Instant } from '../../../domain/shared/instant.ts';
import type { Sender } from '../../../ports/sender/port.ts';
import type { Reactor } from '../../../projections/projection.ts';
import { addDue, addReady, readyOf, type DueDependencies } from './delivery-jobs.ts';

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

export type EnqueueDependencies = DueDependencies & {
  readonly current: Current;
  readonly senders: readonly Pick<Sender, 'vendor' | 'channel'>[];
  readonly clock: () => Instant;
};

export const enqueueDeliveries = (dependencies: EnqueueDependencies): Reactor<Handled> => ({
  kind: 'reactor',
  name: 'enqueue-deliveries',
  version: 1,
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
    const look = async (dueAt: Instant) => void (await addDue(dependencies, [{ delivery, dueAt }], dependencies.clock()));
    switch (event.type) {
      case 'notifications.delivery-queued.v1':
      case 'notifications.delivery-rerouted.v1':
        return enqueue(dependencies, delivery, event.data);
      case 'notifications.delivery-deferred.v1':
        return look(event.data.until);
      case 'notifications.retry-scheduled.v1':
        return look(event.data.retryAt);
      case 'notifications.outcome-unknown.v1':
        return look(plus(event.data.at, UNKNOWN_REPEAT_AFTER_MS));
    }
  },
});

async function enqueue(
  dependencies: EnqueueDependencies,
  delivery: DeliveryId,
  { vendor, at }: { readonly vendor: string; readonly at: Instant },
): Promise<void> {
  const { state } = await dependencies.current(deliveryDecider, deliveryStreamOf(delivery));
  if (state.status !== 'queued' || state.vendor !== vendor) return; // it has gone on since
  const { channel } = state.plan;
  // Nobody works for a vendor that isn't there: somebody must see that it goes elsewhere.
  if (!dependencies.senders.some((sender) => sender.vendor === vendor && sender.channel === channel)) {
    await addDue(dependencies, [{ delivery, dueAt: at }], dependencies.clock());
  } else await addReady(dependencies, { channel, vendor }, [readyOf(state, vendor, at)]);
}
