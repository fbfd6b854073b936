import { z } from 'zod';
import type { DeliveryStatus } from '../projections/read-models/deliveries.ts';

/** The furthest status comes first. */
const RANKS: { readonly [Status in DeliveryStatus]: number } = {
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

const STATUSES = Object.keys(RANKS) as [DeliveryStatus, ...DeliveryStatus[]];

const DIGESTED = '`digested`: it was told together with others, by the notification that the history names in `into`.';

export const deliveryStatus = z.enum(STATUSES).meta({ description: `The status of the delivery. ${DIGESTED}` });

export const furthestStatusField = z
  .enum([...STATUSES, 'requested'])
  .meta({ description: `The status of the delivery to you that has come furthest. \`requested\`: none is planned yet. ${DIGESTED}` });

/** The status of the delivery that has come furthest; `requested` when none is planned yet. */
export function furthestStatus(statuses: readonly DeliveryStatus[]): DeliveryStatus | 'requested' {
  return statuses.toSorted((one, other) => RANKS[one] - RANKS[other])[0] ?? 'requested';
}
