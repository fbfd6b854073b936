/** Notification queries: an app's own requests with their deliveries; a person's received notifications, by the page and live. */
import { z } from 'zod';
import { NOTIFICATION_CHANNELS } from '../../domain/people/notification-channels.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { notificationId } from '../../edge/fields.ts';
import { EPOCH_PREFIX } from '../../edge/position-tokens.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { DeliveryDocument } from '../../projections/read-models/deliveries.ts';
import { deliveryStatus } from '../delivery-status.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { liveQuery } from '../live/live-query.ts';
import { CURSOR, fillPage, limitParam, next } from '../pages.ts';
import { query, refused } from '../query.ts';
import { loadReceived, receivedNotificationSchema, type ReceivedNotification } from '../received-notifications.ts';
import { idField, optionalTimeField, timeField } from '../response-fields.ts';

const DELIVERIES_DEFAULT = 100;
const DELIVERIES_MAX = 1_000;

const deliverySchema = z
  .object({
    id: idField('The id of the delivery.', EXAMPLE.delivery),
    recipient: idField('The id of the recipient.', EXAMPLE.ada),
    channel: z.enum(NOTIFICATION_CHANNELS).meta({ description: 'The channel that it is sent on.' }),
    status: deliveryStatus,
    reason: z.string().nullable().meta({ description: 'Why the delivery has this status, where there is a reason.' }),
    attempts: z.int().meta({ description: 'How often it was sent to a vendor.' }),
    vendor: z
      .string()
      .nullable()
      .meta({ description: 'The vendor of the last attempt.', examples: ['outbox'] }),
    engagement: z.record(z.string(), z.string()).meta({
      description:
        'The first time of each reaction of the recipient: `opened`, `clicked`, `unsubscribed`, `complained`. What programs did is in the history alone, with `machine`.',
    }),
    history: z
      .array(z.looseObject({ what: z.string(), at: z.string() }))
      .meta({ description: 'The events of the delivery, oldest first: `what` happened, `at` which time, and the facts of the event.' }),
  })
  .meta({ id: 'Delivery' });

const notificationSchema = z
  .object({
    id: idField('The id of the notification.', EXAMPLE.notification),
    category: z.string().meta({ description: 'The category that you gave it.', examples: ['orders'] }),
    at: timeField('When you requested it.'),
    sendAt: optionalTimeField('When it is to be sent. null: at once.'),
    expiresAt: timeField('When it is no longer worth sending.'),
    recipients: z.int().meta({ description: 'The number of recipients.' }),
    cancelled: z.boolean().meta({ description: 'Whether you have cancelled it.' }),
    deliveries: z.array(deliverySchema).meta({ description: 'A page of its deliveries.' }),
    next,
  })
  .meta({ id: 'Notification' });

const afterDelivery = z
  .uuid()
  .toLowerCase()
  .optional()
  .meta({ ...CURSOR, examples: [EXAMPLE.delivery] });
/** The position of the last notification in the log. Clients must not parse it. */
const beforePosition = z
  .string()
  .regex(new RegExp(`^${EPOCH_PREFIX}\\d{4}\\.\\d{19}$`), 'must be the `next` of a page')
  .optional()
  .meta({ ...CURSOR, examples: ['0000.0000000000000048213'] });

const EXAMPLE_RECEIVED: ReceivedNotification = {
  id: EXAMPLE.notification,
  source: 'app',
  category: 'orders',
  content: { title: 'Order 4711', body: 'Your order 4711 is on its way.' },
  data: { kind: 'app', notification: EXAMPLE.notification, app: EXAMPLE.app },
  at: EXAMPLE.at,
  status: 'accepted',
  deliveries: [{ id: EXAMPLE.delivery, channel: 'push', status: 'accepted', reason: null }],
};
const EXAMPLE_DELIVERY: z.input<typeof deliverySchema> = {
  id: EXAMPLE.delivery,
  recipient: EXAMPLE.ada,
  channel: 'push',
  status: 'accepted',
  reason: null,
  attempts: 1,
  vendor: 'outbox',
  engagement: {},
  history: [
    { what: 'delivery-planned', at: EXAMPLE.at },
    { what: 'attempt-accepted', at: EXAMPLE.at },
  ],
};

