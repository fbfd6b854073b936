/** What one wants to hear of, when not, and from which apps. */
import { z } from 'zod';
import { appId, text } from '../../edge/fields.ts';
import { badRequest } from '../../edge/http/parse-request.ts';
import type { Route } from '../../edge/http/routes.ts';
import { category } from '../category.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

const CHOICES_MAX = 100;
const TIME_ZONE_CHARACTERS_MAX = 64;

const choice = z.strictObject({
  category: category.meta({ description: '`*`: every category.' }),
  channel: z.enum(['push', 'sms', 'email', '*']),
  wanted: z.boolean(),
});
const quietHours = z.strictObject({
  zone: text(TIME_ZONE_CHARACTERS_MAX).meta({ description: 'An IANA time zone.' }),
  from: text(5).meta({ description: 'Such as 22:00, inclusive.' }),
  until: text(5).meta({ description: 'Such as 07:00, exclusive.' }),
});
const preferencesBody = z.strictObject({
  choices: z.array(choice).max(CHOICES_MAX).optional(),
  quietHours: quietHours.nullable().optional().meta({ description: 'null: none.' }),
});

export function preferenceRoutes({ commands, contextFor, limits }: WriteDependencies): readonly Route[] {
  const ofPerson = { callers: ['person'], limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  return [
    command(contextFor, {
      ...ofPerson,
      method: 'put',
      path: '/v1/me/preferences',
      operationId: 'setPreferences',
      summary: 'Set what is named, all of it or, where one part is refused, nothing; the rest stays as it is.',
      body: preferencesBody,
      refusals: ['preferences-full', 'time-zone-unknown', 'quiet-hours-invalid'],
      act: async ({ caller: { person }, body: { choices = [], quietHours: hours } }, context) =>
        choices.length === 0 && hours === undefined
          ? { outcome: 'refused', refusal: badRequest([{ at: '/body', message: 'names nothing to set' }]) }
          : commands.setPreferences({ person, choices, ...(hours === undefined ? {} : { quietHours: hours }) }, context),
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'put',
      path: '/v1/me/apps/:app',
      operationId: 'enrol',
      summary: 'Let an app address one.',
      params: z.strictObject({ app: appId }),
      refusals: ['app-unknown', 'preferences-full'],
      act: ({ caller: { person }, params: { app } }, context) => commands.enrol({ person, app }, context),
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/me/apps/:app',
      operationId: 'withdrawEnrolment',
      summary: 'Let an app address one no more.',
      params: z.strictObject({ app: appId }),
      refusals: [],
      act: ({ caller: { person }, params: { app } }, context) => commands.withdrawEnrolment({ person, app }, context),
    }),
  ];
}
