import type { CentreEvent, ItemEvent } from '../../notifications/centre/events.ts';
import type { AppId, DeliveryId, EndpointId, NotificationId, PersonId } from '../../shared/ids.ts';
import { at, later, type Samples } from '../samples.ts';

const person = 'p-0f6f2c1e' as PersonId;
const delivery = 'd-91b7a6e0' as DeliveryId;
const notification = 'n-2c624232' as NotificationId;

export const itemSamples: Samples<ItemEvent> = {
  'notifications.delivered-in-app.v1': {
    delivery,
    notification,
    recipient: person,
    channel: 'in-app',
    endpoint: 'centre' as EndpointId,
    source: { kind: 'app', app: 'a-7d865e95' as AppId },
    category: 'orders',
    critical: false,
    atMostOnce: false,
    priority: 'normal',
    expiresAt: later,
    at,
  },
  'notifications.item-marked.v1': { delivery, notification, recipient: person, mark: 'unread', readBefore: 3, at: later },
};

export const centreSamples: Samples<CentreEvent> = {
  'notifications.centre-seen.v1': { person, upTo: at, at: later },
  'notifications.centre-read.v1': { person, upTo: at, category: 'orders', number: 4, at: later },
};
