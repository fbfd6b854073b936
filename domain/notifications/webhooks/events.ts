/** The events of apps' webhooks, and of the messages that are sent to them. Secrets are in the vault. */
import type { NotificationChannel } from '../../people/notification-channels.ts';
import type { SealingOf } from '../../shared/event.ts';
import type { AppId, DeliveryId, NotificationId, PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';

/** What an app can be told of. */
export const WEBHOOK_EVENTS = [
  'delivery.accepted',
  'delivery.delivered',
  'delivery.undelivered',
  'delivery.failed',
  'delivery.suppressed',
  'delivery.expired',
  'delivery.cancelled',
  'delivery.digested',
  'delivery.opened',
  'delivery.clicked',
  'delivery.unsubscribed',
  'delivery.complained',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** `webhooks-<app>` */
export type WebhookEndpointEvent =
  /** Replaces what was set before. */
  | {
      readonly type: 'notifications.webhook-set.v1';
      readonly data: { readonly app: AppId; readonly url: string; readonly events: readonly WebhookEvent[]; readonly at: Instant };
    }
  | { readonly type: 'notifications.webhook-secret-rotated.v1'; readonly data: { readonly app: AppId; readonly at: Instant } }
  | { readonly type: 'notifications.webhook-removed.v1'; readonly data: { readonly app: AppId; readonly at: Instant } };

/** What the message says: ids and codes, nothing personal. */
export type WebhookPayload = {
  readonly delivery: DeliveryId;
  readonly notification: NotificationId;
  readonly recipient: PersonId;
  readonly channel: NotificationChannel;
  readonly category: string;
  readonly vendor?: string;
  readonly vendorId?: string;
  readonly reason?: string;
  /** The notification that tells it together with others. */
  readonly into?: NotificationId;
  /** It reached the outbox and nobody else. */
  readonly sandbox?: true;
};

type OfMessage<Data> = { readonly message: string; readonly app: AppId } & Data;

/** `webhook-<message>`; the message has the id of the event that it tells of. */
export type WebhookMessageEvent =
  | {
      readonly type: 'notifications.webhook-queued.v1';
      readonly data: OfMessage<{
        readonly event: WebhookEvent;
        readonly payload: WebhookPayload;
        readonly occurredAt: Instant;
        readonly expiresAt: Instant;
        readonly at: Instant;
      }>;
    }
  /** `reason`: a status, or why nobody answered. */
  | {
      readonly type: 'notifications.webhook-retry-scheduled.v1';
      readonly data: OfMessage<{ readonly attempt: number; readonly reason: string; readonly retryAt: Instant; readonly at: Instant }>;
    }
  | {
      readonly type: 'notifications.webhook-sent.v1';
      readonly data: OfMessage<{ readonly attempt: number; readonly status: number; readonly at: Instant }>;
    }
  | { readonly type: 'notifications.webhook-dead.v1'; readonly data: OfMessage<{ readonly reason: string; readonly at: Instant }> }
  | { readonly type: 'notifications.webhook-replayed.v1'; readonly data: OfMessage<{ readonly expiresAt: Instant; readonly at: Instant }> };

export const webhookSealing: SealingOf<WebhookEndpointEvent | WebhookMessageEvent> = {
  'notifications.webhook-set.v1': {},
  'notifications.webhook-secret-rotated.v1': {},
  'notifications.webhook-removed.v1': {},
  'notifications.webhook-queued.v1': {},
  'notifications.webhook-retry-scheduled.v1': {},
  'notifications.webhook-sent.v1': {},
  'notifications.webhook-dead.v1': {},
  'notifications.webhook-replayed.v1': {},
};
