/** What protects an account: its password, and its open sessions. All of it is in the vault and not in the log, so these routes are no commands. */
import { z } from 'zod';
import { EXAMPLE } from '../../edge/examples.ts';
import { deviceId, instantField, personId } from '../../edge/fields.ts';
import { noContent, respond, route, type Route } from '../../edge/http/routes.ts';
import { refusalOfNewPassword } from '../accounts/new-password.ts';
import { attemptPassword } from '../accounts/password-attempt.ts';
import type { WriteDependencies } from '../dependencies.ts';
import { newPassword, password } from '../login-fields.ts';
import type { WriteTag } from '../tags.ts';

const sessionId = z
  .uuid()
  .toLowerCase()
  .meta({ description: 'The id of a session of yours.', examples: [EXAMPLE.session] });
const ownSession = z.object({
  session: sessionId,
  device: deviceId.nullable().meta({ description: 'The device that was named at the login. null: none was.' }),
  deviceName: z
    .string()
    .nullable()
    .meta({ description: 'What you called the device at the login. null: nothing.', examples: ['Ada’s phone'] }),
  pushes: z.boolean().meta({ description: 'Whether the device is registered for pushes.' }),
  loggedInAt: instantField,
  usedAt: instantField.meta({ description: 'When the device was last seen, exact to an hour.' }),
  expiresAt: instantField,
  current: z.boolean().meta({ description: 'Whether it is the session of your token.' }),
});

export function accountSecurityRoutes({ commands, tokens, limits, loginAttempts }: WriteDependencies): readonly Route[] {
  const ofPerson = { callers: ['person'], tag: 'Sessions' satisfies WriteTag, limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  const forgetAll = (sessions: readonly string[]) => sessions.forEach((session) => tokens.forget(session));

  return [
    route({
      ...ofPerson,
      method: 'put',
      path: '/v1/me/password',
      audit: { event: 'credentials-changed' },
      operationId: 'changePassword',
      summary: 'Change my password',
      description: 'Changes your password and ends your other sessions. Devices that have logged in before are known no more.',
      example: { body: { password: 'correct horse battery', newPassword: 'a stable full of staples' } },
      body: z.strictObject({ password, newPassword }),
      responses: { 204: noContent },
      refusals: ['password-wrong', 'password-too-common', 'password-has-login-name', 'person-erased', 'queue-full', 'log-unavailable'],
      handle: async ({ caller: { person, session }, body, address, at }) => {
        const login = await commands.loginOfPerson({ person });
        if (login === undefined) return { refusal: { code: 'person-erased' } };
        const refusal = refusalOfNewPassword({ password: body.newPassword, login }, commands.loginOf);
        if (refusal !== undefined) return { refusal }; // before the attempt: it says nothing of the old password
        const attempted = { login, address, knownDevice: undefined };
        const changed = await attemptPassword(loginAttempts, attempted, (share) => commands.changePassword({ person, session, ...body }, at, share));
        if (changed.outcome === 'refused') return changed;
        forgetAll(changed.endedSessions);
        return respond(204);
      },
    }),

    route({
      ...ofPerson,
      method: 'get',
      path: '/v1/me/sessions',
      operationId: 'listSessions',
      summary: 'List my sessions',
      description: 'Lists the devices on which you are logged in, with when each was last seen: one session each, the newest first.',
      example: {
        response: {
          sessions: [
            {
              session: EXAMPLE.session,
              device: EXAMPLE.device,
              deviceName: 'Ada’s phone',
              pushes: true,
              loggedInAt: EXAMPLE.at,
              usedAt: EXAMPLE.at,
              expiresAt: EXAMPLE.later,
              current: true,
            },
          ],
        },
      },
      responses: { 200: z.object({ sessions: z.array(ownSession) }) },
      refusals: [],
      handle: async ({ caller, at }) => {
        const sessions = await commands.listSessions({ person: caller.person }, at);
        return respond(200, { sessions: sessions.map((one) => ({ ...one, current: one.session === caller.session })) });
      },
    }),

    route({
      ...ofPerson,
      login: 'recent',
      method: 'delete',
      path: '/v1/me/sessions',
      audit: { event: 'credentials-changed' },
      operationId: 'endOtherSessions',
      summary: 'Log out on my other devices, or on all',
      description: 'Ends all your sessions, and closes their WebSocket connections. That of your token goes on unless you say otherwise.',
      query: z.strictObject({
        current: z.enum(['stays', 'ends']).default('stays').meta({ description: 'Whether the session of your token ends as well.' }),
      }),
      responses: { 204: noContent },
      refusals: ['log-unavailable'],
      handle: async ({ caller: { person, session }, query: { current }, at }) => {
        forgetAll(await commands.endSessions({ person, ...(current === 'stays' && { except: session }) }, at));
        return respond(204);
      },
    }),

    route({
      ...ofPerson,
      login: 'recent',
      method: 'delete',
      path: '/v1/me/sessions/:session',
      audit: { event: 'credentials-changed' },
      operationId: 'endSession',
      summary: 'End a session of mine',
      description: 'Ends the session and closes its WebSocket connections.',
      params: z.strictObject({ session: sessionId }),
      responses: { 204: noContent },
      refusals: ['session-unknown', 'log-unavailable'],
      handle: async ({ caller: { person }, params: { session }, at }) => {
        const ended = await commands.endSessions({ person, only: session }, at);
        forgetAll(ended);
        return ended.length === 0 ? { refusal: { code: 'session-unknown' } } : respond(204);
      },
    }),

    route({
      callers: ['operator'],
      tag: 'Sessions' satisfies WriteTag,
      limits: [{ limit: limits.appRequests, by: 'caller' }],
      method: 'delete',
      path: '/v1/people/:person/sessions',
      operationId: 'endSessionsOf',
      summary: 'End a person’s sessions',
      description: 'Ends all sessions of a person, such as after a theft, and closes their WebSocket connections.',
      params: z.strictObject({ person: personId }),
      responses: { 204: noContent },
      refusals: ['log-unavailable'],
      handle: async ({ params: { person }, at }) => {
        forgetAll(await commands.endSessions({ person }, at));
        return respond(204);
      },
    }),
  ];
}
