/** The apps that may request notifications. */
import { z } from 'zod';
import { APP_NAME_LENGTH_MAX_CHARACTERS } from '../../../domain/notifications/apps/app.ts';
import type { SenderIdentity } from '../../../domain/notifications/apps/events.ts';
import { appStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { appId, lineOfText } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';
import { LINE_REFUSALS } from '../../line-refusals.ts';

const EXAMPLE_SECRET = 'kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe';
const secret = z.string().meta({ description: 'Sign the app’s requests with it. Only this response shows it.' });
const params = z.strictObject({ app: appId });
const stream = appStream(EXAMPLE.app);

const IDENTITY_TEXT_CHARACTERS_MAX = 320;
const identityText = lineOfText(IDENTITY_TEXT_CHARACTERS_MAX);
const EXAMPLE_IDENTITY = { email: { from: 'orders@shop.example', name: 'Web shop', replyTo: 'help@shop.example' }, sms: { from: '+15005550006' } };
const senderIdentity = z.strictObject({
  email: z
    .strictObject({
      from: identityText.meta({ description: 'The address that emails come from.' }),
      name: identityText.optional().meta({ description: 'The name beside it.' }),
      replyTo: identityText.optional().meta({ description: 'Where answers go. Default: `from`.' }),
    })
    .optional()
    .meta({ description: 'Of emails.' }),
  sms: z
    .strictObject({
      from: identityText.meta({ description: 'A number in E.164, a sender name of at most 11 letters and digits, or the id of a messaging service.' }),
    })
    .optional()
    .meta({ description: 'Of text messages.' }),
  apns: z
    .strictObject({ topic: identityText.meta({ description: 'The bundle id of the iOS app.' }) })
    .optional()
    .meta({ description: 'Of pushes by APNs.' }),
  fcm: z
    .strictObject({ project: identityText.meta({ description: 'The id of the Firebase project.' }) })
    .optional()
    .meta({ description: 'Of pushes by FCM.' }),
  webPush: z
    .strictObject({ subject: identityText.meta({ description: 'A mailto: or https: address for the browsers’ push services.' }) })
    .optional()
    .meta({ description: 'Of pushes to browsers.' }),
});

export function appRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, appSignatures, limits } = dependencies;
  const ofOperator = { callers: ['operator'], tag: 'Apps', limits: [{ limit: limits.appRequests, by: 'caller' }] } as const;
  return [
    command(dependencies, {
      ...ofOperator,
      method: 'post',
      path: '/v1/apps',
      operationId: 'registerApp',
      summary: 'Register an app',
      description: 'Registers an app and responds with its id and its secret.',
      example: { body: { name: 'Web shop', sandbox: false }, result: { id: EXAMPLE.app, secret: EXAMPLE_SECRET }, stream },
      body: z.strictObject({
        name: z.string().meta({ description: `The name of the app: at most ${APP_NAME_LENGTH_MAX_CHARACTERS} characters.`, examples: ['Web shop'] }),
        sandbox: z.boolean().optional().meta({
          description:
            'true: all its messages go to the outbox, whatever the routing says, and its deliveries say so. It stays so for good; an app that goes live is another app. Default: false.',
        }),
      }),
      refusals: ['name-empty', 'name-too-long', ...LINE_REFUSALS, 'app-disabled'],
      resultFields: { id: appId, secret },
      execute: ({ body: { name, sandbox } }, context) => commands.registerApp({ name, ...(sandbox !== undefined && { sandbox }) }, context),
    }),

    command(dependencies, {
      ...ofOperator,
      callers: ['operator', 'app'],
      method: 'post',
      path: '/v1/apps/:app/secret',
      audit: { event: 'credentials-changed' },
      operationId: 'rotateSecret',
      summary: 'Rotate an app’s secret',
      description:
        'Makes a new secret. The old one stays valid for one more day, or ends at once if you say `immediately`, as after a leak. An app may rotate its own secret, with the newest one.',
      example: { body: { immediately: true }, result: { secret: EXAMPLE_SECRET }, stream, revision: 1 },
      params,
      body: z.strictObject({ immediately: z.boolean().optional().meta({ description: 'End the old secret at once. Default: false.' }) }).optional(),
      refusals: ['app-unknown', 'app-disabled', 'app-secret-replaced'],
      resultFields: { secret },
      execute: async ({ caller, params: { app }, body }, context) => {
        if (caller.kind === 'app' && caller.app !== app) return { outcome: 'refused', refusal: { code: 'forbidden' } };
        const signedBy = caller.kind === 'app' ? { signedBy: caller.secret } : {};
        const rotated = await commands.rotateSecret({ app, ...signedBy, replaced: body?.immediately === true ? 'ends' : 'expires' }, context);
        appSignatures.forget(app);
        return rotated;
      },
    }),

    command(dependencies, {
      ...ofOperator,
      method: 'put',
      path: '/v1/apps/:app/sender-identity',
      operationId: 'setSenderIdentity',
      summary: 'Set in whose name an app sends',
      description:
        'Sets in whose name the app’s messages go out, in place of what was set before. What is absent is the sender of the account at the vendor. Vendors refuse senders that they have not verified. Apps share accounts, so this is the operator’s to say: no app may send in another’s name, or leave a number that people said STOP to.',
      example: { body: EXAMPLE_IDENTITY, stream, revision: 1 },
      params,
      body: senderIdentity,
      refusals: ['app-unknown', 'app-disabled', 'sender-identity-invalid'],
      execute: ({ params: { app }, body }, context) => commands.setSenderIdentity({ app, identity: body as SenderIdentity }, context),
    }),

    command(dependencies, {
      ...ofOperator,
      method: 'delete',
      path: '/v1/apps/:app',
      operationId: 'disableApp',
      summary: 'Disable an app',
      description: 'Disables an app for good: it may request, read and cancel nothing more, and notifications that are not sent yet are cancelled.',
      example: { stream, revision: 2 },
      params,
      refusals: ['app-unknown'],
      execute: async ({ params: { app } }, context) => {
        const handled = await commands.disableApp({ app }, context);
        appSignatures.forget(app);
        return handled;
      },
    }),
  ];
}
