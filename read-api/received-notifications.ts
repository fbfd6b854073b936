/** Notifications as those see them whom they are for: what they say, and how far they have come to this person. */
import { z } from 'zod';
import type { Content } from '../domain/notifications/events.ts';
import type { NotificationId, PersonId } from '../domain/shared/ids.ts';
import { renderTemplate } from '../ports/templates/render.ts';
import { QUERY_LIMIT_MAX } from '../ports/views/port.ts';
import type { Delivery } from '../projections/read-models/deliveries.ts';
import type { Notification } from '../projections/read-models/notifications.ts';
import type { ActiveViews } from '../projections/query/read-views.ts';
import { templateVersionId, type TemplateVersion } from '../projections/read-models/templates.ts';
import { DELIVERY_STATUSES, statusOfAll } from './delivery-status.ts';

export const receivedView = z
  .object({
    id: z.string(),
    source: z.enum(['app', 'chat', 'feed']),
    category: z.string(),
    content: z
      .object({ title: z.string().optional(), body: z.string(), url: z.string().optional() })
      .nullable()
      .meta({ description: 'Null: it was erased, or its template can’t be filled in.' }),
    at: z.string(),
    status: z.enum([...DELIVERY_STATUSES, 'requested']).meta({ description: 'How far the furthest of its deliveries to this person has come.' }),
    deliveries: z.array(
      z.object({ id: z.string(), channel: z.enum(['push', 'sms', 'email']), status: z.enum(DELIVERY_STATUSES), reason: z.string().nullable() }),
    ),
  })
  .meta({ id: 'ReceivedNotification' });

export type ReceivedView = z.infer<typeof receivedView>;
type Views = Pick<ActiveViews, 'find' | 'getMany'>;

/** In the order asked for; what is not there is left out. */
export async function receive(views: Views, person: PersonId, ids: readonly NotificationId[]): Promise<readonly ReceivedView[]> {
  if (ids.length === 0) return [];
  const [found, deliveries] = await Promise.all([
    views.getMany('notifications', ids),
    views.find('deliveries', { where: { recipient: person, notification: ids }, limit: QUERY_LIMIT_MAX }),
  ]);
  const notifications = found.filter((notification) => notification !== undefined);
  const templates = await templatesOf(views, notifications);
  const byNotification = Map.groupBy(deliveries, ({ notification }) => notification);
  return Promise.all(
    notifications.map(async (notification) => {
      const content = await contentOf(notification, templates);
      return viewOf(notification, content, byNotification.get(notification.notification) ?? []);
    }),
  );
}

function viewOf({ notification, source, category, at }: Notification, content: Content | null, deliveries: readonly Delivery[]): ReceivedView {
  const sorted = deliveries.toSorted((one, other) => (one.delivery < other.delivery ? -1 : 1));
  return {
    id: notification,
    source: source.kind,
    category,
    content,
    at,
    status: statusOfAll(sorted.map(({ status }) => status)),
    deliveries: sorted.map(({ delivery, channel, status, reason }) => ({ id: delivery, channel, status, reason })),
  };
}

async function templatesOf(views: Views, notifications: readonly Notification[]): Promise<ReadonlyMap<string, TemplateVersion>> {
  const ids = [...new Set(notifications.flatMap(({ template }) => (template === null ? [] : [templateVersionId(template.template, template.version)])))];
  const found = await views.getMany('templates', ids);
  return new Map(ids.flatMap((id, i) => (found[i] === undefined ? [] : [[id, found[i]]])));
}

/** As it was sent: made from the same version of the template with the same parameters. */
async function contentOf({ content, template, parameters }: Notification, templates: ReadonlyMap<string, TemplateVersion>): Promise<Content | null> {
  if (content !== null || template === null) return content;
  const version = templates.get(templateVersionId(template.template, template.version));
  if (version === undefined) return null;
  const { title, body } = version;
  const rendered = await renderTemplate({ ...(title === null ? {} : { title }), body }, parameters ?? {});
  return 'content' in rendered ? rendered.content : null;
}
