/** Who there is: signing up, one's profile, and going for good. */
import { z } from 'zod';
import { personId, text } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';
import { loginName, newPassword } from '../login-fields.ts';

const TIME_ZONE_CHARACTERS_MAX = 64;

/** The password is not part of what makes two requests the same: nothing derived from it is to stand in the log. */
const signUpBody = z.strictObject({ loginName, name: z.string(), password: newPassword });

const profileBody = z
  .strictObject({ name: z.string(), about: z.string(), timeZone: text(TIME_ZONE_CHARACTERS_MAX) })
  .partial()
  .refine((changes) => Object.values(changes).some((change) => change !== undefined), 'names nothing to change');

export function peopleRoutes({ commands, contextFor, tokens, limits }: WriteDependencies): readonly Route[] {
  return [
    command(contextFor, {
      method: 'post',
      path: '/v1/people',
      operationId: 'signUp',
      summary: 'Sign up.',
      callers: ['anyone'],
      limits: [{ limit: limits.signUps, by: 'address' }],
      body: signUpBody,
      refusals: ['login-taken', 'name-empty', 'name-too-long', 'text-malformed', 'queue-full'],
      actor: ({ body }) => `login:${commands.loginOf(body.loginName)}`,
      asked: ({ body: { loginName: login, name } }) => ({ loginName: login, name }),
      more: { id: personId },
      act: ({ body }, context) => commands.signUp(body, context),
    }),

    command(contextFor, {
      method: 'patch',
      path: '/v1/me',
      operationId: 'changeProfile',
      summary: 'Change one’s name, what one says about oneself, or one’s time zone.',
      callers: ['person'],
      limits: [{ limit: limits.commands, by: 'caller' }],
      body: profileBody,
      refusals: ['person-unknown', 'name-empty', 'name-too-long', 'about-too-long', 'time-zone-unknown', 'text-malformed'],
      act: ({ caller: { person }, body: { name, about, timeZone } }, context) =>
        commands.changeProfile(
          { person, ...(name === undefined ? {} : { name }), ...(about === undefined ? {} : { about }), ...(timeZone === undefined ? {} : { timeZone }) },
          context,
        ),
    }),

    command(contextFor, {
      method: 'delete',
      path: '/v1/me',
      operationId: 'erasePerson',
      summary: 'Go for good: the key to everything personal is destroyed, all sessions end, and the login name is free again.',
      callers: ['person'],
      limits: [{ limit: limits.commands, by: 'caller' }],
      refusals: ['person-unknown'],
      act: async ({ caller: { person, session } }, context) => {
        const handled = await commands.erasePerson({ person }, context);
        if (handled.outcome !== 'refused') tokens.forget(session);
        return handled;
      },
    }),
  ];
}
