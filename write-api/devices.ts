/** The devices that one can be pushed to. */
import { z } from 'zod';
import { appId, deviceId, text } from '../edge/fields.ts';
import type { Route } from '../edge/routes.ts';
import { command } from './command.ts';
import type { WriteDependencies } from './dependencies.ts';

const PUSH_TOKEN_CHARACTERS_MAX = 4_096;

const params = z.strictObject({ device: deviceId });
const deviceBody = z.strictObject({
  platform: z.enum(['fcm', 'apns', 'jpush', 'pushy']),
  token: text(PUSH_TOKEN_CHARACTERS_MAX).min(1).meta({ description: 'As the platform gave it.' }),
  app: appId.optional().meta({ description: 'The app for whose notifications this device is; all where it is absent.' }),
});

export function deviceRoutes({ commands, contextFor, limits }: WriteDependencies): readonly Route[] {
  const ofPerson = { callers: ['person'], limits: [{ limit: limits.commands, by: 'caller' }], params } as const;
  return [
    command(contextFor, {
      ...ofPerson,
      method: 'put',
      path: '/v1/me/devices/:device',
      operationId: 'registerDevice',
      summary: 'Register a device, or its new token.',
      body: deviceBody,
      refusals: ['person-unknown', 'devices-full'],
      more: { id: z.string().meta({ description: 'The id of the endpoint: the device with this token.' }) },
      act: ({ caller: { person }, params: { device }, body: { platform, token, app } }, context) =>
        commands.registerDevice({ person, device, platform, token, ...(app === undefined ? {} : { app }) }, context),
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/me/devices/:device',
      operationId: 'removeDevice',
      summary: 'Remove a device: nothing is pushed to it any more.',
      refusals: [],
      act: ({ caller: { person }, params: { device } }, context) => commands.invalidateDevice({ person, device, reason: 'removed-by-person' }, context),
    }),
  ];
}
