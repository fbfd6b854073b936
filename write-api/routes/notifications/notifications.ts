/** The notifications that apps request. */
import { z } from 'zod';
import type { RequestNotification } from '../../../commands/notifications/notifications.ts';
import { SEND_AHEAD_MAX_DAYS } from '../../../domain/notifications/notification.ts';
import { notificationStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { instantWithOffset, notificationId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { quotaHeaders, requestWithinQuota } from '../../quota-headers.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';
import { checkRequest, NOTIFICATION_BODY_BYTES_MAX, notificationShape, REQUEST_REFUSALS, withoutUndefined } from '../../notification-fields.ts';
import { sendAtLocal } from '../../schedule-fields.ts';

const notificationBody = checkRequest(
  z
    .strictObject({
      ...notificationShape,
      sendAt: instantWithOffset.meta({
        description: `When to send it, at most ${SEND_AHEAD_MAX_DAYS} days ahead, in ISO 8601, in UTC or with an offset. Default: now.`,
        examples: [EXAMPLE.later],
      }),
      sendAtLocal: sendAtLocal.meta({ description: 'When to send it on each recipient’s own clock, in place of `sendAt`.' }),
    })
    .partial()
    .required({ category: true }),
);

const stream = notificationStream(EXAMPLE.notification);

export function notificationRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits, quotaCounts } = dependencies;
  const ofApp = { callers: ['app'], scope: 'send', tag: 'Notifications', limits: [{ limit: limits.appRequests, by: 'caller' }] } as const;
  return [
    command(dependencies, {
      ...ofApp,
      method: 'post',
      path: '/v1/notifications',
      operationId: 'requestNotification',
      summary: 'Request a notification',
      description:
        'Requests a notification of up to a thousand people, or of the members of a list. Each recipient’s preferences decide whether, when and on which channels it is sent. To see what became of it, call `GET /v1/notifications/{notification}` of the read API.',
      example: {
        body: {
          recipients: [EXAMPLE.ada],
          category: 'orders',
          template: { template: EXAMPLE.template },
          parameters: { number: 4711 },
          channels: ['push', 'email'],
          collapseKey: 'order-4711',
        },
        result: { id: EXAMPLE.notification },
        stream,
      },
      body: notificationBody,
      bodyBytesMax: NOTIFICATION_BODY_BYTES_MAX,
      refusals: [
        ...REQUEST_REFUSALS,
        'send-at-twice',
        'time-zone-unknown',
        'send-at-too-far',
        'expires-before-sending',
        'notification-cancelled',
        'notification-unknown',
        'quota-exceeded',
      ],
      resultFields: { id: notificationId },
      resultHeaders: quotaHeaders,
      execute: ({ caller: { app }, body }, context) => {
        const request = { source: { kind: 'app', app }, ...withoutUndefined(body) } as RequestNotification;
        return requestWithinQuota(quotaCounts, app, (admit) => commands.requestNotification(request, context, { admit }));
      },
    }),

    command(dependencies, {
      ...ofApp,
      method: 'post',
      path: '/v1/notifications/:notification/cancel',
      operationId: 'cancelNotification',
      summary: 'Cancel a notification',
      description: 'Cancels the deliveries of your notification that are not sent yet.',
      example: { stream, revision: 1 },
      params: z.strictObject({ notification: notificationId }),
      refusals: ['notification-unknown'],
      execute: ({ caller: { app }, params: { notification } }, context) => commands.cancelNotification({ notification, app }, context),
    }),
  ];
}
