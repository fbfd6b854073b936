/** All that a preference page shows, in one response. */
import { z } from 'zod';
import { CATEGORIES_MAX } from '../../../domain/notifications/categories/categories.ts';
import { CONTACT_KINDS, NOTIFICATION_CHANNELS } from '../../../domain/people/notification-channels.ts';
import type { AppId } from '../../../domain/shared/ids.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { appId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { CURSOR, fillPage, limitParam, next } from '../../pages.ts';
import { query } from '../../query.ts';
import { idField } from '../../response-fields.ts';
import { digestRule } from './digest-rule.ts';
import { contactsIn } from './contacts-in.ts';
import { everything, groupOf, ownRows, personOf, type Person } from './grid.ts';

const APPS_DEFAULT = 20;
const APPS_MAX = 50;

const channelOrAll = z.enum([...NOTIFICATION_CHANNELS, '*']);
const chosen = z.boolean().nullable().meta({ description: 'Your choice for exactly this. null: you have made none.' });
const allCell = z.object({ channel: channelOrAll.meta({ description: 'A channel, or `*` for every channel.' }), chosen });
const row = z
  .object({
    category: z.string().meta({ description: 'Its name, as choices name it.', examples: ['orders'] }),
    title: z.string().meta({ description: 'How it is called, in your language if it has one.', examples: ['Bestellungen'] }),
    description: z.string().optional().meta({ description: 'What you get, in a sentence.' }),
    language: z
      .string()
      .nullable()
      .meta({ description: 'The language of the title. null: it is not known.', examples: ['de'] }),
    declared: z.boolean().meta({ description: 'Whether the app has said what it is; else you have chosen something of its name.' }),
    mandatory: z.boolean().meta({ description: 'Whether you must be told, so that you can’t opt out.' }),
    digest: digestRule.nullable().meta({ description: 'How the app has several told as one, where `digests` has no rule of yours. null: each by itself.' }),
    chosen,
    channels: z.array(
      z.object({
        channel: z.enum(NOTIFICATION_CHANNELS).meta({ description: 'The channel.' }),
        chosen,
        wanted: z.boolean().meta({ description: 'What holds: by this choice, by one that is less close, or by default.' }),
      }),
    ),
  })
  .meta({ id: 'PreferenceRow' });
const group = z.object({
  all: z.array(allCell).meta({ description: 'Your choices for all of its categories.' }),
  categories: z.array(row),
});
const pageSchema = z
  .object({
    language: z
      .string()
      .nullable()
      .meta({ description: 'Your language, in which titles are shown. null: you have not told it.', examples: ['de'] }),
    everything: z.array(allCell).meta({ description: 'Your choices for all categories of all apps, and of Tidings’ own.' }),
    tidings: z.array(row).meta({ description: 'What Tidings itself notifies you of, and names that you chose of for all apps.' }),
    apps: z
      .array(group.extend({ app: idField('The id of the app.', EXAMPLE.app), name: z.string().meta({ description: 'Its name.', examples: ['Web shop'] }) }))
      .meta({ description: 'A page of the apps that may notify you.' }),
    next,
    quietHours: z
      .object({ zone: z.string(), from: z.string(), until: z.string() })
      .nullable()
      .meta({ description: 'The hours in which notifications wait, in an IANA time zone. null: none.' }),
    digests: z
      .array(z.object({ app: z.string().optional(), category: z.string(), channel: channelOrAll, rule: digestRule }))
      .meta({ description: 'Which notifications you want several of as one.' }),
    contacts: z
      .array(
        z.object({
          kind: z.enum(CONTACT_KINDS).meta({ description: 'The kind of contact.' }),
          address: z.string().meta({ description: 'The address.', examples: ['ada@example.org'] }),
          confirmed: z.boolean().meta({ description: 'Whether you have confirmed it.' }),
          blocked: z.string().nullable().meta({ description: 'Why nothing is sent to it any more. null: it is not blocked.' }),
        }),
      )
      .meta({ description: 'Where emails and texts reach you.' }),
    devices: z.int().meta({ description: 'How many devices get pushes.' }),
  })
  .meta({ id: 'PreferencePage' });

