/** Loads what became of deliveries to one person, and what that person has looked at in the notification centre where one of them stands there. */
import type { LoadState } from '../../../commands/handling/handle.ts';
import { centre as centreDecider, NOTHING_READ, type CentreState } from '../../../domain/notifications/centre/centre.ts';
import { delivery as deliveryDecider } from '../../../domain/notifications/delivery/delivery.ts';
import type { PlannedDelivery } from '../../../domain/notifications/delivery/delivery-state.ts';
import type { DeliveryId, PersonId } from '../../../domain/shared/ids.ts';
import { centreStream, deliveryStream } from '../../../domain/shared/streams.ts';

export type Receipts = { readonly deliveries: readonly PlannedDelivery[]; readonly centre: CentreState };

/** Those that were never planned are left out. */
export async function loadReceipts(
  loadState: LoadState,
  { recipient, deliveries: ids }: { readonly recipient: PersonId; readonly deliveries: readonly DeliveryId[] },
): Promise<Receipts> {
  const states = await Promise.all(ids.map((delivery) => loadState(deliveryDecider, deliveryStream(delivery))));
  const deliveries = states.flatMap(({ state }) => (state.status === 'none' ? [] : [state]));
  const isShown = deliveries.some(({ plan }) => plan.channel === 'in-app');
  return { deliveries, centre: isShown ? (await loadState(centreDecider, centreStream(recipient))).state : NOTHING_READ };
}
