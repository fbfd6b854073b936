/** The keys of an app beside its secret, and how much the app may ask for. */
import { z } from 'zod';
import { APP_KEYS_MAX, APP_NAME_LENGTH_MAX_CHARACTERS } from '../../../domain/notifications/apps/app.ts';
import { APP_SCOPES, isDataScope, type AppQuota } from '../../../domain/notifications/apps/events.ts';
import { OFFERED_PROJECTIONS } from '../../../domain/subscriptions/offered.ts';
import { appStream } from '../../../domain/shared/streams.ts';
import type { AppId } from '../../../domain/shared/ids.ts';
import { refused } from '../../../commands/handling/results.ts';
import { takeQuota } from '../../../commands/notifications/app-quotas.ts';
import { isByReplacedSecret, type Caller } from '../../../edge/auth/callers.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { appId, appKeyId } from '../../../edge/fields.ts';
import { respond, route, type Route } from '../../../edge/http/routes.ts';
import { QUOTAS } from '../../../domain/notifications/apps/quotas.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';
import { LINE_REFUSALS } from '../../line-refusals.ts';

const QUOTA_MAX = 1_000_000_000;
const EXAMPLE_QUOTA = { requestsPerHour: 10_000, recipientsPerDay: 1_000_000 };

const projectionScope = z.templateLiteral(['projections:', z.enum(OFFERED_PROJECTIONS)]);
const scopes = z
  .array(z.union([z.enum(APP_SCOPES), z.literal('personal-fields'), projectionScope]))
  .min(1)
  .max(APP_SCOPES.length + OFFERED_PROJECTIONS.length + 1)
  .meta({
    description:
      'What the key may do: `send` requests and cancels notifications, `templates` publishes and previews templates, `lists` changes lists, `read` reads. Everything else needs the secret of the app. Two more only an operator gives: `projections:<name>` subscribes to the documents of a projection, of all people, and `personal-fields` has what people wrote in them.',
    examples: [['send']],
  });
/** As it was given: projections may be offered no longer. */
const givenScopes = z.array(z.string()).meta({ description: 'What the key may do.', examples: [['send']] });
const keyName = z.string().meta({ description: `What it is for: at most ${APP_NAME_LENGTH_MAX_CHARACTERS} characters.`, examples: ['Sends orders'] });
const quotaOf = (what: string) =>
  z
    .int()
    .min(0)
    .max(QUOTA_MAX)
    .optional()
    .meta({ description: `${what}. Default: not limited.` });
const quotaBody = z.strictObject({
  requestsPerHour: quotaOf('Notifications that it may request in an hour'),
  requestsPerDay: quotaOf('Notifications that it may request in a day'),
  recipientsPerHour: quotaOf('Recipients of these in an hour'),
  recipientsPerDay: quotaOf('Recipients of these in a day'),
});

const accessSchema = z
  .object({
    sandbox: z.boolean().meta({ description: 'Whether its messages go to the outbox alone.' }),
    keys: z.array(z.object({ id: appKeyId, name: keyName, scopes: givenScopes })).meta({ description: 'The keys beside its secret, the oldest first.' }),
    quotas: z
      .array(
        z.object({
          name: z.enum(QUOTAS.map(({ name }) => name)).meta({ description: 'As in the headers `RateLimit` and `RateLimit-Policy`.' }),
          max: z.int().meta({ description: 'How much it is.' }),
          windowSeconds: z.int().meta({ description: 'For how long, from the first request in it.' }),
          remaining: z.int().nullable().meta({ description: 'What is left. null: the counts can’t be reached.' }),
        }),
      )
      .meta({ description: 'The quotas that it has.' }),
  })
  .meta({ id: 'AppAccess' });

const EXAMPLE_ACCESS: z.input<typeof accessSchema> = {
  sandbox: false,
  keys: [{ id: EXAMPLE.appKey, name: 'Sends orders', scopes: ['send'] }],
  quotas: [{ name: 'requests-per-hour', max: 10_000, windowSeconds: 3_600, remaining: 9_871 }],
};

const params = z.strictObject({ app: appId });
const stream = appStream(EXAMPLE.app);
const isOthers = (caller: Caller, app: AppId): boolean => caller.kind === 'app' && caller.app !== app;

