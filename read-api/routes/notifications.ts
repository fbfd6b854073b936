/** An app's own requests, with their deliveries. What stands in people's notification centres is in `centre.ts`. */
import { z } from 'zod';
import { NOTIFICATION_CHANNELS } from '../../domain/people/notification-channels.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { notificationId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { DeliveryDocument } from '../../projections/read-models/deliveries.ts';
import { deliveryStatus } from '../delivery-status.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { CURSOR, limitParam, next } from '../pages.ts';
import { query, refused } from '../query.ts';
import { idField, optionalTimeField, timeField } from '../response-fields.ts';

const DELIVERIES_DEFAULT = 100;
const DELIVERIES_MAX = 1_000;

export const deliverySchema = z
  .object({
    id: idField('The id of the delivery.', EXAMPLE.delivery),
    recipient: idField('The id of the recipient.', EXAMPLE.ada),
    channel: z.enum(NOTIFICATION_CHANNELS).meta({ description: 'The channel that it is sent on.' }),
    status: deliveryStatus,
    sandbox: z.boolean().meta({ description: 'Whether your app is a sandbox: then it went to the outbox, and to no vendor.' }),
    failoverStep: z
      .int()
      .nullable()
      .meta({ description: 'Which step of the failover has planned it; 0: none, it was requested. null: the notification has no failover.' }),
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
    sendAt: optionalTimeField('When it is to be sent. null: at once, or on the clocks of its recipients.'),
    sendAtLocal: z
      .object({ time: z.string(), zone: z.string() })
      .nullable()
      .meta({ description: 'When it is to be sent on each recipient’s clock, if you said so.' }),
    expiresAt: timeField('When it is no longer worth sending.'),
    recipients: z.int().meta({ description: 'The number of recipients that it names. 0: it goes to a list; its progress says how many are planned.' }),
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
export const EXAMPLE_DELIVERY: z.input<typeof deliverySchema> = {
  id: EXAMPLE.delivery,
  recipient: EXAMPLE.ada,
  channel: 'push',
  status: 'accepted',
  sandbox: false,
  failoverStep: null,
  reason: null,
  attempts: 1,
  vendor: 'outbox',
  engagement: {},
  history: [
    { what: 'delivery-planned', at: EXAMPLE.at },
    { what: 'attempt-accepted', at: EXAMPLE.at },
  ],
};

export function notificationRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, pageBytesMax } = dependencies;
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
        sendAtLocal: null,
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
        const { category, at, sendAt, sendAtLocal, expiresAt, recipientCount: recipients, cancelled } = notification;
        return { id, category, at, sendAt, sendAtLocal, expiresAt, recipients, cancelled, deliveries: found.documents.map(deliveryView), next };
      },
    }),
  ];
}

export function deliveryView({ delivery: id, failover, attempt: attempts, ...shown }: DeliveryDocument): z.infer<typeof deliverySchema> {
  const { recipient, channel, status, reason, vendor, engagement, history } = shown;
  const sandbox = shown.sandbox === true;
  const failoverStep = failover?.step ?? null;
  return { id, recipient, channel, status, sandbox, failoverStep, reason, attempts, vendor, engagement: { ...engagement }, history: [...history] };
}
