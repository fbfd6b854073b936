/** Deliveries, for an operator who is asked why something did or didn't arrive. */
import type { DeliveryDocument } from '../../../projections/read-models/deliveries.ts';
import { findDeliveries } from '../../../projections/view-access/find-deliveries.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import type { OperationRequest } from '../protocol.ts';
import type { DeliveryLine } from './protocol.ts';

/** Found at once. */
const PAGE = 100;
const PAGE_BYTES_MAX = 4 * 1_024 * 1_024;

export async function* listDeliveries(
  { views }: { readonly views: Pick<TidingsViews, 'pluck' | 'getFirst'> },
  { person, app, vendorId, statuses, from, until, before, limit }: OperationRequest<'list-deliveries'>,
  signal: AbortSignal,
): AsyncIterable<DeliveryLine> {
  const search = {
    ...(person !== undefined && { person }),
    ...(app !== undefined && { app }),
    ...(vendorId !== undefined && { vendorId }),
    ...(statuses !== undefined && { statuses }),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
  };
  let next = before ?? null;
  let left = limit;
  do {
    const page = await findDeliveries(views, search, { limit: Math.min(left, PAGE), bytesMax: PAGE_BYTES_MAX, ...(next !== null && { before: next }) });
    for (const delivery of page.deliveries) yield lineOf(delivery);
    left -= page.deliveries.length;
    next = page.next;
  } while (next !== null && left > 0 && !signal.aborted);
}

function lineOf({ attempt: attempts, aboutChannel: _channel, aboutSeq: _seq, dueAt: _dueAt, due: _due, ...delivery }: DeliveryDocument): DeliveryLine {
  return { ...delivery, attempts };
}