const EXAMPLE_CELLS = [
  { channel: '*', chosen: null },
  { channel: 'push', chosen: null },
  { channel: 'sms', chosen: false },
  { channel: 'email', chosen: null },
  { channel: 'in-app', chosen: null },
] as const;
const EXAMPLE_PAGE: z.input<typeof pageSchema> = {
  language: 'de',
  everything: [...EXAMPLE_CELLS],
  tidings: [],
  apps: [
    {
      app: EXAMPLE.app,
      name: 'Web shop',
      all: [{ channel: '*', chosen: null }],
      categories: [
        {
          category: 'orders',
          title: 'Bestellungen',
          language: 'de',
          declared: true,
          mandatory: false,
          digest: { kind: 'after-first', minutes: 30 },
          chosen: null,
          channels: [
            { channel: 'push', chosen: null, wanted: true },
            { channel: 'sms', chosen: false, wanted: false },
          ],
        },
      ],
    },
  ],
  next: null,
  quietHours: { zone: 'Europe/London', from: '22:00', until: '07:00' },
  digests: [{ category: 'orders', channel: 'email', rule: { kind: 'time-of-day', time: '08:00' } }],
  contacts: [{ kind: 'email', address: 'ada@example.org', confirmed: true, blocked: null }],
  devices: 1,
};

export function preferencePageRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, pageBytesMax } = dependencies;
  return [
    query(dependencies, {
      callers: ['person'],
      tag: 'Settings',
      path: '/v1/me/preferences/page',
      operationId: 'getPreferencePage',
      summary: 'Get what a preference page shows',
      description:
        'Returns the categories by channel, of Tidings itself and of a page of the apps that may notify you, with what you chose and what holds; your quiet hours, digests and contacts. `PUT /v1/me/preferences` changes all of it but the contacts.',
      example: EXAMPLE_PAGE,
      query: z.strictObject({ after: appId.optional().meta({ ...CURSOR, examples: [EXAMPLE.app] }), limit: limitParam(APPS_DEFAULT, APPS_MAX) }),
      response: pageSchema,
      reads: ['preferences', 'contacts', 'profile', 'apps'],
      handle: async ({ caller: { person: id }, query: { after = '', limit } }) => {
        const [preferences, contacts, profile] = await Promise.all([views.get('preferences', id), views.get('contacts', id), views.get('profiles', id)]);
        const language = profile?.language ?? null;
        const person = personOf(preferences?.choices ?? [], language ?? undefined);
        const enrolled = (preferences?.enrolled ?? []).filter((app) => app > after).toSorted();
        const present = async (apps: readonly AppId[]) => presentApps(dependencies, person, apps);
        const { views: apps, last } = await fillPage(enrolled.slice(0, limit + 1), { limit, bytesMax: pageBytesMax, present });
        return {
          language,
          everything: everything(person),
          tidings: ownRows(person),
          apps,
          next: last ?? null,
          quietHours: preferences?.quietHours ?? null,
          digests: preferences?.digests ?? [],
          contacts: contactsIn(contacts),
          devices: contacts?.devices.length ?? 0,
        };
      },
    }),
  ];
}

/** An app whose view is behind is shown without a name of its own. */
async function presentApps({ views }: ReadDependencies, person: Person, ids: readonly AppId[]) {
  const [apps, categories] = await Promise.all([
    views.getMany('apps', ids),
    views.find('categories', { where: { app: ids }, order: { app: 1, _id: 1 }, limit: ids.length * CATEGORIES_MAX }),
  ]);
  const declared = Map.groupBy(categories, ({ app }) => app);
  return ids.map((app, i): z.output<typeof pageSchema>['apps'][number] => {
    const { all, categories: rows } = groupOf(person, app, declared.get(app) ?? []);
    return { app, name: apps[i]?.name ?? app, all: [...all], categories: rows.map((one) => ({ ...one, channels: [...one.channels] })) };
  });
}
