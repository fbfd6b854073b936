/** The apps that may ask for notifications. */
import { z } from 'zod';
import { appId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

const secret = z.string().meta({ description: 'Signs the app’s requests. It is shown in this answer only.' });
const params = z.strictObject({ app: appId });

export function appRoutes({ commands, contextFor, limits }: WriteDependencies): readonly Route[] {
  const ofOperator = { callers: ['operator'], limits: [{ limit: limits.appRequests, by: 'caller' }] } as const;
  return [
    command(contextFor, {
      ...ofOperator,
      method: 'post',
      path: '/v1/apps',
      operationId: 'registerApp',
      summary: 'Register an app.',
      body: z.strictObject({ name: z.string() }),
      refusals: ['name-empty', 'name-too-long', 'text-malformed', 'app-disabled'],
      more: { id: appId, secret },
      act: ({ body: { name } }, context) => commands.registerApp({ name }, context),
    }),

    command(contextFor, {
      ...ofOperator,
      callers: ['operator', 'app'],
      method: 'post',
      path: '/v1/apps/:app/secret',
      operationId: 'rotateSecret',
      summary: 'Make a new secret; the old one is good for one more day. An app may do so for itself.',
      params,
      refusals: ['app-unknown', 'app-disabled'],
      more: { secret },
      act: async ({ caller, params: { app } }, context) => {
        if (caller.kind === 'app' && caller.app !== app) return { outcome: 'refused', refusal: { code: 'forbidden' } };
        return commands.rotateSecret({ app }, context);
      },
    }),

    command(contextFor, {
      ...ofOperator,
      method: 'delete',
      path: '/v1/apps/:app',
      operationId: 'disableApp',
      summary: 'Disable an app for good: it may ask for nothing any more, and what it asked for is not sent.',
      params,
      refusals: ['app-unknown'],
      act: ({ params: { app } }, context) => commands.disableApp({ app }, context),
    }),
  ];
}
