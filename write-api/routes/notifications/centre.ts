/** What a person marks in their notification centre, and the ticket with which a browser follows it. */
import { z } from 'zod';
import { centreStream, deliveryStream } from '../../../domain/shared/streams.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import type { ItemMark } from '../../../domain/notifications/centre/events.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { instantField, liveTicket, notificationId } from '../../../edge/fields.ts';
import { respond, route, type Method, type Route } from '../../../edge/http/routes.ts';
import { category } from '../../category.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';

const upTo = instantField.meta({
  description: 'All that came until then: `at` of the newest notification that you show. A time to come counts as now.',
  examples: [EXAMPLE.at],
});

type Marking = { readonly method: Exclude<Method, 'get'>; readonly path: string; readonly operationId: string; readonly summary: string };
const MARKINGS: Readonly<Record<ItemMark, Marking & { readonly description: string }>> = {
  read: {
    method: 'put',
    path: 'read',
    operationId: 'markNotificationRead',
    summary: 'Mark a notification as read',
    description: 'Marks one notification of your notification centre as read. The app that sent it learns that you have opened it.',
  },
  unread: {
    method: 'delete',
    path: 'read',
    operationId: 'markNotificationUnread',
    summary: 'Mark a notification as unread',
    description: 'Marks one notification as unread, also where you had marked all of them as read.',
  },
  archived: {
    method: 'put',
    path: 'archived',
    operationId: 'archiveNotification',
    summary: 'Archive a notification',
    description: 'Takes one notification out of the list, into the archive.',
  },
  unarchived: {
    method: 'delete',
    path: 'archived',
    operationId: 'unarchiveNotification',
    summary: 'Take a notification out of the archive',
    description: 'Puts one notification back into the list, where it was.',
  },
};

export function centreRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits, tokens } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'Notifications', limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  return [
    ...Object.entries(MARKINGS).map(([mark, { path, ...marking }]) =>
      command(dependencies, {
        ...ofPerson,
        ...marking,
        path: `/v1/me/notifications/:notification/${path}`,
        example: { stream: deliveryStream(EXAMPLE.delivery as DeliveryId), revision: 1 },
        params: z.strictObject({ notification: notificationId }),
        refusals: ['notification-unknown'],
        execute: ({ caller: { person }, params: { notification } }, context) =>
          commands.markNotification({ person, notification, mark: mark as ItemMark }, context),
      }),
    ),

    command(dependencies, {
      ...ofPerson,
      method: 'post',
      path: '/v1/me/notifications/seen',
      operationId: 'markNotificationsSeen',
      summary: 'Mark my notifications as seen',
      description: 'Marks as seen all that came into your notification centre until a moment: send it when the person opens the centre.',
      example: { body: { upTo: EXAMPLE.at }, stream: centreStream(EXAMPLE.ada) },
      body: z.strictObject({ upTo }),
      refusals: [],
      execute: ({ caller: { person }, body }, context) => commands.markNotificationsSeen({ person, ...body }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'post',
      path: '/v1/me/notifications/read',
      operationId: 'markNotificationsRead',
      summary: 'Mark my notifications as read',
      description: 'Marks as read all that came into your notification centre until a moment, or all of one category.',
      example: { body: { upTo: EXAMPLE.at, category: 'orders' }, stream: centreStream(EXAMPLE.ada), revision: 1 },
      body: z.strictObject({ upTo, category: category.optional() }),
      refusals: ['categories-read-full'],
      execute: ({ caller: { person }, body: { upTo, category } }, context) =>
        commands.markNotificationsRead({ person, upTo, ...(category !== undefined && { category }) }, context),
    }),

    route({
      ...ofPerson,
      method: 'post',
      path: '/v1/me/live-tickets',
      operationId: 'openLiveTicket',
      summary: 'Get a ticket for a stream of events',
      description:
        'Returns a ticket that a browser’s EventSource brings in the address of a stream of events, since it can send no headers. It is good for a minute, for streams alone, and ends with your session.',
      example: { response: { ticket: EXAMPLE.token, expiresAt: EXAMPLE.later } },
      responses: {
        201: z.object({ ticket: liveTicket, expiresAt: instantField.meta({ description: 'Open the stream until then.', examples: [EXAMPLE.later] }) }),
      },
      refusals: [],
      handle: async ({ caller: { person, session } }) => respond(201, await tokens.issueTicket({ person, session })),
    }),
  ];
}
