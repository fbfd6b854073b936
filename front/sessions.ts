/**
 * Logging in and out with a cookie. `POST /session`, `POST /session/second-factor` and `POST /session/authentication` take what
 * `POST /v1/sessions…` takes, and answer what it answers without the token, which goes into the cookie. `DELETE /session` logs out.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isOwnOrigin } from './origin.ts';
import { send, type PassOnDependencies } from './pass-on.ts';
import { refuse } from './refuse.ts';
import { noSessionCookie, sessionCookie, sessionTokenIn } from './session-cookie.ts';
import { bodyOf } from './upstream.ts';

/** Once more, for what needs a recent login: of the session that there is, which ends with it. */
const AGAIN_PATH = '/session/authentication';
const LOGIN_PATHS: Readonly<Record<string, string>> = {
  '/session': '/v1/sessions',
  '/session/second-factor': '/v1/sessions/second-factor',
  [AGAIN_PATH]: '/v1/sessions/current/authentication',
};
const ANSWER_BYTES_MAX = 64 * 1_024;
const CREATED = 201;
const UNAUTHENTICATED = 401;

export const isSessionPath = (path: string): boolean => path in LOGIN_PATHS;

/** Who logs somebody in from a page of elsewhere makes them write into a stranger's account: that needs our origin too. */
export function answerSession(dependencies: PassOnDependencies, path: string, request: IncomingMessage, response: ServerResponse): void {
  const { own } = dependencies;
  const loginPath = LOGIN_PATHS[path];
  if (!isOwnOrigin(own, request.headers)) {
    request.resume();
    return refuse(response, { code: 'origin-not-allowed' });
  }
  if (request.method === 'POST' && loginPath !== undefined) return logIn(dependencies, { path: loginPath, isAgain: path === AGAIN_PATH }, request, response);
  if (request.method === 'DELETE' && path === '/session') return logOut(dependencies, request, response);
  request.resume();
  refuse(response, { code: 'method-not-allowed', facts: { method: request.method ?? '' } });
}

type Login = { readonly path: string; readonly isAgain: boolean };

function logIn({ upstream, own }: PassOnDependencies, { path, isAgain }: Login, request: IncomingMessage, response: ServerResponse): void {
  const answer = async (incoming: IncomingMessage) => {
    const { statusCode = 500, headers } = incoming;
    const body = await bodyOf(incoming, ANSWER_BYTES_MAX);
    if (statusCode !== CREATED) return answerWith(response, statusCode, { ...retryOf(headers), 'content-type': headers['content-type'] ?? '' }, body);
    const {
      token,
      expiresAt,
      gateway: _,
      ...session
    } = JSON.parse(body.toString()) as { readonly token: string; readonly expiresAt: string; gateway: unknown };
    const shown = { 'content-type': 'application/json', 'set-cookie': sessionCookie(token, expiresAt, own) };
    answerWith(response, statusCode, shown, JSON.stringify({ ...session, expiresAt }));
  };
  const token = isAgain ? sessionTokenIn(request.headers.cookie, own) : undefined;
  // The body is read here, so it may not be compressed; whoever logs in for the first time has no token yet.
  const headers = { 'accept-encoding': 'identity', authorization: token === undefined ? undefined : `Bearer ${token}` };
  send(upstream, { to: 'write-api', path }, request, response, { headers, isShown: () => true, answer });
}

/** The cookie goes, whatever becomes of the session: where it can't be ended now, who has asked is logged out here at least. */
function logOut({ upstream, own }: PassOnDependencies, request: IncomingMessage, response: ServerResponse): void {
  const token = sessionTokenIn(request.headers.cookie, own);
  const gone = { 'set-cookie': noSessionCookie(own) };
  if (token === undefined) {
    request.resume();
    return answerWith(response, 204, gone, '');
  }
  const answer = async (incoming: IncomingMessage) => {
    const { statusCode = 500, headers } = incoming;
    const body = await bodyOf(incoming, ANSWER_BYTES_MAX);
    if (statusCode === UNAUTHENTICATED || statusCode < 300) return answerWith(response, 204, gone, '');
    answerWith(response, statusCode, { ...gone, 'content-type': headers['content-type'] ?? '' }, body);
  };
  const headers = { 'accept-encoding': 'identity', authorization: `Bearer ${token}` };
  send(upstream, { to: 'write-api', path: '/v1/sessions/current' }, request, response, { headers, isShown: () => true, answer });
}

const retryOf = ({ 'retry-after': after }: IncomingMessage['headers']): Readonly<Record<string, string>> =>
  after === undefined ? {} : { 'retry-after': after };

const answerWith = (response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string | Buffer): void =>
  void response.writeHead(status, { ...headers, 'cache-control': 'no-store' }).end(body);
