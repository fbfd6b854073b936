/** The deliveries to one person, for an operator who is asked why something did or didn't arrive. */
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { DeliveryDocument } from '../../projections/read-models/deliveries.ts';
import type { DeliveryLine, OperationRequest } from './protocol.ts';

/** The newest change first. */
export async function* listDeliveries(
  { views }: { readonly views: Pick<TidingsViews, 'find'> },
  { person, limit }: OperationRequest<'list-deliveries'>,
): AsyncIterable<DeliveryLine> {
  const found = await views.find('deliveries', { where: { recipient: person }, order: { changedAt: -1 }, limit });
  for (const delivery of found) yield lineOf(delivery);
}

const lineOf = ({ delivery, notification, status, channel, vendor, reason, attempt, plannedAt, changedAt, expiresAt }: DeliveryDocument): DeliveryLine => ({
  delivery,
  notification,
  status,
  channel,
  vendor,
  reason,
  attempts: attempt,
  plannedAt,
  changedAt,
  expiresAt,
});
