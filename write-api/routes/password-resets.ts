/** Resetting a forgotten password by a code. Nobody learns from it which login names there are, or who has confirmed an address. */
import { z } from 'zod';
import { CONTACT_KINDS } from '../../domain/people/notification-channels.ts';
import { CODE_LIFETIME_MS, CODE_TRIES_MAX, CODES_MAX } from '../../domain/people/one-time-code.ts';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import { noContent, respond, route, type Route } from '../../edge/http/routes.ts';
import { refusalOfNewPassword } from '../accounts/new-password.ts';
import { attemptPassword } from '../accounts/password-attempt.ts';
import { inSteadyTime } from '../accounts/steady-answer.ts';
import type { WriteDependencies } from '../dependencies.ts';
import { deviceSecret, loginName, newPassword, oneTimeCode } from '../login-fields.ts';
import type { WriteTag } from '../tags.ts';

export function passwordResetRoutes({ commands, tokens, limits, loginAttempts }: WriteDependencies): readonly Route[] {
  const ofAnybody = { callers: ['public'], tag: 'Sessions' satisfies WriteTag, method: 'post' } as const;
  return [
    route({
      ...ofAnybody,
      path: '/v1/password-resets',
      audit: { event: 'password-reset-asked', login: ({ body }) => commands.loginOf(body.loginName) },
      operationId: 'askForPasswordReset',
      summary: 'Ask for a code to reset a password',
      description: `Sends a code to the confirmed email address of the account, or to its confirmed telephone number. The response is the same whether there is such an account, whether it has a confirmed address, and whether a code was sent. While ${CODES_MAX} codes are valid, no other one is sent.`,
      example: { body: { loginName: 'ada' } },
      limits: [
        { limit: limits.passwordResetsOfAddress, by: 'address' },
        { limit: limits.passwordResetsOfName, by: ({ body }) => commands.loginOf(body.loginName) },
      ],
      body: z.strictObject({
        loginName,
        kind: z
          .enum(CONTACT_KINDS)
          .optional()
          .meta({ description: 'Where to send it. Default: the email address, or the telephone number where there is none.' }),
      }),
      responses: { 204: noContent },
      refusals: ['log-unavailable'],
      handle: async ({ body, at }) => {
        await inSteadyTime(commands.askForPasswordReset(body, at));
        return respond(204);
      },
    }),

    route({
      ...ofAnybody,
      path: '/v1/password-resets/confirm',
      audit: { event: 'credentials-changed', login: ({ body }) => commands.loginOf(body.loginName) },
      operationId: 'resetPassword',
      summary: 'Reset a password with a code',
      description: `Changes the password and ends all sessions of the account. It opens none: log in with the new password, and with the second factor where there is one. A code is valid for ${CODE_LIFETIME_MS / MINUTE_MS} minutes, ${CODE_TRIES_MAX['reset-password']} tries and one use. Tries count together with failed logins.`,
      example: { body: { loginName: 'ada', code: '48291730', newPassword: 'a stable full of staples' } },
      limits: [{ limit: limits.loginsOfAddress, by: 'address' }],
      body: z.strictObject({ loginName, code: oneTimeCode, newPassword, deviceSecret: deviceSecret.optional() }),
      responses: { 204: noContent },
      refusals: ['code-invalid', 'password-too-common', 'password-has-login-name', 'person-erased', 'queue-full', 'write-contention', 'log-unavailable'],
      handle: async ({ body: { deviceSecret: secret, ...reset }, address, at }) => {
        const { loginName: name } = reset;
        const login = commands.loginOf(name);
        const refusal = refusalOfNewPassword({ password: reset.newPassword, login }, commands.loginOf);
        if (refusal !== undefined) return { refusal }; // before the attempt: it says nothing of the code
        const knownDevice = secret === undefined ? undefined : await commands.findKnownDevice({ loginName: name, deviceSecret: secret });
        const done = await inSteadyTime(attemptPassword(loginAttempts, { login, address, knownDevice }, (share) => commands.resetPassword(reset, at, share)));
        if (done.outcome === 'refused') return done;
        done.endedSessions.forEach((session) => tokens.forget(session));
        return respond(204);
      },
    }),
  ];
}
