import type { DeliveryStatus } from '../projections/read-models/deliveries.ts';

/** What says most comes first. */
const RANK: { readonly [Status in DeliveryStatus]: number } = {
  delivered: 0,
  accepted: 1,
  unknown: 2,
  attempting: 3,
  waiting: 4,
  queued: 5,
  deferred: 6,
  planned: 7,
  digested: 8,
  undelivered: 9,
  failed: 10,
  expired: 11,
  cancelled: 12,
  suppressed: 13,
};

export const DELIVERY_STATUSES = Object.keys(RANK) as [DeliveryStatus, ...DeliveryStatus[]];

/** How far the furthest has come; `requested` where nothing is planned yet. */
export function statusOfAll(statuses: readonly DeliveryStatus[]): DeliveryStatus | 'requested' {
  return statuses.toSorted((one, other) => RANK[one] - RANK[other])[0] ?? 'requested';
}
