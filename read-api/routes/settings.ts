/** The devices, contacts and preferences of the caller, who alone may see them. */
import { z } from 'zod';
import { CONTACT_KINDS, NOTIFICATION_CHANNELS, PLATFORMS } from '../../domain/people/notification-channels.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { PreferencesDocument } from '../../projections/read-models/preferences.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { query } from '../query.ts';
import { idField, timeField } from '../response-fields.ts';
import { contactsIn } from './preferences/contacts-in.ts';
import { digestRule } from './preferences/digest-rule.ts';

const device = z.object({
  id: idField('The id of the device.', EXAMPLE.device),
  platform: z.enum(PLATFORMS).meta({ description: 'The push service of the device.' }),
  app: z
    .string()
    .nullable()
    .meta({ description: 'Only notifications of this app are pushed to the device. null: of every app.', examples: [EXAMPLE.app] }),
  since: timeField('When you registered it.'),
});
const contact = z.object({
  kind: z.enum(CONTACT_KINDS).meta({ description: 'The kind of contact.' }),
  address: z.string().meta({ description: 'The address, with the domain of an email address in its own script.', examples: ['ada@example.org'] }),
  confirmed: z.boolean().meta({ description: 'Whether you have confirmed it. Until then nothing but the code is sent to it.' }),
  blocked: z.string().nullable().meta({ description: 'Why nothing is sent to the address any more. null: it is not blocked.' }),
});
const choice = z.object({
  app: z
    .string()
    .optional()
    .meta({ description: 'Of notifications of this app alone; absent: of all apps, and of Tidings’ own.', examples: [EXAMPLE.app] }),
  category: z.string().meta({ description: 'A category, or `*` for every category.', examples: ['orders'] }),
  channel: z.enum([...NOTIFICATION_CHANNELS, '*']).meta({ description: 'A channel, or `*` for every channel.' }),
  wanted: z.boolean().meta({ description: 'Whether you want these notifications.' }),
});
const quietHours = z.object({
  zone: z.string().meta({ description: 'An IANA time zone.', examples: ['Europe/London'] }),
  from: z.string().meta({ description: 'The beginning, inclusive.', examples: ['22:00'] }),
  until: z.string().meta({ description: 'The end, exclusive.', examples: ['07:00'] }),
});
const digest = z.object({
  app: z
    .string()
    .optional()
    .meta({ description: 'The app whose notifications it is about alone. Absent: of all.', examples: [EXAMPLE.app] }),
  category: z.string().meta({ description: 'A category, or `*` for every category.', examples: ['orders'] }),
  channel: z.enum([...NOTIFICATION_CHANNELS, '*']).meta({ description: 'A channel, or `*` for every channel.' }),
  rule: digestRule.meta({ description: 'One by one; or those of so many minutes after the first, or until a time of day in your time zone, as one.' }),
});
export const preferencesSchema = z.object({
  choices: z.array(choice),
  quietHours: quietHours.nullable().meta({ description: 'The hours in which notifications wait. null: none.' }),
  apps: z.array(z.string()).meta({ description: 'The ids of the apps that may notify you.' }),
  digests: z.array(digest).meta({ description: 'Which notifications you want several of as one.' }),
});

export function settingsRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, webPushKey } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'Settings' } as const;
  return [
    query(dependencies, {
      ...ofPerson,
      path: '/v1/me/devices',
      operationId: 'getDevices',
      summary: 'List my devices',
      description: 'Returns your registered devices. Their push tokens are not shown.',
      example: { devices: [{ id: EXAMPLE.device, platform: 'fcm', app: null, since: EXAMPLE.at }] },
      response: z.object({ devices: z.array(device) }),
      reads: ['contacts'],
      handle: async ({ caller }) => {
        const devices = (await views.get('contacts', caller.person))?.devices ?? [];
        return { devices: devices.map(({ device: id, platform, app, since }) => ({ id, platform, app, since })) };
      },
    }),

    query(dependencies, {
      ...ofPerson,
      path: '/v1/web-push',
      operationId: 'getWebPush',
      summary: 'Get what browsers subscribe to pushes with',
      description:
        'Returns the public VAPID key of this installation (RFC 8292), for `applicationServerKey` of `pushManager.subscribe()`. Register what comes of that as your device: `PUT /v1/me/devices/{device}`, with the platform `web` and the `PushSubscription` as JSON for its token.',
      example: { publicKey: EXAMPLE.vapidKey },
      response: z.object({
        publicKey: z
          .string()
          .nullable()
          .meta({ description: 'The key in base64url. null: this installation sends no pushes to browsers.', examples: [EXAMPLE.vapidKey] }),
      }),
      reads: [],
      handle: () => Promise.resolve({ publicKey: webPushKey ?? null }),
    }),

    query(dependencies, {
      ...ofPerson,
      path: '/v1/me/contacts',
      operationId: 'getContacts',
      summary: 'List my contacts',
      description:
        'Returns your email address and telephone number, whether they are confirmed, and whether they are blocked. One that is to replace another stands beside it until you confirm it.',
      example: { contacts: [{ kind: 'email', address: 'ada@example.org', confirmed: true, blocked: null }] },
      response: z.object({ contacts: z.array(contact) }),
      reads: ['contacts'],
      handle: async ({ caller }) => {
        return { contacts: contactsIn(await views.get('contacts', caller.person)) };
      },
    }),

    query(dependencies, {
      ...ofPerson,
      path: '/v1/me/preferences',
      operationId: 'getPreferences',
      summary: 'Get my preferences',
      description: 'Returns your choices, your quiet hours, the apps that may notify you, and which notifications you get as digests.',
      example: {
        choices: [{ category: 'orders', channel: 'sms', wanted: false }],
        quietHours: { zone: 'Europe/London', from: '22:00', until: '07:00' },
        apps: [EXAMPLE.app],
        digests: [{ category: 'orders', channel: 'email', rule: { kind: 'time-of-day', time: '08:00' } }],
      },
      response: preferencesSchema,
      reads: ['preferences'],
      handle: async ({ caller }) => {
        return presentPreferences(await views.get('preferences', caller.person));
      },
    }),
  ];
}

/** Of a person who has chosen nothing there is no document. */
export function presentPreferences(stored: PreferencesDocument | undefined): z.infer<typeof preferencesSchema> {
  const { choices = [], quietHours: hours = null, enrolled: apps = [], digests = [] } = stored ?? {};
  return { choices: [...choices], quietHours: hours, apps: [...apps], digests: [...digests] };
}
