/** The part of the history that is of lists: two of them, a notification to one, and another that was forgotten. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { AppId, ListId, NotificationId, PersonId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';

const at = instant(Date.UTC(2030, 0, 1));
const shop = 'shop' as AppId;
const [ann, bob, cyd] = ['ann', 'bob', 'cyd'] as unknown as readonly [PersonId, PersonId, PersonId];
const [crew, gone] = ['crew', 'gone'] as unknown as readonly [ListId, ListId];
const [n3, old] = ['n3', 'old'] as unknown as readonly [NotificationId, NotificationId];
const toCrew = { notification: n3, at } as const;
const oldToCrew = { notification: old, at } as const;

const requested = {
  notification: n3,
  category: 'offers',
  critical: false,
  atMostOnce: false,
  channels: ['push'],
  priority: 'normal',
  expiresAt: at,
  at,
  source: { kind: 'app', app: shop },
  recipients: [],
  list: { list: crew, revision: 3, ratePerMinute: 600 },
  subject: shop,
  content: { body: 'Ahoy' },
} as const;

export const lists: Readonly<Record<string, readonly TidingsEvent[]>> = {
  'list-crew': [
    { type: 'notifications.list-created.v1', data: { list: crew, app: shop, name: 'Crew', at } },
    { type: 'notifications.list-members-added.v1', data: { list: crew, app: shop, members: [ann, bob, cyd], at } },
    { type: 'notifications.list-members-removed.v1', data: { list: crew, app: shop, members: [cyd], at } },
    { type: 'notifications.list-members-added.v1', data: { list: crew, app: shop, members: [bob], at } },
  ],
  'list-gone': [
    { type: 'notifications.list-created.v1', data: { list: gone, app: shop, name: 'Gone', at } },
    { type: 'notifications.list-members-added.v1', data: { list: gone, app: shop, members: [cyd], at } },
    { type: 'notifications.list-removed.v1', data: { list: gone, app: shop, at } },
  ],
  'notification-n3': [
    { type: 'notifications.requested.v1', data: requested },
    { type: 'notifications.cancelled.v1', data: { notification: n3 } },
  ],
  'campaign-n3': [
    { type: 'notifications.campaign-started.v1', data: { ...toCrew, list: crew, total: 2 } },
    { type: 'notifications.campaign-range-planned.v1', data: { ...toCrew, range: 0, recipients: 1, until: ann, dueAt: at } },
    { type: 'notifications.campaign-paused.v1', data: toCrew },
    { type: 'notifications.campaign-resumed.v1', data: toCrew },
    { type: 'notifications.campaign-range-planned.v1', data: { ...toCrew, range: 1, recipients: 1, until: bob, dueAt: at } },
    { type: 'notifications.campaign-finished.v1', data: { ...toCrew, because: 'planned' } },
  ],
  // As the log has it before it is truncated.
  'notification-old': [
    { type: 'notifications.requested.v1', data: { ...requested, notification: old } },
    { type: 'notifications.forgotten.v1', data: oldToCrew },
  ],
  'campaign-old': [
    { type: 'notifications.campaign-started.v1', data: { ...oldToCrew, list: crew, total: 2 } },
    { type: 'notifications.campaign-range-planned.v1', data: { ...oldToCrew, range: 0, recipients: 2, until: bob, dueAt: at } },
    { type: 'notifications.campaign-finished.v1', data: { ...oldToCrew, because: 'planned' } },
  ],
};
