/** Logging in and out, and finding a gateway. Sessions are in the vault and not in the log, so these routes are no commands. */
import { z } from 'zod';
import { LOGIN_TICKET_LIFETIME_MS, LOGIN_TICKET_TRIES_MAX } from '../../domain/people/account-security.ts';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { deviceId, instantField, personId, text } from '../../edge/fields.ts';
import { noContent, respond, route, type Route } from '../../edge/http/routes.ts';
import { PresenceUnavailable } from '../../ports/presence/port.ts';
import type { LoggedIn } from '../../commands/accounts/open-session.ts';
import type { PasswordAccepted, SecondFactorProof } from '../../commands/accounts/second-step.ts';
import { attemptPassword, attemptSecondFactor } from '../accounts/password-attempt.ts';
import type { WriteDependencies } from '../dependencies.ts';
import { deviceName, deviceSecret, loginName, password } from '../login-fields.ts';
import { recommendGateway } from '../recommend-gateway.ts';
import { factorKind, isOne, recoveryCode, totpCode, usedCredential, webAuthnOptions } from '../second-factor-fields.ts';
import type { WriteTag } from '../tags.ts';

const REGION_CHARACTERS_MAX = 64;
const EXAMPLE_GATEWAY = 'ws://127.0.0.1:8083';

const region = text(REGION_CHARACTERS_MAX).meta({ description: 'The region of your client. Default: the region of the installation.', examples: ['local'] });
const gateway = z
  .string()
  .nullable()
  .meta({ description: 'The WebSocket address to connect to. null: no gateway is available at the moment.', examples: [EXAMPLE_GATEWAY] });
const session = z.object({
  token: z.string().meta({ description: 'Send it as bearer token with each request.' }),
  person: personId,
  expiresAt: instantField.meta({ description: 'The end of the session, unless you log out before.', examples: [EXAMPLE.later] }),
  deviceSecret: deviceSecret.meta({ description: 'Keep it on the device, and send it with the next login there.' }),
  gateway,
});

const TICKET_CHARACTERS_MAX = 64;
const ticket = z.string().max(TICKET_CHARACTERS_MAX);
const secondFactorAsked = z.object({
  ticket: ticket.meta({ description: 'Send it with the second factor.', examples: [EXAMPLE.ticket] }),
  expiresAt: instantField.meta({ description: 'Send the second factor until then.', examples: [EXAMPLE.later] }),
  kinds: z.array(factorKind).meta({ description: 'The kinds of second factor that you have. A recovery code is taken in place of any.' }),
  webAuthn: webAuthnOptions
    .nullable()
    .meta({ description: '`PublicKeyCredentialRequestOptionsJSON` of WebAuthn, for `navigator.credentials.get()`. null: you have no key.' }),
});
const secondFactorBody = z
  .strictObject({
    ticket: ticket.meta({ description: 'From the response 202 to your password.', examples: [EXAMPLE.ticket] }),
    code: totpCode.optional(),
    recoveryCode: recoveryCode.optional(),
    credential: usedCredential.optional(),
    deviceSecret: deviceSecret.optional(),
    region: region.optional(),
  })
  .refine((body) => isOne(body.code, body.recoveryCode, body.credential), 'must have one of code, recoveryCode and credential');
const ASKED_EXAMPLE = { ticket: EXAMPLE.ticket, expiresAt: EXAMPLE.later, kinds: ['totp'], webAuthn: null };
const SECOND_STEP = 'The password is right. Send a second factor with `POST /v1/sessions/second-factor`.';

