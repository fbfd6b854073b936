/** The part of the history that is of webhooks: one that was set and removed, and a message to it. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { AppId, DeliveryId, NotificationId, PersonId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';

const at = instant(Date.UTC(2030, 0, 1));
const shop = 'shop' as AppId;
const recipient = 'ann' as PersonId;
const notification = 'n1' as NotificationId;
const delivery = 'x1' as DeliveryId;
const webhook = { message: 'w1', app: shop } as const;
const told = { ...webhook, event: 'delivery.accepted', payload: { delivery, notification, recipient, channel: 'push', category: 'offers' } } as const;

export const webhooks: Readonly<Record<string, readonly TidingsEvent[]>> = {
  'webhooks-shop': [
    { type: 'notifications.webhook-set.v1', data: { app: shop, url: 'https://shop.example/hook', events: ['delivery.accepted'], at } },
    { type: 'notifications.webhook-secret-rotated.v1', data: { app: shop, at } },
    { type: 'notifications.webhook-removed.v1', data: { app: shop, at } },
  ],
  'webhook-w1': [
    { type: 'notifications.webhook-queued.v1', data: { ...told, occurredAt: at, expiresAt: at, at } },
    { type: 'notifications.webhook-retry-scheduled.v1', data: { ...webhook, attempt: 1, reason: '503', retryAt: at, at } },
    { type: 'notifications.webhook-dead.v1', data: { ...webhook, reason: '503', at } },
    { type: 'notifications.webhook-replayed.v1', data: { ...webhook, expiresAt: at, at } },
    { type: 'notifications.webhook-sent.v1', data: { ...webhook, attempt: 2, status: 204, at } },
  ],
};
