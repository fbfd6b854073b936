/** Where one can be reached, and what one wants to hear: shown to oneself only. */
import { z } from 'zod';
import type { Route } from '../../edge/http/routes.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { query } from '../query.ts';

const device = z.object({ id: z.string(), platform: z.enum(['fcm', 'apns', 'jpush', 'pushy']), app: z.string().nullable(), since: z.string() });
const contact = z.object({
  kind: z.enum(['email', 'phone']),
  address: z.string(),
  blocked: z.string().nullable().meta({ description: 'Why nothing is sent there any more.' }),
});
const choice = z.object({ category: z.string(), channel: z.enum(['push', 'sms', 'email', '*']), wanted: z.boolean() });
const quietHours = z.object({ zone: z.string(), from: z.string(), until: z.string() });

export function settingsRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/me/devices',
      operationId: 'getDevices',
      summary: 'One’s devices that can be pushed to. Their tokens are not shown.',
      callers: ['person'],
      answer: z.object({ devices: z.array(device) }),
      reads: ['contacts'],
      handle: async ({ caller }) => {
        const devices = (await views.get('contacts', caller.person))?.devices ?? [];
        return { devices: devices.map(({ device: id, platform, app, since }) => ({ id, platform, app, since })) };
      },
    }),

    query(dependencies, {
      path: '/v1/me/contacts',
      operationId: 'getContacts',
      summary: 'One’s addresses, and what blocks them.',
      callers: ['person'],
      answer: z.object({ contacts: z.array(contact) }),
      reads: ['contacts'],
      handle: async ({ caller }) => {
        const kept = (await views.get('contacts', caller.person))?.contacts ?? {};
        const contacts = (['email', 'phone'] as const).flatMap((kind) => {
          const { [kind]: known } = kept;
          return known === undefined ? [] : [{ kind, address: known.address, blocked: known.blocked }];
        });
        return { contacts };
      },
    }),

    query(dependencies, {
      path: '/v1/me/preferences',
      operationId: 'getPreferences',
      summary: 'What one wants to hear, when not, and which apps may address one.',
      callers: ['person'],
      answer: z.object({ choices: z.array(choice), quietHours: quietHours.nullable(), apps: z.array(z.string()) }),
      reads: ['preferences'],
      handle: async ({ caller }) => {
        const kept = await views.get('preferences', caller.person);
        return { choices: kept?.choices ?? [], quietHours: kept?.quietHours ?? null, apps: kept?.enrolled ?? [] };
      },
    }),
  ];
}
