/** Of the notification centre of Ann: something read, something archived, something that waited, and all read at once. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { AppId, DeliveryId, EndpointId, NotificationId, PersonId } from '../../domain/shared/ids.ts';
import { instant, plus, type Instant } from '../../domain/shared/instant.ts';

const at: Instant = instant(Date.UTC(2030, 0, 1));
const ann = 'ann' as PersonId;
const later = plus(at, 1_000);

const planOf = (name: string, category: string) => ({
  delivery: `in-app-${name}` as DeliveryId,
  notification: name as NotificationId,
  recipient: ann,
  channel: 'in-app' as const,
  endpoint: 'centre' as EndpointId,
  source: { kind: 'app', app: 'shop' as AppId } as const,
  category,
  critical: false,
  atMostOnce: false,
  priority: 'normal' as const,
  expiresAt: plus(at, 60_000),
});
const of = (name: string) => ({ delivery: `in-app-${name}` as DeliveryId, notification: name as NotificationId, recipient: ann });

export const centreHistory: Readonly<Record<string, readonly TidingsEvent[]>> = {
  'delivery-in-app-n1': [
    { type: 'notifications.delivered-in-app.v1', data: { ...planOf('n1', 'offers'), at } },
    { type: 'notifications.item-marked.v1', data: { ...of('n1'), mark: 'read', at } },
    { type: 'notifications.engagement-seen.v1', data: { delivery: of('n1').delivery, what: 'opened', at } },
    { type: 'notifications.item-marked.v1', data: { ...of('n1'), mark: 'unread', readBefore: 1, at: later } },
  ],
  'delivery-in-app-n3': [
    { type: 'notifications.delivered-in-app.v1', data: { ...planOf('n3', 'Orders'), at: later } },
    { type: 'notifications.item-marked.v1', data: { ...of('n3'), mark: 'archived', at: later } },
  ],
  'delivery-in-app-n4': [
    { type: 'notifications.delivery-planned.v1', data: { ...planOf('n4', 'orders'), at } },
    { type: 'notifications.delivery-deferred.v1', data: { delivery: of('n4').delivery, reason: 'scheduled', until: later, at } },
    { type: 'notifications.delivery-released.v1', data: { delivery: of('n4').delivery, at: later } },
    { type: 'notifications.delivered-in-app.v1', data: { ...planOf('n4', 'orders'), at: later } },
    { type: 'notifications.item-marked.v1', data: { ...of('n4'), mark: 'archived', at: later } },
    { type: 'notifications.item-marked.v1', data: { ...of('n4'), mark: 'unarchived', at: later } },
  ],
  'centre-ann': [
    { type: 'notifications.centre-seen.v1', data: { person: ann, upTo: at, at } },
    { type: 'notifications.centre-read.v1', data: { person: ann, upTo: at, category: 'orders', number: 1, at } },
    { type: 'notifications.centre-read.v1', data: { person: ann, upTo: later, number: 2, at: later } },
    { type: 'notifications.centre-seen.v1', data: { person: ann, upTo: later, at: later } },
  ],
};
