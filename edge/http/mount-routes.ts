/** Serves declared routes: read, authenticate, authorise, parse, limit, handle, respond. Every refusal leaves as a problem. */
import { pipeline } from 'node:stream/promises';
import type { Express, Request, Response } from 'express';
import type { RecordAction } from '../../domain/operators/actions.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { RateLimit } from '../../ports/rate-limit/port.ts';
import { APP_HEADER } from '../auth/app-signature.ts';
import { refusalOfCaller, refusalOfOldLogin, refusalOfScope, type Authenticate, type Caller } from '../auth/callers.ts';
import type { ClientAddressOf } from '../network/client-address.ts';
import type { Protection } from '../overload/protection.ts';
import { PROBLEM_MEDIA_TYPE, problemOf, refusalOfError, retryAfterSecondsOf, PasswordQueueFull, type EdgeRefusal } from '../problem.ts';
import type { EdgeReporter } from '../telemetry-events.ts';
import { checkRoutes } from './check-routes.ts';
import { withinLimits } from './limits.ts';
import { handleRecorded, reasonOf, refusalOfOperator } from './operator-actions.ts';
import { parseRequest } from './parse-request.ts';
import { NO_BYTES, readBody } from './request-body.ts';
import type { Route, RouteResponse, RouteRequest } from './routes.ts';
import { securityEventOf } from './security-event-of.ts';
import { sendJson } from './send-json.ts';
import { streamEvents } from './server-sent-events.ts';

export type EdgeDependencies = {
  readonly authenticate: Authenticate;
  readonly rateLimit: Pick<RateLimit, 'take' | 'refund'>;
  readonly clock: () => Instant;
  readonly recordAction: RecordAction;
  readonly report: EdgeReporter;
};

type MountDependencies = EdgeDependencies & {
  readonly stopping: AbortSignal;
  readonly clientAddressOf: ClientAddressOf;
  readonly protection: Protection;
  /** JSON of so many bytes is compressed for clients that take it; 0: none is. */
  readonly compressedFromBytes: number;
};

export function mountRoutes(app: Express, routes: readonly Route[], dependencies: MountDependencies): void {
  checkRoutes(routes);
  for (const route of routes) app[route.method](route.path, (request, response) => serve(route, request, response, dependencies));
  for (const [path, methods] of methodsByPath(routes)) {
    app.all(path, (request, response) => {
      response.set('Allow', methods.join(', '));
      sendRefusal(response, { code: 'method-not-allowed', facts: { method: request.method } });
    });
  }
}

/** Sends the problem. The report of the request takes its code from `response.locals.code`. */
export function sendRefusal(response: Response, refusal: EdgeRefusal): void {
  const problem = problemOf(refusal, requestIdOf(response));
  const retryAfterSeconds = retryAfterSecondsOf(refusal);
  if (retryAfterSeconds !== undefined) response.set('Retry-After', String(retryAfterSeconds));
  if (problem.status === 401) response.set('WWW-Authenticate', 'Bearer realm="tidings"');
  response.locals['code'] = refusal.code;
  response.status(problem.status).set('Cache-Control', 'no-store').type(PROBLEM_MEDIA_TYPE).send(JSON.stringify(problem));
}

export const requestIdOf = (response: Response): string => String(response.locals['requestId']);

/** One for all requests: an error of its own for each, with its stack, is dear, and every request ends with one. */
const CLOSED = new DOMException('The response is over.', 'AbortError');

async function serve(route: Route, request: Request, response: Response, dependencies: MountDependencies): Promise<void> {
  const { report, stopping } = dependencies;
  response.locals['route'] = route;
  const gone = new AbortController();
  response.once('close', () => gone.abort(CLOSED));
  const signal = AbortSignal.any([gone.signal, stopping]);
  try {
    const { result, charge = ignore } = await respondTo(route, request, response, dependencies, signal);
    if ('refusal' in result) sendRefusal(response.set(result.headers ?? {}), result.refusal);
    else if ('events' in result) await streamEvents(response, result.events, { signal, charge });
    else if ('bytes' in result) await pipeline(result.bytes, response.status(result.status).set(result.headers), { signal });
    else if (result.body === undefined)
      response
        .status(result.status)
        .set(result.headers ?? {})
        .end();
    else if (route.produces === 'text/html') charge(sendPage(response.status(result.status).set(result.headers ?? {}), result.body as string));
    else if (route.produces === 'image/gif') charge(sendPicture(response.status(result.status).set(result.headers ?? {}), result.body as string));
    else {
      const { protection, compressedFromBytes } = dependencies;
      const config = { responseBytesMax: protection.responseBytesMax, compressedFromBytes, revalidates: route.revalidates === true };
      charge(await sendJson(request, response.status(result.status).set(result.headers ?? {}), result.body, config));
    }
  } catch (error) {
    if (gone.signal.aborted || request.readableAborted) return;
    // A full queue of ours is a limit that works, not a failure.
    if (!(error instanceof PasswordQueueFull)) report({ type: 'request-failed', operationId: route.operationId, requestId: requestIdOf(response), error });
    if (response.headersSent) response.destroy();
    else sendRefusal(response, refusalOfError(error));
  }
}