export function appKeyRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, appSignatures, quotaCounts, limits } = dependencies;
  const common = { tag: 'Apps', limits: [{ limit: limits.appRequests, by: 'caller' }] } as const;
  const ofApp = { ...common, callers: ['operator', 'app'] } as const;
  return [
    route({
      ...ofApp,
      scope: 'read',
      method: 'get',
      path: '/v1/apps/:app/access',
      operationId: 'getAppAccess',
      summary: 'See what an app may do',
      description: 'Returns the keys of an app, and what is left of its quotas. An app may ask for itself.',
      example: { response: EXAMPLE_ACCESS },
      params,
      responses: { 200: accessSchema },
      refusals: ['app-unknown', 'log-unavailable'],
      handle: async ({ caller, params: { app } }) => {
        if (isOthers(caller, app)) return { refusal: { code: 'forbidden' } };
        const state = await commands.getApp({ app });
        if ('outcome' in state) return { refusal: state.refusal };
        const { sandbox = false, keys = [], quota } = state;
        const { left } = await takeQuota(quotaCounts, app, { quota, usage: { requests: 0, recipients: 0 } });
        const quotas = left.map(({ name, max, windowSeconds, remaining = null }) => ({ name, max, windowSeconds, remaining }));
        return respond(200, { sandbox, keys: keys.map(({ key, name, scopes: may }) => ({ id: key, name, scopes: [...may] })), quotas });
      },
    }),

    command(dependencies, {
      ...ofApp,
      method: 'post',
      path: '/v1/apps/:app/keys',
      audit: { event: 'credentials-changed' },
      operationId: 'addAppKey',
      summary: 'Add a key to an app',
      description: `Adds a key that may do less than the secret of the app, and responds with its secret, with which requests are signed in the same way. An app has at most ${APP_KEYS_MAX}.`,
      example: { body: { name: 'Sends orders', scopes: ['send'] }, result: { id: EXAMPLE.appKey, secret: EXAMPLE.secret }, stream, revision: 1 },
      params,
      body: z.strictObject({ name: keyName, scopes }),
      refusals: ['app-unknown', 'app-disabled', 'app-secret-replaced', 'app-keys-full', 'scope-by-operators', 'name-empty', 'name-too-long', ...LINE_REFUSALS],
      resultFields: { id: appKeyId, secret: z.string().optional().meta({ description: 'Sign requests with it. Only this response shows it.' }) },
      execute: async ({ caller, params: { app }, body }, context) => {
        if (isOthers(caller, app)) return refused('forbidden');
        if (isByReplacedSecret(caller)) return refused('app-secret-replaced');
        const beyond = caller.kind === 'app' ? body.scopes.find(isDataScope) : undefined;
        if (beyond !== undefined) return refused('scope-by-operators', { scope: beyond });
        const added = await commands.addAppKey({ app, ...body }, context);
        appSignatures.forget(app);
        return added;
      },
    }),

    command(dependencies, {
      ...ofApp,
      method: 'delete',
      path: '/v1/apps/:app/keys/:key',
      audit: { event: 'credentials-changed' },
      operationId: 'removeAppKey',
      summary: 'Remove a key of an app',
      description: 'Removes a key: nothing is accepted with it any more, within half a minute everywhere.',
      example: { stream, revision: 2 },
      params: z.strictObject({ app: appId, key: appKeyId }),
      refusals: ['app-unknown', 'app-disabled'],
      execute: async ({ caller, params: { app, key } }, context) => {
        if (isOthers(caller, app)) return refused('forbidden');
        const handled = await commands.removeAppKey({ app, key }, context);
        appSignatures.forget(app);
        return handled;
      },
    }),

    command(dependencies, {
      ...common,
      callers: ['operator'],
      method: 'put',
      path: '/v1/apps/:app/quota',
      operationId: 'setAppQuota',
      summary: 'Set how much an app may ask for',
      description: 'Sets how many notifications an app may request, and to how many recipients, in place of what was set before.',
      example: { body: EXAMPLE_QUOTA, stream, revision: 3 },
      params,
      body: quotaBody,
      refusals: ['app-unknown', 'app-disabled'],
      execute: ({ params: { app }, body }, context) => commands.setAppQuota({ app, quota: body as AppQuota }, context),
    }),
  ];
}
