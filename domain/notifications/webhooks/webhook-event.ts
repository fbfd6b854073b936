/** Which events of a delivery an app can be told of, and under which name. */
import type { DeliveryEvent } from '../events.ts';
import type { WebhookEvent, WebhookPayload } from './events.ts';

export type Told = { readonly event: WebhookEvent } & Pick<WebhookPayload, 'vendor' | 'vendorId' | 'reason' | 'into'>;

/** The types of those that `toldOf` tells of. */
export const TOLD_TYPES = [
  'notifications.attempt-accepted.v1',
  'notifications.delivery-confirmed.v1',
  'notifications.delivered-in-app.v1',
  'notifications.delivery-undelivered.v1',
  'notifications.delivery-failed.v1',
  'notifications.delivery-suppressed.v1',
  'notifications.delivery-expired.v1',
  'notifications.delivery-cancelled.v1',
  'notifications.delivery-digested.v1',
  'notifications.engagement-seen.v1',
] as const satisfies readonly DeliveryEvent['type'][];

export type ToldEvent = Extract<DeliveryEvent, { readonly type: (typeof TOLD_TYPES)[number] }>;

export function toldOf(event: ToldEvent): Told {
  switch (event.type) {
    case 'notifications.attempt-accepted.v1':
      return { event: 'delivery.accepted', vendor: event.data.vendor, vendorId: event.data.vendorId };
    case 'notifications.delivery-confirmed.v1':
    case 'notifications.delivered-in-app.v1':
      return { event: 'delivery.delivered' };
    case 'notifications.delivery-undelivered.v1':
      return { event: 'delivery.undelivered', reason: event.data.reason };
    case 'notifications.delivery-failed.v1':
      return { event: 'delivery.failed', reason: event.data.reason };
    case 'notifications.delivery-suppressed.v1':
      return { event: 'delivery.suppressed', reason: event.data.reason };
    case 'notifications.delivery-expired.v1':
      return { event: 'delivery.expired' };
    case 'notifications.delivery-cancelled.v1':
      return { event: 'delivery.cancelled' };
    case 'notifications.delivery-digested.v1':
      return { event: 'delivery.digested', into: event.data.into };
    case 'notifications.engagement-seen.v1':
      return { event: `delivery.${event.data.what}` };
  }
}
