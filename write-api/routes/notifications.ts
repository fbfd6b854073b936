/** What apps want people to hear. */
import { z } from 'zod';
import type { RequestNotification } from '../../commands/notifications/notifications.ts';
import { instantField, notificationId, personId, templateId, text } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { category } from '../category.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

/** More are refused by the domain, with the number that is allowed; this only bounds the work. */
const RECIPIENTS_MAX = 2_000;
const CHANNELS_MAX = 3;
const CONTENT_CHARACTERS_MAX = 65_536;
const URL_CHARACTERS_MAX = 2_048;
const COLLAPSE_KEY_CHARACTERS_MAX = 64;
const TTL_SECONDS_MAX = 7 * 24 * 60 * 60;

const content = z.strictObject({
  title: text(CONTENT_CHARACTERS_MAX).optional(),
  body: text(CONTENT_CHARACTERS_MAX),
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .max(URL_CHARACTERS_MAX)
    .optional(),
});
const template = z.strictObject({ template: templateId, version: z.int().min(1).optional().meta({ description: 'The newest where it is absent.' }) });

const notificationBody = z
  .strictObject({
    recipients: z.array(personId).max(RECIPIENTS_MAX),
    category,
    content,
    template,
    parameters: z.record(z.string(), z.json()).meta({ description: 'What the template’s holes are filled with.' }),
    channels: z
      .array(z.enum(['push', 'sms', 'email']))
      .max(CHANNELS_MAX)
      .meta({ description: 'In order of preference; all of them where it is absent.' }),
    priority: z.enum(['high', 'normal', 'low']),
    critical: z.boolean().meta({ description: 'Required reading: preferences, caps and quiet hours don’t hold it back.' }),
    atMostOnce: z.boolean().meta({ description: 'Better never than twice: an attempt of unknown outcome is not repeated.' }),
    sendAt: instantField,
    ttlSeconds: z.int().min(1).max(TTL_SECONDS_MAX),
    collapseKey: text(COLLAPSE_KEY_CHARACTERS_MAX).min(1).meta({ description: 'A later notification with the same key replaces this one on the device.' }),
  })
  .partial()
  .required({ recipients: true, category: true })
  .refine(({ content: said, template: named }) => said === undefined || named === undefined, { error: 'content or a template, not both', path: ['template'] });

export function notificationRoutes({ commands, contextFor, limits }: WriteDependencies): readonly Route[] {
  const ofApp = { callers: ['app'], limits: [{ limit: limits.appRequests, by: 'caller' }] } as const;
  return [
    command(contextFor, {
      ...ofApp,
      method: 'post',
      path: '/v1/notifications',
      operationId: 'requestNotification',
      summary: 'Have people notified.',
      body: notificationBody,
      refusals: [
        'app-unknown',
        'app-disabled',
        'recipients-missing',
        'too-many-recipients',
        'not-enrolled',
        'content-missing',
        'content-too-large',
        'template-unknown',
        'send-at-too-far',
        'already-expired',
        'notification-cancelled',
        'notification-unknown',
      ],
      more: { id: notificationId },
      act: ({ caller: { app }, body }, context) =>
        commands.requestNotification({ source: { kind: 'app', app }, ...present(body) } as RequestNotification, context),
    }),

    command(contextFor, {
      ...ofApp,
      method: 'post',
      path: '/v1/notifications/:notification/cancel',
      operationId: 'cancelNotification',
      summary: 'Take a notification back: what of it was not sent yet is not sent.',
      params: z.strictObject({ notification: notificationId }),
      refusals: ['notification-unknown'],
      act: ({ caller: { app }, params: { notification } }, context) => commands.cancelNotification({ notification, app }, context),
    }),
  ];
}

/** Without the fields that are not there: a command doesn't expect `undefined`. */
const present = (body: z.output<typeof notificationBody>): object => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
