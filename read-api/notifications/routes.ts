import { z } from 'zod';
import type { NotificationId, PersonId } from '../../domain/shared/ids.ts';
import type { Route } from '../../edge/routes.ts';
import type { ServerSentEvent } from '../../edge/server-sent-events.ts';
import type { Delivery } from '../../projections/deliveries.ts';
import type { Found } from '../../projections/read-views.ts';
import { hintsFor } from '../hints.ts';
import { idParams, limitOf, liveQuery, query, refused, type ReadDependencies } from '../query.ts';
import { statusOfAll } from './status.ts';

/** Deliveries shown of one notification at a time. */
const DELIVERIES_MAX = 1_000;

const deliveryView = z
  .object({
    id: z.string(),
    recipient: z.string(),
    channel: z.enum(['push', 'sms', 'email']),
    status: z.string(),
    reason: z.string().nullable(),
    attempts: z.int(),
    vendor: z.string().nullable(),
    engagement: z.record(z.string(), z.string()).meta({ description: 'What was seen first when: opened, clicked, unsubscribed, complained.' }),
    history: z.array(z.looseObject({ what: z.string(), at: z.string() })),
  })
  .meta({ id: 'Delivery' });

const receivedView = z
  .object({
    id: z.string(),
    source: z.enum(['app', 'chat', 'feed']),
    category: z.string(),
    content: z.object({ title: z.string().optional(), body: z.string(), url: z.string().optional() }).nullable(),
    at: z.string(),
    status: z.string().meta({ description: 'How far the furthest of its deliveries to this person has come.' }),
    deliveries: z.array(z.object({ id: z.string(), channel: z.enum(['push', 'sms', 'email']), status: z.string(), reason: z.string().nullable() })),
  })
  .meta({ id: 'ReceivedNotification' });

export function notificationRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, broadcast } = dependencies;

  return [
    query(dependencies, {
      path: '/v1/notifications/:id',
      operationId: 'getNotification',
      summary: 'One’s own request: every delivery with its history.',
      callers: ['app'],
      params: idParams,
      query: z.strictObject({
        after: z.string().max(100).optional().meta({ description: 'The `next` of the page before.' }),
        limit: limitOf(100, DELIVERIES_MAX),
      }),
      answer: z.object({
        id: z.string(),
        category: z.string(),
        at: z.string(),
        sendAt: z.string().nullable(),
        expiresAt: z.string(),
        recipients: z.int(),
        cancelled: z.boolean(),
        deliveries: z.array(deliveryView),
        next: z.string().nullable(),
      }),
      refusals: ['notification-unknown'],
      reads: ['notifications', 'deliveries'],
      handle: async ({ caller, params: { id }, query: { after, limit } }) => {
        const notification = await views.get('notifications', id);
        if (notification?.source.kind !== 'app' || notification.source.app !== caller.app) return refused('notification-unknown');
        const range = after === undefined ? {} : { range: { field: '_id', after } };
        const found = await views.find('deliveries', { where: { notification: id }, ...range, order: { _id: 1 }, limit: limit + 1 });
        const { category, at, sendAt, expiresAt, recipientCount, cancelled } = notification;
        const page = found.slice(0, limit);
        const next = found.length > limit ? (page.at(-1)?.delivery ?? null) : null;
        return { id, category, at, sendAt, expiresAt, recipients: recipientCount, cancelled, deliveries: page.map(viewOf), next };
      },
    }),

    query(dependencies, {
      path: '/v1/me/notifications',
      operationId: 'getMyNotifications',
      summary: 'What one was to be told, newest first.',
      callers: ['person'],
      query: z.strictObject({ before: z.string().max(100).optional().meta({ description: 'The `next` of the page before.' }), limit: limitOf() }),
      answer: z.object({ notifications: z.array(receivedView), next: z.string().nullable() }),
      reads: ['notifications', 'deliveries'],
      handle: async ({ caller, query: { before, limit } }) => {
        const range = before === undefined ? {} : { range: { field: 'position', before } };
        const found = await views.find('received-notifications', { where: { person: caller.person }, ...range, order: { position: -1 }, limit: limit + 1 });
        const page = found.slice(0, limit);
        const shown = await Promise.all(page.map(({ notification }) => received(caller.person, notification)));
        return { notifications: shown.filter((one) => one !== undefined), next: found.length > limit ? (page.at(-1)?.position ?? null) : null };
      },
    }),

    liveQuery({
      path: '/v1/me/notifications/live',
      operationId: 'followNotifications',
      summary: 'Notifications as they come. It begins with `ready`; what was missed before that is in the list.',
      events: live,
    }),
  ];

  async function received(person: PersonId, id: NotificationId): Promise<z.infer<typeof receivedView> | undefined> {
    const [notification, deliveries] = await Promise.all([
      views.get('notifications', id),
      views.find('deliveries', { where: { notification: id, recipient: person }, order: { _id: 1 }, limit: DELIVERIES_MAX }),
    ]);
    if (notification === undefined) return undefined;
    const { source, category, content, at } = notification;
    return {
      id,
      source: source.kind,
      category,
      content,
      at,
      status: statusOfAll(deliveries.map(({ status }) => status)),
      deliveries: deliveries.map(({ delivery, channel, status, reason }) => ({ id: delivery, channel, status, reason })),
    };
  }

  async function* live(person: PersonId, signal: AbortSignal): AsyncIterable<ServerSentEvent> {
    yield { event: 'ready', data: {} };
    for await (const { notification } of hintsFor(broadcast, person, 'notification', signal)) {
      const one = await received(person, notification);
      if (one !== undefined) yield { event: 'notification', data: one, id: one.id };
    }
  }
}

function viewOf({ delivery, recipient, channel, status, reason, attempt, vendor, engagement, history }: Found<Delivery>): z.infer<typeof deliveryView> {
  return {
    id: delivery,
    recipient,
    channel,
    status,
    reason,
    attempts: attempt,
    vendor,
    engagement: { ...engagement } as Record<string, string>,
    history: [...history],
  };
}
