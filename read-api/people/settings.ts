/** Where one can be reached, and what one wants to hear: shown to oneself only. */
import { z } from 'zod';
import type { Route } from '../../edge/routes.ts';
import { query, type ReadDependencies } from '../query.ts';

const deviceView = z.object({ id: z.string(), platform: z.enum(['fcm', 'apns', 'jpush', 'pushy']), app: z.string().nullable(), since: z.string() });
const contactView = z.object({ kind: z.enum(['email', 'phone']), address: z.string(), blocked: z.string().nullable() });

export function settingsRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;

  return [
    query(dependencies, {
      path: '/v1/me/devices',
      operationId: 'getDevices',
      summary: 'One’s devices that can be pushed to. Their tokens are not shown.',
      callers: ['person'],
      answer: z.object({ devices: z.array(deviceView) }),
      reads: ['contacts'],
      handle: async ({ caller }) => {
        const devices = (await views.get('contacts', caller.person))?.devices ?? [];
        return { devices: devices.map(({ device, platform, app, since }) => ({ id: device, platform, app, since })) };
      },
    }),

    query(dependencies, {
      path: '/v1/me/contacts',
      operationId: 'getContacts',
      summary: 'One’s addresses, and what blocks them.',
      callers: ['person'],
      answer: z.object({ contacts: z.array(contactView) }),
      reads: ['contacts'],
      handle: async ({ caller }) => {
        const { email, phone } = (await views.get('contacts', caller.person))?.contacts ?? {};
        const contacts = [
          ...(email === undefined ? [] : [{ kind: 'email' as const, address: email.address, blocked: email.blocked }]),
          ...(phone === undefined ? [] : [{ kind: 'phone' as const, address: phone.address, blocked: phone.blocked }]),
        ];
        return { contacts };
      },
    }),

    query(dependencies, {
      path: '/v1/me/preferences',
      operationId: 'getPreferences',
      summary: 'What one wants to hear, when not, and which apps may address one.',
      callers: ['person'],
      answer: z.object({
        choices: z.array(z.object({ category: z.string(), channel: z.enum(['push', 'sms', 'email', '*']), wanted: z.boolean() })),
        quietHours: z.object({ zone: z.string(), from: z.string(), until: z.string() }).nullable(),
        apps: z.array(z.string()),
      }),
      reads: ['preferences'],
      handle: async ({ caller }) => {
        const kept = await views.get('preferences', caller.person);
        const quietHours = kept?.quietHours ?? null;
        return {
          choices: (kept?.choices ?? []).map(({ category, channel, wanted }) => ({ category, channel, wanted })),
          quietHours: quietHours === null ? null : { zone: quietHours.zone, from: quietHours.from, until: quietHours.until },
          apps: kept?.enrolled ?? [],
        };
      },
    }),
  ];
}
