/** The devices of a person. Removing one, or making room for a newer one, also ends the sessions on it and closes its connections. */
import { z } from 'zod';
import { evictedIn } from '../../commands/people/devices.ts';
import { DEVICES_MAX } from '../../domain/people/contacts.ts';
import { PLATFORMS } from '../../domain/people/notification-channels.ts';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { contactsStream } from '../../domain/shared/streams.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { appId, deviceId, lineOfText } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

const PUSH_TOKEN_CHARACTERS_MAX = 4_096;

const params = z.strictObject({ device: deviceId });
const deviceBody = z.strictObject({
  platform: z.enum(PLATFORMS).meta({ description: 'The push service that issued the token.' }),
  token: lineOfText(PUSH_TOKEN_CHARACTERS_MAX).meta({ description: 'The push token, exactly as FCM, APNs or another push service issued it.' }),
  app: appId.optional().meta({ description: 'Only notifications of this app are pushed to the device. Default: of every app.', examples: [EXAMPLE.app] }),
});

export function deviceRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, tokens, vault, limits } = dependencies;
  /** The caller's own session goes on where `except` names it. */
  const endSessions = async ({ person, device, except }: { readonly person: PersonId; readonly device: DeviceId; readonly except?: string }, at: Instant) => {
    for (const { id: session, record } of await vault.owned('session', person)) {
      if (record.device !== device || record.endedAt !== undefined || session === except) continue;
      await commands.logOut({ session, person }, at);
      tokens.forget(session);
    }
  };
  const ofPerson = { callers: ['person'], tag: 'Devices and contacts', limits: [{ limit: limits.commands, by: 'caller' }], params } as const;
  return [
    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/me/devices/:device',
      operationId: 'registerDevice',
      summary: 'Register a device',
      description: `Registers your device for push notifications, or replaces its push token. Call it after each log-in. A push token belongs to the device, of whichever person, that registered it last. Of more than ${DEVICES_MAX} devices, the one registered longest ago is removed. Logging out ends the registration.`,
      example: {
        body: { platform: 'fcm', token: 'fXk3Tq8:APA91bH' },
        result: { id: EXAMPLE.endpoint },
        stream: contactsStream(EXAMPLE.ada),
      },
      body: deviceBody,
      refusals: ['person-unknown'],
      resultFields: { id: z.string().meta({ description: 'The id of the endpoint: the device with this token.' }) },
      execute: async ({ caller: { person, session }, params: { device }, body: { platform, token, app }, at }, context) => {
        const result = await commands.registerDevice({ person, device, platform, token, session, ...(app === undefined ? {} : { app }) }, context);
        for (const evicted of evictedIn(result.handled)) await endSessions({ person, device: evicted, except: session }, at);
        return result;
      },
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/me/devices/:device',
      operationId: 'removeDevice',
      summary: 'Remove a device',
      description: 'Stops pushes to your device, ends the sessions that were opened on it, and closes its WebSocket connections.',
      example: { stream: contactsStream(EXAMPLE.ada), revision: 1 },
      refusals: [],
      execute: async ({ caller: { person }, params: { device }, at }, context) => {
        const handled = await commands.invalidateDevice({ person, device, reason: 'removed-by-person' }, context);
        if (handled.outcome !== 'refused') await endSessions({ person, device }, at);
        return handled;
      },
    }),
  ];
}
