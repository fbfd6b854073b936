/** Logging in and out, and where to connect to. A session is no event, so that these are no commands on the log. */
import { z } from 'zod';
import { deviceId, instantField, personId, text } from '../../edge/fields.ts';
import { answer, noContent, route, type Route } from '../../edge/http/routes.ts';
import type { WriteDependencies } from '../dependencies.ts';
import { loginName, password } from '../login-fields.ts';
import { recommendGateway } from '../recommend-gateway.ts';

const REGION_CHARACTERS_MAX = 64;

const region = text(REGION_CHARACTERS_MAX).meta({ description: 'Where the client is.' });
const gateway = z.string().nullable().meta({ description: 'The WebSocket address to connect to; null: no gateway is there at the moment.' });
const session = z.object({ token: z.string(), person: personId, expiresAt: instantField, gateway });

export function sessionRoutes({ commands, tokens, gateways, clock, limits, region: usualRegion }: WriteDependencies): readonly Route[] {
  const gatewayFor = async (where: string = usualRegion) =>
    recommendGateway(await gateways.alive(clock()), { region: where, chance: Math.random() })?.url ?? null;

  return [
    route({
      method: 'post',
      path: '/v1/sessions',
      operationId: 'logIn',
      summary: 'Log in.',
      callers: ['anyone'],
      limits: [
        { limit: limits.loginsOfAddress, by: 'address' },
        { limit: limits.logins, by: ({ body }) => commands.loginOf(body.loginName) },
      ],
      body: z.strictObject({ loginName, password, device: deviceId.optional(), region: region.optional() }),
      answers: { 201: session },
      refusals: ['login-failed', 'queue-full', 'log-unavailable'],
      handle: async ({ body: { loginName: login, password: secret, device, region: where }, at }) => {
        const loggedIn = await commands.logIn({ loginName: login, password: secret, ...(device === undefined ? {} : { device }) }, at);
        if (loggedIn.outcome === 'refused') return { refusal: loggedIn.refusal };
        const { person, expiresAt } = loggedIn;
        return answer(201, { token: await tokens.issue(loggedIn), person, expiresAt, gateway: await gatewayFor(where) });
      },
    }),

    route({
      method: 'delete',
      path: '/v1/sessions/current',
      operationId: 'logOut',
      summary: 'Log out: the token is no longer good, and its sockets are closed.',
      callers: ['person'],
      limits: [{ limit: limits.commands, by: 'caller' }],
      answers: { 204: noContent },
      refusals: [],
      handle: async ({ caller, at }) => {
        await commands.logOut(caller, at);
        tokens.forget(caller.session);
        return answer(204);
      },
    }),

    route({
      method: 'get',
      path: '/v1/gateway',
      operationId: 'recommendGateway',
      summary: 'Where to connect to, for a client whose gateway went away.',
      callers: ['person'],
      limits: [{ limit: limits.commands, by: 'caller' }],
      query: z.strictObject({ region: region.optional() }),
      answers: { 200: z.object({ gateway }) },
      refusals: [],
      handle: async ({ query }) => answer(200, { gateway: await gatewayFor(query.region) }),
    }),
  ];
}
