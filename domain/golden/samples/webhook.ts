import type { SmsStopsEvent } from '../../notifications/stops/events.ts';
import type { WebhookEndpointEvent, WebhookMessageEvent } from '../../notifications/webhooks/events.ts';
import type { AppId, DeliveryId, NotificationId, PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import { at, later, type Samples } from '../samples.ts';

const phone = 'Zk0mJ5s2Wq8hV1bXr7uT3nPdC6yLg9aE';
const service = 'MG9752274e9e519418a7406176694466fa';

export const smsStopsSamples: Samples<SmsStopsEvent> = {
  'notifications.sms-stopped.v1': { phone, senders: ['+15005550006', service], stopped: ['+15005550006', service], at },
  'notifications.sms-started.v1': { phone, senders: ['+15005550006'], stopped: [service], at: later },
};

const app = 'shop-7Qm3' as AppId;

export const webhookEndpointSamples: Samples<WebhookEndpointEvent> = {
  'notifications.webhook-set.v1': { app, url: 'https://shop.example/tidings', events: ['delivery.delivered', 'delivery.undelivered'], at },
  'notifications.webhook-secret-rotated.v1': { app, at },
  'notifications.webhook-removed.v1': { app, at: later },
};

const message = 'c56a4180-65aa-42ec-a945-5fd21dec0538';

/** Not every later event could follow from all of the earlier ones. */
export const webhookMessageSamples: Samples<WebhookMessageEvent> = {
  'notifications.webhook-queued.v1': {
    message,
    app,
    event: 'delivery.accepted',
    payload: {
      delivery: 'e3b0c442-98fc-5c14-9afb-f4c8996fb924' as DeliveryId,
      notification: 'n-fcde2b2edba5' as NotificationId,
      recipient: '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId,
      channel: 'sms',
      category: 'orders',
      vendor: 'twilio',
      vendorId: 'SM00000000000000000000000000000001',
    },
    occurredAt: at,
    expiresAt: '2025-03-15T15:09:26.535Z' as Instant,
    at,
  },
  'notifications.webhook-retry-scheduled.v1': { message, app, attempt: 1, reason: '503', retryAt: later, at },
  'notifications.webhook-sent.v1': { message, app, attempt: 2, status: 204, at: later },
  'notifications.webhook-dead.v1': { message, app, reason: 'deadline', at: later },
  'notifications.webhook-replayed.v1': { message, app, expiresAt: '2025-03-16T15:09:26.535Z' as Instant, at: later },
};
