import type { DeliveryStatus } from '../../projections/deliveries.ts';

/** From what says most to what says least. */
const RANK: readonly DeliveryStatus[] = [
  'delivered',
  'accepted',
  'unknown',
  'attempting',
  'waiting',
  'queued',
  'deferred',
  'planned',
  'digested',
  'undelivered',
  'failed',
  'expired',
  'cancelled',
  'suppressed',
];

/** How far the furthest has come; `requested` where nothing is planned yet. */
export const statusOfAll = (statuses: readonly DeliveryStatus[]): DeliveryStatus | 'requested' =>
  RANK.find((status) => statuses.includes(status)) ?? 'requested';
