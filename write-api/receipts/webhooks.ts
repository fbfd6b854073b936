/** Where an app wants to be told what becomes of its deliveries (Standard Webhooks). */
import { z } from 'zod';
import { WEBHOOK_EVENTS } from '../../domain/notifications/webhooks/events.ts';
import { WEBHOOK_URL_CHARACTERS_MAX } from '../../domain/notifications/webhooks/webhook-endpoint.ts';
import { webhookEndpointStream, webhookMessageStream } from '../../domain/shared/streams.ts';
import type { AppId } from '../../domain/shared/ids.ts';
import { isByReplacedSecret, type Caller } from '../../edge/auth/callers.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { appId, text } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { refused, type RefusedResult } from '../../commands/handling/results.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

const MESSAGE_CHARACTERS_MAX = 64;
const EXAMPLE_MESSAGE = 'c56a4180-65aa-42ec-a945-5fd21dec0538';
const EXAMPLE_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const webhookBody = z.strictObject({
  url: z
    .string()
    .max(WEBHOOK_URL_CHARACTERS_MAX)
    .meta({ description: 'An https: address.', examples: ['https://shop.example/tidings'] }),
  events: z
    .array(z.enum(WEBHOOK_EVENTS))
    .min(1)
    .max(WEBHOOK_EVENTS.length)
    .meta({ description: 'What you want to be told of.', examples: [['delivery.delivered', 'delivery.undelivered']] }),
});
const secret = z.string().meta({ description: 'Verify signatures with it. Only this response shows it.' });
const params = z.strictObject({ app: appId });
const stream = webhookEndpointStream(EXAMPLE.app);

const isOthers = (caller: Caller, app: AppId): boolean => caller.kind === 'app' && caller.app !== app;
/** Of what decides where an app's messages go, and how they are signed. */
const refusalOf = (caller: Caller, app: AppId): RefusedResult | undefined =>
  isOthers(caller, app) ? refused('forbidden') : isByReplacedSecret(caller) ? refused('app-secret-replaced') : undefined;

export function webhookRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofApp = { callers: ['operator', 'app'], tag: 'Apps', limits: [{ limit: limits.appRequests, by: 'caller' }] } as const;
  return [
    command(dependencies, {
      ...ofApp,
      method: 'put',
      path: '/v1/apps/:app/webhook',
      audit: { event: 'credentials-changed' },
      operationId: 'setWebhook',
      summary: 'Set an app’s webhook',
      description:
        'Sets where the app is told what becomes of its deliveries, and of which events, in place of what was set before. Messages are as Standard Webhooks has them: the header `webhook-id` is the same each time that a message is sent. One that isn’t answered with 2xx is tried for a day.',
      example: { body: { url: 'https://shop.example/tidings', events: ['delivery.delivered'] }, result: { secret: EXAMPLE_SECRET }, stream },
      params,
      body: webhookBody,
      refusals: ['app-unknown', 'app-disabled', 'app-secret-replaced', 'webhook-url-invalid'],
      resultFields: { secret: secret.optional() },
      execute: async ({ caller, params: { app }, body }, context) => refusalOf(caller, app) ?? (await commands.setWebhook({ app, ...body }, context)),
    }),

    command(dependencies, {
      ...ofApp,
      method: 'post',
      path: '/v1/apps/:app/webhook/secret',
      audit: { event: 'credentials-changed' },
      operationId: 'rotateWebhookSecret',
      summary: 'Rotate the secret of an app’s webhook',
      description: 'Makes a new secret. Messages are signed with the old one too for one more day.',
      example: { result: { secret: EXAMPLE_SECRET }, stream, revision: 1 },
      params,
      refusals: ['app-secret-replaced', 'webhook-unknown'],
      resultFields: { secret: secret.optional() },
      execute: async ({ caller, params: { app } }, context) => refusalOf(caller, app) ?? (await commands.rotateWebhookSecret({ app }, context)),
    }),

    command(dependencies, {
      ...ofApp,
      method: 'delete',
      path: '/v1/apps/:app/webhook',
      operationId: 'removeWebhook',
      summary: 'Remove an app’s webhook',
      description: 'The app is told of nothing any more, and what was not sent yet is given up.',
      example: { stream, revision: 2 },
      params,
      refusals: [],
      execute: async ({ caller, params: { app } }, context) => (isOthers(caller, app) ? refused('forbidden') : commands.removeWebhook({ app }, context)),
    }),

    command(dependencies, {
      ...ofApp,
      method: 'post',
      path: '/v1/apps/:app/webhook-messages/:message/replay',
      operationId: 'replayWebhookMessage',
      summary: 'Send a dead webhook message again',
      description: 'Tries for another day to send a message that was given up. One that was not is left as it is.',
      example: { stream: webhookMessageStream(EXAMPLE_MESSAGE), revision: 5 },
      params: z.strictObject({
        app: appId,
        message: text(MESSAGE_CHARACTERS_MAX).meta({ description: 'The message’s `webhook-id`.', examples: [EXAMPLE_MESSAGE] }),
      }),
      refusals: ['webhook-message-unknown'],
      execute: async ({ caller, params: { app, message } }, context) =>
        isOthers(caller, app) ? refused('forbidden') : commands.replayWebhookMessage({ app, message }, context),
    }),
  ];
}
