/** Notification requests, and a row for each recipient. */
import { orErased } from '../../domain/shared/event.ts';
import type { NotificationId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { Content, NotificationEvent, Priority, RequestedTemplate, Source } from '../../domain/notifications/events.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import type { NotificationChannel } from '../../domain/people/notification-channels.ts';
import type { Projector } from '../projection.ts';

/** Id: the notification. Its deliveries are in `deliveries`. */
export type NotificationDocument = {
  readonly notification: NotificationId;
  readonly source: Source;
  readonly subject: string;
  readonly recipientCount: number;
  readonly category: string;
  readonly critical: boolean;
  readonly channels: readonly NotificationChannel[];
  /** Null: it is rendered from a template, or was erased. */
  readonly content: Content | null;
  readonly template: RequestedTemplate | null;
  readonly parameters: Readonly<Record<string, unknown>> | null;
  readonly priority: Priority;
  readonly sendAt: Instant | null;
  readonly expiresAt: Instant;
  readonly collapseKey: string | null;
  readonly cancelled: boolean;
  readonly at: Instant;
};

/** Id: `receivedId`. A person's notifications sort by `position`, which no two rows of a person share. */
export type ReceivedNotificationRow = {
  readonly person: PersonId;
  readonly notification: NotificationId;
  readonly category: string;
  readonly from: Source['kind'];
  readonly at: Instant;
};

export const receivedId = (person: PersonId, notification: NotificationId): string => `${person}:${notification}`;

type HandledEvent = NotificationEvent | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const notifications = {
  kind: 'projector',
  name: 'notifications',
  version: 1,
  handles: ['notifications.requested.v1', 'notifications.cancelled.v1', 'people.person-erased.v1'],
  indexes: { notifications: [{ fields: ['subject'] }], 'received-notifications': [{ fields: ['person', 'position'] }] },

  project: (event, { notifications, 'received-notifications': received }) => {
    switch (event.type) {
      case 'notifications.requested.v1': {
        const { notification, recipients, category, source, at } = event.data;
        notifications.update(notification, event, () => requested(event.data));
        if (source.kind === 'account') return; // a code belongs to whoever reads what arrives at the address, and not to whoever is logged in
        for (const person of new Set(recipients)) {
          received.update(receivedId(person, notification), event, () => ({ person, notification, category, from: source.kind, at }));
        }
        return;
      }
      case 'notifications.cancelled.v1':
        notifications.update(event.data.notification, event, (before) => before && { ...before, cancelled: true });
        return;
      case 'people.person-erased.v1':
        notifications.patch({ subject: event.key }, { content: null, parameters: null });
        return;
    }
  },
} as const satisfies Projector<HandledEvent, { notifications: NotificationDocument; 'received-notifications': ReceivedNotificationRow }>;

type RequestedData = Extract<NotificationEvent, { type: 'notifications.requested.v1' }>['data'];

function requested(data: RequestedData): NotificationDocument {
  const { notification, source, subject, category, critical, channels, priority, expiresAt, at } = data;
  return {
    notification,
    source,
    subject,
    recipientCount: new Set(data.recipients).size,
    category,
    critical,
    channels,
    content: orErased<Content | null>(data.content ?? null, null),
    template: data.template ?? null,
    parameters: orErased<NotificationDocument['parameters']>(data.parameters ?? null, null),
    priority,
    sendAt: data.sendAt ?? null,
    expiresAt,
    collapseKey: data.collapseKey ?? null,
    cancelled: false,
    at,
  };
}
