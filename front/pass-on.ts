/** Passes requests for `/v1` on to the API that they belong to, with the token of the cookie where they say that it is there. */
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { isOwnOrigin, isOwnOriginOrNone, type OwnOrigin } from './origin.ts';
import { refuse } from './refuse.ts';
import { sessionTokenIn, TOKEN_IN_COOKIE } from './session-cookie.ts';
import type { Api, Upstream } from './upstream.ts';
import { whichApi } from './which-api.ts';

/** RFC 9110, 7.6.1: of this connection alone. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);
/** What says where a body ends, and what it is asked of, goes on whatever `Connection` says of it: RFC 9110 lets nobody name these there. */
const ALWAYS_PASSED_ON: ReadonlySet<string> = new Set(['content-length', 'host']);

export type PassOnDependencies = { readonly upstream: Upstream; readonly own: OwnOrigin };

export function passOn({ upstream, own }: PassOnDependencies, request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', url = '/', headers } = request;
  const token = sessionTokenIn(headers.cookie, own);
  if (token !== undefined && !(method === 'GET' || method === 'HEAD' ? isOwnOriginOrNone : isOwnOrigin)(own, headers)) {
    request.resume();
    return refuse(response, { code: 'origin-not-allowed' });
  }
  const path = url.split('?')[0] ?? url;
  send(upstream, { to: whichApi(method, path), path: url }, request, response, {
    headers: token !== undefined && headers.authorization === `Bearer ${TOKEN_IN_COOKIE}` ? { authorization: `Bearer ${token}` } : {},
    // Pages of elsewhere may ask the APIs with a token of theirs; what the cookie opens is for our own alone.
    isShown: (name) => token === undefined || !name.startsWith('access-control-'),
  });
}

type Target = { readonly to: Api; readonly path: string };
type Sending = {
  /** In place of what the client said; undefined: nothing of it. */
  readonly headers: OutgoingHttpHeaders;
  readonly isShown: (header: string) => boolean;
  /** Answers in place of what came. */
  readonly answer?: (incoming: IncomingMessage) => Promise<void>;
  readonly method?: string;
};

/** The bodies go on as they come, in both directions. */
export function send(
  upstream: Upstream,
  { to, path }: Target,
  request: IncomingMessage,
  response: ServerResponse,
  { headers, isShown, answer, method = request.method ?? 'GET' }: Sending,
): void {
  const said = Object.entries({ ...passedOn(request), ...headers }).filter(([, value]) => value !== undefined);
  const sent = upstream.request(to, path, { method, headers: Object.fromEntries(said) });
  const fail = () => {
    sent.destroy();
    if (response.headersSent) response.destroy();
    else refuse(response, { code: 'store-unavailable' });
  };
  sent.on('error', fail);
  sent.on('response', (incoming) => {
    incoming.on('error', fail);
    if (answer !== undefined) return void answer(incoming).catch(fail);
    const isOfConnection = ofConnection(incoming.headers);
    const shown = Object.entries(incoming.headers).filter(([name]) => !isOfConnection(name) && isShown(name));
    response.writeHead(incoming.statusCode ?? 500, Object.fromEntries(shown));
    response.flushHeaders(); // a stream has said something before its first event
    incoming.pipe(response);
  });
  response.on('close', () => sent.destroy());
  request.pipe(sent);
}

/**
 * What the client said, but for the cookie; and from where, behind what a proxy before us has said of that. A body of unknown length stays
 * one: Node sends that of a GET or DELETE without any bounds, and whoever reads it would take it for another request, of the front's own.
 */
export function passedOn({ headers, socket }: IncomingMessage): OutgoingHttpHeaders {
  const isOfConnection = ofConnection(headers);
  const kept = Object.entries(headers).filter(([name]) => !isOfConnection(name) && name !== 'cookie');
  const framing = headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
  return { ...Object.fromEntries(kept), ...framing, 'x-forwarded-for': forwardedFor({ headers, socket }) };
}

/** Whether a header of this message is of this connection alone: by its nature, or because `Connection` names it. */
function ofConnection({ connection = '' }: IncomingHttpHeaders): (name: string) => boolean {
  const named = new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
  return (name) => HOP_BY_HOP.has(name) || (named.has(name) && !ALWAYS_PASSED_ON.has(name));
}

export function forwardedFor({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): string {
  const before = headers['x-forwarded-for'];
  return [...(before === undefined ? [] : [before].flat()), socket.remoteAddress ?? ''].join(', ');
}
