/** The notifications that a person wants, the quiet hours, and the apps that may notify the person. */
import { z } from 'zod';
import { NOTIFICATION_CHANNELS } from '../../../domain/people/notification-channels.ts';
import { preferencesStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { appId, text } from '../../../edge/fields.ts';
import { badRequest } from '../../../edge/http/parse-request.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { chosenCategory } from '../../category.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';

const CHOICES_MAX = 100;
const TIME_ZONE_CHARACTERS_MAX = 64;
const TIME_CHARACTERS_MAX = 5;

const choice = z.strictObject({
  category: chosenCategory,
  channel: z.enum([...NOTIFICATION_CHANNELS, '*']).meta({ description: 'A channel, or `*` for every channel.' }),
  wanted: z.boolean().meta({ description: 'Whether you want these notifications.' }),
});
const quietHours = z.strictObject({
  zone: text(TIME_ZONE_CHARACTERS_MAX).meta({ description: 'An IANA time zone.', examples: ['Europe/London'] }),
  from: text(TIME_CHARACTERS_MAX).meta({ description: 'The beginning, inclusive.', examples: ['22:00'] }),
  until: text(TIME_CHARACTERS_MAX).meta({ description: 'The end, exclusive.', examples: ['07:00'] }),
});
const preferencesBody = z.strictObject({
  choices: z.array(choice).max(CHOICES_MAX).optional().meta({ description: 'The choices to set. The others stay as they are.' }),
  quietHours: quietHours.nullable().optional().meta({ description: 'The hours in which notifications wait. null: none.' }),
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
      description: 'Sets the choices and the quiet hours that you send: all of them or, if one is refused, none. The others stay as they are.',
      example: {
        body: {
          choices: [{ category: 'orders', channel: 'sms', wanted: false }],
          quietHours: { zone: 'Europe/London', from: '22:00', until: '07:00' },
        },
        stream,
        revision: 1,
      },
      body: preferencesBody,
      refusals: ['preferences-full', 'time-zone-unknown', 'quiet-hours-invalid'],
      execute: async ({ caller: { person }, body: { choices = [], quietHours: hours } }, context) =>
        choices.length === 0 && hours === undefined
          ? { outcome: 'refused', refusal: badRequest([{ at: '/body', message: 'must name something to set' }]) }
          : commands.setPreferences({ person, choices, ...(hours === undefined ? {} : { quietHours: hours }) }, context),
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