/** Answers how many bytes were sent. */
function sendPage(response: Response, page: string): number {
  const bytes = Buffer.byteLength(page);
  response.set({ 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': String(bytes) }).end(page);
  return bytes;
}

/** The body is in base64. */
function sendPicture(response: Response, body: string): number {
  const bytes = Buffer.from(body, 'base64');
  response.set({ 'Content-Type': 'image/gif', 'Content-Length': String(bytes.length) }).end(bytes);
  return bytes.length;
}

/** `charge` counts the bytes of the response for the caller. */
type Answer = { readonly result: RouteResponse; readonly charge?: (bytes: number) => void };

async function respondTo(route: Route, request: Request, response: Response, dependencies: MountDependencies, signal: AbortSignal): Promise<Answer> {
  const { clientAddressOf, protection, recordAction } = dependencies;
  const address = clientAddressOf(request);
  const known = { address, requestId: requestIdOf(response) };
  const audited = (result: RouteResponse, caller: Caller = ANONYMOUS, parsed?: RouteRequest): RouteResponse => {
    const security = securityEventOf(route, result, { ...known, caller, ...(parsed === undefined ? {} : { request: parsed }) });
    if (security !== undefined) dependencies.report({ type: 'security', security });
    return result;
  };
  const refuse = async (refusal: EdgeRefusal): Promise<Answer> => {
    audited({ refusal });
    return { result: { refusal: (await protection.countAnonymous(address)) ?? refusal } };
  };

  // Only a signature is over the body: nobody else has a body read before the caller is known.
  const identified = isSigned(request) ? undefined : await callerOf(route, request, NO_BYTES, dependencies);
  if (identified?.outcome === 'refused') return refuse(identified.refusal);
  const { receivedBytes } = protection;
  const read = route.takes === 'stream' ? NOT_READ : await readBody(request, { bytesMax: route.bodyBytesMax, receivedBytes });
  if (read.outcome === 'refused') {
    if (read.refusal.code === 'body-too-large') response.set('Connection', 'close'); // so that the rest of it need not be read
    return { result: read };
  }
  const authenticated = identified ?? (await callerOf(route, request, read.bytes, dependencies));
  if (authenticated.outcome === 'refused') return refuse(authenticated.refusal);
  const { caller } = authenticated;
  const reason = reasonOf((name) => request.get(name));
  const operatorRefusal = refusalOfOperator(route, caller, reason);
  if (operatorRefusal !== undefined) return { result: audited({ refusal: operatorRefusal }, caller) };
  const anonymousRefusal = caller.kind === 'anonymous' && route.limits === undefined ? await protection.countAnonymous(address) : undefined;
  if (anonymousRefusal !== undefined) return { result: { refusal: anonymousRefusal } };
  const parsed = parseRequest(route, request, read.bytes);
  if (parsed.outcome === 'refused') return { result: parsed };
  const begun = protection.begin(caller, address);
  if (begun.outcome === 'refused') return { result: begun };
  using underWay = begun.underWay;
  const received = { method: request.method, target: request.originalUrl, headers: request.headers, bytes: read.bytes };
  const routeRequest: RouteRequest = {
    ...parsed.parts,
    ...known,
    caller,
    at: dependencies.clock(),
    signal,
    ...(route.takes === 'bytes' && { received }),
    ...(route.takes === 'stream' && { received, stream: request }),
  };
  const result = await withinLimits(route, routeRequest, dependencies, () => handleRecorded(route, { request: routeRequest, reason, recordAction }));
  if (route.takes === 'stream' && !request.complete) response.set('Connection', 'close');
  return { result: audited(result, caller, routeRequest), charge: (bytes) => underWay.charge(bytes) };
}

/** Its handler reads it, as far as it wants. */
const NOT_READ = { outcome: 'accepted', bytes: NO_BYTES } as const;

const ANONYMOUS: Caller = { kind: 'anonymous' };

const isSigned = (request: Request): boolean => request.get('authorization') === undefined && request.get(APP_HEADER) !== undefined;

async function callerOf(route: Route, request: Request, body: Uint8Array, { authenticate, clock }: MountDependencies) {
  // A public route ignores credentials: an expired token doesn't keep its owner from logging in.
  if (route.callers.every((kind) => kind === 'public')) return { outcome: 'accepted', caller: { kind: 'anonymous' } } as const;
  const ticket = route.takesTicket === true ? request.query['ticket'] : undefined;
  const authenticated = await authenticate({
    method: request.method,
    path: request.originalUrl,
    header: (name) => request.get(name),
    body,
    ...(typeof ticket === 'string' && { ticket }),
  });
  if (authenticated.outcome === 'refused') return authenticated;
  const { caller } = authenticated;
  const refusal =
    refusalOfCaller(route.callers, caller) ??
    refusalOfScope(route.scope, caller) ??
    (route.login === 'recent' ? refusalOfOldLogin(caller, clock()) : undefined);
  return refusal === undefined ? authenticated : ({ outcome: 'refused', refusal } as const);
}

function ignore(): void {}

function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of routes) methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
  return methods;
}
