/** What was to be told: to an app its own requests with every delivery, to a person what was for that person, by the page and live. */
import { z } from 'zod';
import type { NotificationId, PersonId } from '../../domain/shared/ids.ts';
import { notificationId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { Delivery } from '../../projections/read-models/deliveries.ts';
import { DELIVERY_STATUSES } from '../delivery-status.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { liveQuery } from '../live/live-query.ts';
import { limitOf, next, pageOf } from '../pages.ts';
import { query, refused } from '../query.ts';
import { receive, receivedView, type ReceivedView } from '../received-notifications.ts';

const DELIVERIES = 100;
const DELIVERIES_MAX = 1_000;

const deliveryView = z
  .object({
    id: z.string(),
    recipient: z.string(),
    channel: z.enum(['push', 'sms', 'email']),
    status: z.enum(DELIVERY_STATUSES),
    reason: z.string().nullable(),
    attempts: z.int(),
    vendor: z.string().nullable(),
    engagement: z.record(z.string(), z.string()).meta({ description: 'What was seen first when: opened, clicked, unsubscribed, complained.' }),
    history: z.array(z.looseObject({ what: z.string(), at: z.string() })),
  })
  .meta({ id: 'Delivery' });

const notificationView = z.object({
  id: z.string(),
  category: z.string(),
  at: z.string(),
  sendAt: z.string().nullable(),
  expiresAt: z.string(),
  recipients: z.int(),
  cancelled: z.boolean(),
  deliveries: z.array(deliveryView),
  next,
});

const goesOn = { description: 'The `next` of the page before.' };
const deliveryId = z.uuid().optional().meta(goesOn);
/** Where in the log the last one stands, which nobody outside may take apart. */
const place = z
  .string()
  .regex(/^\d{4}\.\d{19}$/, 'must be the `next` of a page')
  .optional()
  .meta(goesOn);

const READS = ['notifications', 'deliveries', 'templates'];

export function notificationRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/notifications/:notification',
      operationId: 'getNotification',
      summary: 'One’s own request: every delivery with its history.',
      callers: ['app'],
      params: z.strictObject({ notification: notificationId }),
      query: z.strictObject({ after: deliveryId, limit: limitOf(DELIVERIES, DELIVERIES_MAX) }),
      answer: notificationView.meta({ id: 'Notification' }),
      refusals: ['notification-unknown'],
      reads: ['notifications', 'deliveries'],
      handle: async ({ caller, params: { notification: id }, query: { after, limit } }) => {
        const notification = await views.get('notifications', id);
        if (notification?.source.kind !== 'app' || notification.source.app !== caller.app) return refused('notification-unknown');
        const range = after === undefined ? {} : { range: { field: '_id', after } };
        const found = await views.find('deliveries', { where: { notification: id }, ...range, order: { _id: 1 }, limit: limit + 1 });
        const { shown, last } = pageOf(found, limit);
        const { category, at, sendAt, expiresAt, recipientCount: recipients, cancelled } = notification;
        return { id, category, at, sendAt, expiresAt, recipients, cancelled, deliveries: shown.map(viewOf), next: last?.delivery ?? null };
      },
    }),

    query(dependencies, {
      path: '/v1/me/notifications',
      operationId: 'getMyNotifications',
      summary: 'What one was to be told, newest first.',
      callers: ['person'],
      query: z.strictObject({ before: place, limit: limitOf() }),
      answer: z.object({ notifications: z.array(receivedView), next }),
      reads: READS,
      handle: async ({ caller: { person }, query: { before, limit } }) => {
        const range = before === undefined ? {} : { range: { field: 'position', before } };
        const found = await views.find('received-notifications', { where: { person }, ...range, order: { position: -1 }, limit: limit + 1 });
        const { shown, last } = pageOf(found, limit);
        return { notifications: await received(person, ...shown.map(({ notification }) => notification)), next: last?.position ?? null };
      },
    }),

    liveQuery(dependencies, {
      path: '/v1/me/notifications/live',
      operationId: 'followNotifications',
      summary: 'Notifications as they come. What was before `ready` is in the list.',
      reads: READS,
      hint: 'notification',
      event: 'notification',
      view: receivedView,
      show: async (person, { notification }) => (await received(person, notification))[0],
    }),
  ];

  async function received(person: PersonId, ...ids: readonly NotificationId[]): Promise<ReceivedView[]> {
    return [...(await receive(views, person, ids))];
  }
}

function viewOf({ delivery, recipient, channel, status, reason, attempt, vendor, engagement, history }: Delivery): z.infer<typeof deliveryView> {
  return { id: delivery, recipient, channel, status, reason, attempts: attempt, vendor, engagement: { ...engagement }, history: [...history] };
}
