/** Notification requests. What stands in the centres of their recipients is in `centre`. */
import { orErased } from '../../domain/shared/event.ts';
import type { NotificationId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { NotificationEvent } from '../../domain/notifications/events.ts';
import type { Content, RequestedTemplate, SendAtLocal, Source } from '../../domain/notifications/request-fields.ts';
import type { CampaignEvent } from '../../domain/notifications/lists/events.ts';
import type { Priority } from '../../domain/notifications/priority.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import type { NotificationChannel } from '../../domain/people/notification-channels.ts';
import type { Projector } from '../projection.ts';
import { countForgotten, countRange, countRequest, type CountedCampaign, type RequestCounts } from './funnel/count-request.ts';

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
  readonly sendAtLocal: SendAtLocal | null;
  readonly expiresAt: Instant;
  /** When it expires, and its id: no two are the same. */
  readonly expires: string;
  readonly collapseKey: string | null;
  readonly cancelled: boolean;
  readonly at: Instant;
};

type HandledEvent =
  NotificationEvent | Extract<UserEvent, { type: 'people.person-erased.v1' }> | Extract<CampaignEvent, { type: 'notifications.campaign-range-planned.v1' }>;

export const notifications = {
  kind: 'projector',
  name: 'notifications',
  version: 4,
  handles: [
    'notifications.requested.v1',
    'notifications.cancelled.v1',
    'notifications.forgotten.v1',
    'notifications.campaign-range-planned.v1',
    'people.person-erased.v1',
  ],
  indexes: { notifications: [{ fields: ['subject'] }, { fields: ['category', 'expires'] }], 'funnel-requests': [], 'funnel-campaigns': [] },

  project: (event, { notifications, ...counts }) => {
    switch (event.type) {
      case 'notifications.requested.v1': {
        const { notification } = event.data;
        const change = notifications.create(notification, event, () => requested(event.data));
        countRequest(counts, event, { isNew: change === 'created' });
        return;
      }
      case 'notifications.cancelled.v1':
        notifications.update(event.data.notification, event, (before) => before && { ...before, cancelled: true });
        return;
      case 'notifications.forgotten.v1': {
        const gone: NotificationDocument[] = [];
        notifications.forget(event.data.notification, event, (before) => {
          if (before !== undefined) gone.push(before);
          return undefined;
        });
        countForgotten(counts, event, gone[0]);
        return;
      }
      case 'notifications.campaign-range-planned.v1':
        countRange(counts, event);
        return;
      case 'people.person-erased.v1':
        notifications.patch({ subject: event.key }, { content: null, parameters: null });
        return;
    }
  },
} as const satisfies Projector<HandledEvent, { notifications: NotificationDocument; 'funnel-requests': RequestCounts; 'funnel-campaigns': CountedCampaign }>;

/** Sorts after the texts of those that expire until then, and before those of later ones. */
export const endOfExpires = (until: Instant): string => `${until}~`;

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
    sendAtLocal: data.sendAtLocal ?? null,
    expiresAt,
    expires: `${expiresAt}_${notification}`,
    collapseKey: data.collapseKey ?? null,
    cancelled: false,
    at,
  };
}