const READS = ['notifications', 'deliveries', 'templates', 'messages', 'channels', 'posts', 'profile', 'relationships'] as const;

export function notificationRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, positions, pageBytesMax } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/notifications/:notification',
      operationId: 'getNotification',
      summary: 'Get a notification of my app',
      description: 'Returns a notification that your app requested, with a page of its deliveries and their history.',
      tag: 'Notifications',
      example: {
        id: EXAMPLE.notification,
        category: 'orders',
        at: EXAMPLE.at,
        sendAt: null,
        expiresAt: '2026-07-02T09:30:00.000Z',
        recipients: 1,
        cancelled: false,
        deliveries: [EXAMPLE_DELIVERY],
        next: null,
      },
      callers: ['app'],
      params: z.strictObject({ notification: notificationId }),
      query: z.strictObject({ after: afterDelivery, limit: limitParam(DELIVERIES_DEFAULT, DELIVERIES_MAX) }),
      response: notificationSchema,
      refusals: ['notification-unknown'],
      reads: ['notifications', 'deliveries'],
      handle: async ({ caller, params: { notification: id }, query: { after, limit } }) => {
        const notification = await views.get('notifications', id);
        if (notification?.source.kind !== 'app' || notification.source.app !== caller.app) return refused('notification-unknown');
        const range = after === undefined ? {} : { range: { field: '_id', after } };
        const found = await views.findPage('deliveries', { where: { notification: id }, ...range, order: { _id: 1 }, limit, bytesMax: pageBytesMax });
        const next = found.more ? (found.documents.at(-1)?.delivery ?? null) : null;
        const { category, at, sendAt, expiresAt, recipientCount: recipients, cancelled } = notification;
        return { id, category, at, sendAt, expiresAt, recipients, cancelled, deliveries: found.documents.map(viewOf), next };
      },
    }),

    query(dependencies, {
      path: '/v1/me/notifications',
      operationId: 'getMyNotifications',
      summary: 'List my notifications, newest first',
      description:
        'Returns a page of the notifications that were requested for you, with the status of their deliveries to you. Notifications of messages and posts say what these say now; those of withdrawn or deleted ones, of people across a block, of posts of people you mute, and of channels you left are left out, so a page may be shorter than `limit`.',
      tag: 'Notifications',
      example: { notifications: [EXAMPLE_RECEIVED], next: null },
      callers: ['person'],
      query: z.strictObject({ before: beforePosition, limit: limitParam() }),
      response: z.object({ notifications: z.array(receivedNotificationSchema), next }),
      reads: READS,
      handle: async ({ caller: { person }, query: { before, limit } }) => {
        const cursor = before === undefined ? undefined : positions.textOf(before);
        if (cursor?.outcome === 'refused') return { refusal: cursor.refusal };
        const range = cursor === undefined ? {} : { range: { field: 'position', before: cursor.value } };
        const found = await views.find('received-notifications', { where: { person }, ...range, order: { position: -1 }, limit: limit + 1 });
        const present = async (rows: typeof found) => {
          const ids = rows.map(({ notification }) => notification);
          const loaded = new Map((await loadReceived(dependencies, person, ids)).map((received) => [received.id, received]));
          return ids.map((id) => loaded.get(id));
        };
        const { views: notifications, last } = await fillPage(found, { limit, bytesMax: pageBytesMax, present });
        return { notifications, next: last?.position === undefined ? null : positions.cursorOf(last.position) };
      },
    }),

    liveQuery(dependencies, {
      path: '/v1/me/notifications/live',
      operationId: 'followNotifications',
      summary: 'Follow my notifications',
      description: 'Streams your new notifications. For those before `ready`, list your notifications.',
      tag: 'Notifications',
      example: EXAMPLE_RECEIVED,
      reads: READS,
      hint: 'notification',
      event: 'notification',
      data: receivedNotificationSchema,
      load: async (person, { notification }) => (await loadReceived(dependencies, person, [notification]))[0],
    }),
  ];
}

function viewOf({ delivery, recipient, channel, status, reason, attempt, vendor, engagement, history }: DeliveryDocument): z.infer<typeof deliverySchema> {
  return { id: delivery, recipient, channel, status, reason, attempts: attempt, vendor, engagement: { ...engagement }, history: [...history] };
}
