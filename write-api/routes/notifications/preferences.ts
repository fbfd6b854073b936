/** The notifications that a person wants, the quiet hours, and the apps that may notify the person. */
import { z } from 'zod';
import { NOTIFICATION_CHANNELS } from '../../../domain/people/notification-channels.ts';
import type { AppId } from '../../../domain/shared/ids.ts';
import { preferencesStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { appId, text } from '../../../edge/fields.ts';
import { badRequest } from '../../../edge/http/parse-request.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { chosenCategory } from '../../category.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';
import { digestRule } from './digest-rule.ts';

const CHOICES_MAX = 100;
const APPS_MAX = 100;
const DIGESTS_MAX = 100;
const TIME_ZONE_CHARACTERS_MAX = 64;
const TIME_CHARACTERS_MAX = 5;

const choice = z.strictObject({
  app: appId.optional().meta({ description: 'Of notifications of this app alone. Default: of all apps, and of Tidings’ own.' }),
  category: chosenCategory,
  channel: z.enum([...NOTIFICATION_CHANNELS, '*']).meta({ description: 'A channel, or `*` for every channel.' }),
  wanted: z.boolean().nullable().meta({
    description:
      'Whether you want these notifications. The closest choice decides: for a category on a channel, the category, the channel, everything; of each first the one for the app. null: forget this choice, so that the next one decides, or what is on by default.',
  }),
});
const quietHours = z.strictObject({
  zone: text(TIME_ZONE_CHARACTERS_MAX).meta({ description: 'An IANA time zone.', examples: ['Europe/London'] }),
  from: text(TIME_CHARACTERS_MAX).meta({ description: 'The beginning, inclusive.', examples: ['22:00'] }),
  until: text(TIME_CHARACTERS_MAX).meta({ description: 'The end, exclusive.', examples: ['07:00'] }),
});
const digest = z.strictObject({
  app: appId.optional().meta({ description: 'Of notifications of this app alone. Default: of all apps.' }),
  category: chosenCategory,
  channel: z.enum([...NOTIFICATION_CHANNELS, '*']).meta({ description: 'A channel, or `*` for every channel.' }),
  rule: digestRule.nullable().meta({ description: 'How these notifications come. null: as the app has it.' }),
});
const preferencesBody = z.strictObject({
  choices: z.array(choice).max(CHOICES_MAX).optional().meta({ description: 'The choices to set. The others stay as they are.' }),
  quietHours: quietHours.nullable().optional().meta({ description: 'The hours in which notifications wait. null: none.' }),
  apps: z
    .array(z.strictObject({ app: appId, enrolled: z.boolean().meta({ description: 'Whether the app may notify you.' }) }))
    .max(APPS_MAX)
    .optional()
    .meta({ description: 'The apps that may notify you, or may not any more. The others stay as they are.' }),
  digests: z.array(digest).max(DIGESTS_MAX).optional().meta({ description: 'Which notifications come as digests. The others stay as they are.' }),
});

const params = z.strictObject({ app: appId });
const stream = preferencesStream(EXAMPLE.ada);

export function preferenceRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'Preferences', limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  return [
    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/me/preferences',
      operationId: 'setPreferences',
      summary: 'Set my preferences',
      description:
        'Sets the choices, the apps, the quiet hours and the digests that you send: all of them or, if one is refused, none. The others stay as they are.',
      example: {
        body: {
          choices: [{ app: EXAMPLE.app, category: 'orders', channel: 'sms', wanted: false }],
          quietHours: { zone: 'Europe/London', from: '22:00', until: '07:00' },
          digests: [{ category: 'orders', channel: 'email', rule: { kind: 'time-of-day', time: '08:00' } }],
        },
        stream,
        revision: 1,
      },
      body: preferencesBody,
      refusals: ['app-unknown', 'category-mandatory', 'preferences-full', 'time-zone-unknown', 'quiet-hours-invalid', 'digest-invalid'],
      execute: async ({ caller: { person }, body }, context) => {
        const { choices = [], apps = [], digests = [], quietHours: hours } = body;
        if (choices.length + apps.length + digests.length === 0 && hours === undefined)
          return { outcome: 'refused', refusal: badRequest([{ at: '/body', message: 'must name something to set' }]) };
        const changes = { choices: choices.map(ofAppIfAny), digests: digests.map(ofAppIfAny) };
        return commands.setPreferences({ person, ...changes, apps, ...(hours !== undefined && { quietHours: hours }) }, context);
      },
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/me/apps/:app',
      operationId: 'enrol',
      summary: 'Allow an app to notify me',
      description: 'Enrols you with an app, so that it may request notifications of you.',
      example: { stream, revision: 2 },
      params,
      refusals: ['app-unknown', 'preferences-full'],
      execute: ({ caller: { person }, params: { app } }, context) => commands.enrol({ person, app }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/me/apps/:app',
      operationId: 'withdrawEnrolment',
      summary: 'Forbid an app to notify me',
      description: 'Ends your enrolment with an app: it may request no more notifications of you.',
      example: { stream, revision: 3 },
      params,
      refusals: [],
      execute: ({ caller: { person }, params: { app } }, context) => commands.withdrawEnrolment({ person, app }, context),
    }),
  ];
}

const ofAppIfAny = <About extends { readonly app?: AppId | undefined }>({ app, ...about }: About) => ({ ...(app !== undefined && { app }), ...about });