export function sessionRoutes({ commands, tokens, gateways, limits, loginAttempts, region: defaultRegion }: WriteDependencies): readonly Route[] {
  const gatewayFor = async (where: string = defaultRegion) => recommendGateway(await gateways.alive(), { region: where, chance: Math.random() })?.url ?? null;
  /** The session is open whether or not anybody knows the gateways now: the client asks for one again. */
  const gatewayIfKnown = async (where: string | undefined) => {
    try {
      return await gatewayFor(where);
    } catch (error) {
      if (error instanceof PresenceUnavailable) return null;
      throw error;
    }
  };
  const opened = async (loggedIn: LoggedIn, where: string | undefined) => {
    if (loggedIn.outcome === 'refused') return loggedIn;
    const { person, expiresAt, deviceSecret: secret } = loggedIn;
    return respond(201, { token: await tokens.issue(loggedIn), person, expiresAt, deviceSecret: secret, gateway: await gatewayIfKnown(where) });
  };
  const proved = async (accepted: PasswordAccepted, where: string | undefined) => {
    if (accepted.outcome !== 'asked') return opened(accepted, where);
    const { outcome: _, webAuthn, ...asked } = accepted;
    return respond(202, { ...asked, webAuthn: webAuthn && { ...webAuthn } });
  };
  const ofPerson = { callers: ['person'], tag: 'Sessions' satisfies WriteTag, limits: [{ limit: limits.commands, by: 'caller' }] } as const;

  return [
    route({
      method: 'post',
      path: '/v1/sessions',
      operationId: 'logIn',
      summary: 'Log in',
      description:
        'Opens a session and responds with its token and with a gateway to connect to. After failed logins you have to wait a few seconds before the next one, but not on a device whose `deviceSecret` you send. If you have a second factor, you get a ticket instead, with which you send it. If you name your device, removing it ends the session, and logging out ends its registration for pushes.',
      tag: 'Sessions' satisfies WriteTag,
      example: {
        body: { loginName: 'ada', password: 'correct horse battery', device: EXAMPLE.device, deviceName: 'Ada’s phone' },
        response: { token: EXAMPLE.token, person: EXAMPLE.ada, expiresAt: EXAMPLE.later, deviceSecret: EXAMPLE.secret, gateway: EXAMPLE_GATEWAY },
        responses: { 202: ASKED_EXAMPLE },
      },
      callers: ['public'],
      audit: { event: 'logged-in', login: ({ body }) => commands.loginOf(body.loginName) },
      limits: [{ limit: limits.loginsOfAddress, by: 'address' }],
      body: z.strictObject({
        loginName,
        password,
        device: deviceId.optional(),
        deviceName: deviceName.optional(),
        deviceSecret: deviceSecret.optional(),
        region: region.optional(),
      }),
      responses: { 201: session, 202: secondFactorAsked },
      responseDescriptions: { 201: 'The session is open.', 202: SECOND_STEP },
      refusals: ['login-failed', 'queue-full', 'log-unavailable'],
      handle: async ({ body: { region: where, ...login }, address, at }) => {
        const { loginName: name, deviceSecret: knownSecret } = login;
        const knownDevice = knownSecret === undefined ? undefined : await commands.findKnownDevice({ loginName: name, deviceSecret: knownSecret });
        const named = { login: commands.loginOf(name), address, knownDevice };
        return proved(await attemptPassword(loginAttempts, named, (share) => commands.logIn(login, at, share)), where);
      },
    }),

    route({
      ...ofPerson,
      method: 'post',
      path: '/v1/sessions/current/authentication',
      audit: { event: 'logged-in' },
      operationId: 'authenticateAgain',
      summary: 'Send my password again',
      description:
        'Opens a new session on the same device, in place of that of your token, for what needs a recent login. The old token is valid no more, and its WebSocket connections are closed: connect again with the new one.',
      example: {
        body: { password: 'correct horse battery' },
        response: { token: EXAMPLE.token, person: EXAMPLE.ada, expiresAt: EXAMPLE.later, deviceSecret: EXAMPLE.secret, gateway: EXAMPLE_GATEWAY },
        responses: { 202: ASKED_EXAMPLE },
      },
      body: z.strictObject({ password, deviceSecret: deviceSecret.optional(), region: region.optional() }),
      responses: { 201: session, 202: secondFactorAsked },
      responseDescriptions: { 201: 'The new session is open, and the old one has ended.', 202: SECOND_STEP },
      refusals: ['password-wrong', 'login-failed', 'person-erased', 'queue-full', 'log-unavailable'],
      handle: async ({ caller: { person, session: current }, body: { region: where, ...body }, address, at }) => {
        const login = await commands.loginOfPerson({ person });
        if (login === undefined) return { refusal: { code: 'person-erased' } };
        const attempted = { login, address, knownDevice: undefined };
        const again = await attemptPassword(loginAttempts, attempted, (share) => commands.authenticateAgain({ person, session: current, ...body }, at, share));
        if (again.outcome === 'accepted') tokens.forget(current);
        return proved(again, where);
      },
    }),

    route({
      method: 'post',
      path: '/v1/sessions/second-factor',
      audit: { event: 'logged-in' },
      operationId: 'enterSecondFactor',
      summary: 'Send my second factor',
      description: `Opens the session that the password was sent for, with a code of your authenticator app, an assertion of your key, or a recovery code. A ticket is valid for ${LOGIN_TICKET_LIFETIME_MS / MINUTE_MS} minutes and ${LOGIN_TICKET_TRIES_MAX} tries. After wrong ones you have to wait before the next one, up to a quarter of an hour.`,
      tag: 'Sessions' satisfies WriteTag,
      example: {
        body: { ticket: EXAMPLE.ticket, code: '492039' },
        response: { token: EXAMPLE.token, person: EXAMPLE.ada, expiresAt: EXAMPLE.later, deviceSecret: EXAMPLE.secret, gateway: EXAMPLE_GATEWAY },
      },
      callers: ['public'],
      limits: [{ limit: limits.loginsOfAddress, by: 'address' }],
      body: secondFactorBody,
      responses: { 201: session },
      responseDescriptions: { 201: 'The session is open.' },
      refusals: ['login-ticket-invalid', 'second-factor-wrong', 'login-failed', 'log-unavailable'],
      handle: async ({ body: { ticket: sent, region: where, deviceSecret: secret, ...given }, address, at }) => {
        const found = await commands.findLoginTicket({ ticket: sent, deviceSecret: secret }, at);
        if (found === undefined) return { refusal: { code: 'login-ticket-invalid' } };
        const entered = await attemptSecondFactor(loginAttempts, { ...found, address }, () =>
          commands.enterSecondFactor({ ticket: sent, proof: proofIn(given), deviceSecret: secret }, at),
        );
        if (entered.outcome === 'refused') return { ...entered, actor: found.person };
        if (entered.replaced !== undefined) tokens.forget(entered.replaced);
        return opened(entered, where);
      },
    }),

    route({
      ...ofPerson,
      method: 'delete',
      path: '/v1/sessions/current',
      operationId: 'logOut',
      summary: 'Log out',
      description:
        'Ends the session of your token, closes its WebSocket connections, and stops pushes to the device that you named when you logged in, or that you registered since.',
      responses: { 204: noContent },
      refusals: ['log-unavailable'],
      handle: async ({ caller, at }) => {
        await commands.logOut(caller, at);
        tokens.forget(caller.session);
        return respond(204);
      },
    }),

    route({
      ...ofPerson,
      method: 'get',
      path: '/v1/gateway',
      operationId: 'recommendGateway',
      summary: 'Find a gateway',
      description: 'Recommends a gateway to connect to. Call it when your gateway has closed the connection or is full.',
      example: { response: { gateway: EXAMPLE_GATEWAY } },
      query: z.strictObject({ region: region.optional() }),
      responses: { 200: z.object({ gateway }) },
      refusals: ['store-unavailable'],
      handle: async ({ query }) => respond(200, { gateway: await gatewayFor(query.region) }),
    }),
  ];
}

type Proof = Pick<z.output<typeof secondFactorBody>, 'code' | 'recoveryCode' | 'credential'>;

/** The body's schema has seen to it that there is one. */
function proofIn({ code, recoveryCode: recovery, credential }: Proof): SecondFactorProof {
  if (credential !== undefined) return { credential };
  return recovery === undefined ? { code: code ?? '' } : { recoveryCode: recovery };
}
