/** The devices that one can be pushed to. Removing one also ends what was logged in on it, and closes what is connected as it. */
import { z } from 'zod';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { appId, deviceId, text } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

const PUSH_TOKEN_CHARACTERS_MAX = 4_096;

const params = z.strictObject({ device: deviceId });
const deviceBody = z.strictObject({
  platform: z.enum(['fcm', 'apns', 'jpush', 'pushy']),
  token: text(PUSH_TOKEN_CHARACTERS_MAX).min(1).meta({ description: 'As the platform gave it.' }),
  app: appId.optional().meta({ description: 'The app for whose notifications this device is; all where it is absent.' }),
});

export function deviceRoutes({ commands, contextFor, tokens, vault, limits }: WriteDependencies): readonly Route[] {
  const endSessions = async (person: PersonId, device: DeviceId, at: Instant) => {
    for (const { id: session, record } of await vault.owned('session', person)) {
      if (record.device !== device || record.endedAt !== undefined) continue;
      await commands.logOut({ session, person }, at);
      tokens.forget(session);
    }
  };
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
      summary: 'Remove a device: nothing is pushed to it any more, what is connected as it is closed, and what was logged in on it is logged out.',
      refusals: [],
      act: async ({ caller: { person }, params: { device }, at }, context) => {
        const handled = await commands.invalidateDevice({ person, device, reason: 'removed-by-person' }, context);
        if (handled.outcome !== 'refused') await endSessions(person, device, at);
        return handled;
      },
    }),
  ];
}
