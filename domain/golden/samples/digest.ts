import type { DigestEvent } from '../../notifications/digests/events.ts';
import type { AppId, DeliveryId, DigestId, NotificationId, PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import { at, later, type Samples } from '../samples.ts';

const digest = '1b9d6bcd-bbfd-5b2d-9b5d-ab8dfbbd4bed' as DigestId;
const notification = 'n-fcde2b2edba5' as NotificationId;
const expiresAt = '2025-03-15T15:09:26.535Z' as Instant;

export const digestSamples: Samples<DigestEvent> = {
  'notifications.digest-opened.v1': {
    digest,
    window: 1,
    person: '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId,
    app: 'shop-7Qm3' as AppId,
    category: 'orders',
    channel: 'email',
    closesAt: later,
    at,
  },
  'notifications.digest-collected.v1': {
    digest,
    window: 1,
    delivery: 'e3b0c442-98fc-5c14-9afb-f4c8996fb924' as DeliveryId,
    notification,
    priority: 'normal',
    atMostOnce: false,
    expiresAt,
    at,
  },
  'notifications.digest-closed.v1': {
    digest,
    window: 1,
    notifications: [notification, 'n-0b1a2c3d4e5f' as NotificationId],
    into: { notification: 'n-9e8d7c6b5a49' as NotificationId, priority: 'normal', atMostOnce: false, expiresAt },
    at: later,
  },
};
