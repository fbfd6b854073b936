/** Notifications from the view of a recipient: their content, and the status of the deliveries to this person. */
import { z } from 'zod';
import type { Content } from '../domain/notifications/events.ts';
import { NOTIFICATION_CHANNELS } from '../domain/people/notification-channels.ts';
import type { NotificationId, PersonId } from '../domain/shared/ids.ts';
import { renderTemplate } from '../ports/templates/render.ts';
import { QUERY_LIMIT_MAX } from '../ports/views/port.ts';
import type { DeliveryDocument } from '../projections/read-models/deliveries.ts';
import type { NotificationDocument } from '../projections/read-models/notifications.ts';
import type { TidingsViews } from '../projections/query/tidings-views.ts';
import { templateVersionId, type TemplateVersionDocument } from '../projections/read-models/templates.ts';
import { EXAMPLE } from '../edge/examples.ts';
import { deliveryStatus, furthestStatus, furthestStatusField } from './delivery-status.ts';
import { idField, timeField } from './response-fields.ts';

export const receivedNotificationSchema = z
  .object({
    id: idField('The id of the notification.', EXAMPLE.notification),
    source: z.enum(['app', 'chat', 'feed']).meta({ description: 'Where it comes from: an app, your channels, or your feed.' }),
    category: z.string().meta({ description: 'The category that the source gave it.', examples: ['orders'] }),
    content: z
      .object({ title: z.string().optional(), body: z.string(), url: z.string().optional() })
      .nullable()
      .meta({ description: 'The text. null: it was erased, or its template can’t be rendered.' }),
    at: timeField('When it was requested.'),
    status: furthestStatusField,
    deliveries: z.array(
      z.object({
        id: idField('The id of the delivery.', EXAMPLE.delivery),
        channel: z.enum(NOTIFICATION_CHANNELS).meta({ description: 'The channel that it is sent on.' }),
        status: deliveryStatus,
        reason: z.string().nullable().meta({ description: 'Why the delivery has this status, where there is a reason.' }),
      }),
    ),
  })
  .meta({ id: 'ReceivedNotification' });

export type ReceivedNotification = z.infer<typeof receivedNotificationSchema>;
type Views = Pick<TidingsViews, 'find' | 'getMany'>;

/** In the order of the ids; unknown ids are left out. */
export async function loadReceived(views: Views, person: PersonId, ids: readonly NotificationId[]): Promise<readonly ReceivedNotification[]> {
  if (ids.length === 0) return [];
  const [found, deliveries] = await Promise.all([
    views.getMany('notifications', ids),
    views.find('deliveries', { where: { recipient: person, notification: ids }, limit: QUERY_LIMIT_MAX }),
  ]);
  const notifications = found.filter((notification) => notification !== undefined);
  const templates = await loadTemplates(views, notifications);
  const byNotification = Map.groupBy(deliveries, ({ notification }) => notification);
  return Promise.all(
    notifications.map(async (notification) => {
      const content = await renderContent(notification, templates);
      return viewOf(notification, content, byNotification.get(notification.notification) ?? []);
    }),
  );
}

function viewOf(
  { notification, source, category, at }: NotificationDocument,
  content: Content | null,
  deliveries: readonly DeliveryDocument[],
): ReceivedNotification {
  const sorted = deliveries.toSorted((one, other) => (one.delivery < other.delivery ? -1 : 1));
  return {
    id: notification,
    source: source.kind,
    category,
    content,
    at,
    status: furthestStatus(sorted.map(({ status }) => status)),
    deliveries: sorted.map(({ delivery, channel, status, reason }) => ({ id: delivery, channel, status, reason })),
  };
}

async function loadTemplates(views: Views, notifications: readonly NotificationDocument[]): Promise<ReadonlyMap<string, TemplateVersionDocument>> {
  const ids = [...new Set(notifications.flatMap(({ template }) => (template === null ? [] : [templateVersionId(template.template, template.version)])))];
  const found = await views.getMany('templates', ids);
  return new Map(ids.flatMap((id, i) => (found[i] === undefined ? [] : [[id, found[i]]])));
}

/** As it was sent: rendered from the same version of the template with the same parameters. */
async function renderContent(
  { content, template, parameters }: NotificationDocument,
  templates: ReadonlyMap<string, TemplateVersionDocument>,
): Promise<Content | null> {
  if (content !== null || template === null) return content;
  const version = templates.get(templateVersionId(template.template, template.version));
  if (version === undefined) return null;
  const { title, body } = version;
  const rendered = await renderTemplate({ ...(title === null ? {} : { title }), body }, parameters ?? {});
  return 'content' in rendered ? rendered.content : null;
}
