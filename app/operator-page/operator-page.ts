/**
 * The operator's page, on the operations listener: its files, logging in with an operator's token, and the operations of the command line
 * for whoever is logged in. What the cookie opens needs the page's own origin, exactly. See docs/decisions/0083.
 */
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { needsReason, OPERATOR_ACTIONS, refusalOfAction, type OperatorAction } from '../../domain/operators/actions.ts';
import type { ActingOperator } from '../../domain/operators/roles.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { actorIdOf, refusalOfCaller, type Authenticate } from '../../edge/auth/callers.ts';
import { requestIdOf, sendRefusal } from '../../edge/http/mount-routes.ts';
import type { ClientAddressOf } from '../../edge/network/client-address.ts';
import type { SecurityEvent } from '../../edge/security-events.ts';
import { bundlePages, type Pages } from '../../front/bundle.ts';
import { isOwnOrigin, isOwnOriginOrNone, type OwnOrigin } from '../../front/origin.ts';
import { serveFiles } from '../../front/serve-pages.ts';
import { isOperatorAddress, OPERATOR_ROOT } from '../../web/operator/app/addresses.ts';
import type { Answering } from '../control/answering.ts';
import { httpControl } from '../control/http-control.ts';
import { createOperatorSessions } from './operator-session.ts';

const ACTIONS = Object.keys(OPERATOR_ACTIONS) as OperatorAction[];
const LOGIN_CHARACTERS_MAX = 4_096;
const loginBody = z.strictObject({ token: z.string().min(1) });
const NO_BODY = new Uint8Array();
const SOURCE = {
  script: 'operator/app/operator.tsx',
  style: 'operator/styles/operator-page.css',
  template: 'operator/index.html',
  under: `${OPERATOR_ROOT}/assets`,
};

type Dependencies = {
  readonly answering: Pick<Answering, 'answer'>;
  readonly authenticate: Authenticate;
  readonly clientAddressOf: ClientAddressOf;
  readonly reportSecurity: (event: SecurityEvent) => void;
  readonly clock: () => Instant;
};
/** `sessionKey`: the same in all processes. */
type Config = { readonly own: OwnOrigin; readonly sessionKey: Uint8Array };

export function operatorPage({ clock, ...dependencies }: Dependencies, { own, sessionKey }: Config): RequestHandler {
  const { authenticate, clientAddressOf, reportSecurity } = dependencies;
  const sessions = createOperatorSessions(sessionKey, clock);
  const listenerOf = ({ socket }: Request) => ({ port: socket.localPort ?? 0, isSecure: own.isSecure });
  const authenticateBy = (token: string | undefined, { method, originalUrl: path }: Request) =>
    authenticate({ method, path, header: (name) => (name === 'authorization' && token !== undefined ? `Bearer ${token}` : undefined), body: NO_BODY });
  const byCookie = async (request: Request) => await authenticateBy(await sessions.tokenIn(request.headers.cookie, listenerOf(request)), request);

  /** The operator who asks, or undefined once the refusal is sent. */
  const operatorOf = async (request: Request, response: Response, by: ReturnType<Authenticate>) => {
    const authenticated = await by;
    const refusal = authenticated.outcome === 'refused' ? authenticated.refusal : refusalOfCaller(['operator'], authenticated.caller);
    if (authenticated.outcome === 'accepted' && authenticated.caller.kind === 'operator') return authenticated.caller;
    const actor = authenticated.outcome === 'accepted' ? actorIdOf(authenticated.caller) : 'anonymous';
    const event = authenticated.outcome === 'accepted' && actor !== 'anonymous' ? 'access-denied' : 'token-refused';
    const { code, ...rest } = refusal ?? { code: 'forbidden' as const };
    reportSecurity({ event, actor, code, address: clientAddressOf(request), requestId: requestIdOf(response) });
    sendRefusal(response, { code, ...rest });
    return undefined;
  };

  const router = Router({ strict: true });
  router.use(OPERATOR_ROOT, (request, response, next) => {
    const mayPass = request.method === 'GET' || request.method === 'HEAD' ? isOwnOriginOrNone : isOwnOrigin;
    if (mayPass(own, request.headers)) next();
    else sendRefusal(response, { code: 'origin-not-allowed' });
  });
  router.post(`${OPERATOR_ROOT}/session`, async (request, response) => {
    const token = await tokenSentIn(request);
    if (token === undefined) return sendRefusal(response, { code: 'bad-request', facts: { detail: 'The body must be {"token": "…"}.' } });
    const caller = await operatorOf(request, response, authenticateBy(token, request));
    if (caller === undefined) return;
    reportSecurity({ event: 'logged-in', actor: actorIdOf(caller), address: clientAddressOf(request), requestId: requestIdOf(response) });
    response.set('Set-Cookie', await sessions.issue(token, listenerOf(request))).set('Cache-Control', 'no-store');
    response.json(shownOperator(caller));
  });
  router.get(`${OPERATOR_ROOT}/session`, async (request, response) => {
    const token = await sessions.tokenIn(request.headers.cookie, listenerOf(request));
    response.set('Cache-Control', 'no-store');
    // Whoever opens the page for the first time does nothing that would have to be reported.
    if (token === undefined) return void response.json(null);
    const caller = await operatorOf(request, response, authenticateBy(token, request));
    if (caller !== undefined) response.json(shownOperator(caller));
  });
  router.delete(`${OPERATOR_ROOT}/session`, (request, response) => {
    response
      .set('Set-Cookie', sessions.end(listenerOf(request)))
      .status(204)
      .end();
  });
  router.use(httpControl({ ...dependencies, authenticate: byCookie, prefix: `${OPERATOR_ROOT}/control` }));
  router.use(servePage());
  return router;
}

/** With what the role allows, so that the page offers nothing that would be refused. */
const shownOperator = ({ operator, role }: ActingOperator) => ({
  operator,
  role,
  may: ACTIONS.filter((action) => refusalOfAction(action, { role }, 'asked')?.code !== 'role-too-low'),
  needReason: ACTIONS.filter(needsReason),
});

async function tokenSentIn(request: Request): Promise<string | undefined> {
  let body = '';
  // A request that is destroyed stops its connection, on which the next one would wait for ever.
  for await (const part of request.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    body += part as string;
    if (body.length > LOGIN_CHARACTERS_MAX) break;
  }
  request.resume();
  if (body.length > LOGIN_CHARACTERS_MAX) return undefined;
  try {
    return loginBody.parse(JSON.parse(body)).token;
  } catch {
    return undefined;
  }
}

/** Bundled when somebody comes for the first time: most processes are never looked at. */
function servePage(): RequestHandler {
  let bundling: Promise<Pages> | undefined;
  return async (request, response, next) => {
    if (request.path === OPERATOR_ROOT) return response.redirect(`${OPERATOR_ROOT}/`);
    if (!request.path.startsWith(`${OPERATOR_ROOT}/`)) return next();
    bundling ??= bundlePages(SOURCE);
    bundling.catch(() => (bundling = undefined)); // the next one tries again
    const pages = await bundling;
    for (const name of ['Content-Security-Policy', 'Referrer-Policy', 'X-Content-Type-Options', 'Cache-Control']) response.removeHeader(name);
    serveFiles(pages, { path: request.path, isPage: isOperatorAddress(request.path) }, request, response);
  };
}
