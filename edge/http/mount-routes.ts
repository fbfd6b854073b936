/** Serves declared routes: read, authenticate, authorise, parse, limit, handle, respond. Every refusal leaves as a problem. */
import type { Express, Request, Response } from 'express';
import type { Instant } from '../../domain/shared/instant.ts';
import type { RateLimit } from '../../ports/rate-limit/port.ts';
import { refusalOfCaller, type Authenticate } from '../auth/callers.ts';
import type { ClientAddressOf } from '../network/client-address.ts';
import { PROBLEM_MEDIA_TYPE, problemOf, refusalOfError, retryAfterSecondsOf, PasswordQueueFull, type EdgeRefusal } from '../problem.ts';
import type { EdgeReporter } from '../telemetry-events.ts';
import { checkRoutes } from './check-routes.ts';
import { withinLimits } from './limits.ts';
import { parseRequest } from './parse-request.ts';
import { readBody } from './request-body.ts';
import type { Route, RouteResponse, RouteRequest } from './routes.ts';
import { streamEvents } from './server-sent-events.ts';

export type EdgeDependencies = {
  readonly authenticate: Authenticate;
  readonly rateLimit: Pick<RateLimit, 'take' | 'refund'>;
  readonly clock: () => Instant;
  readonly report: EdgeReporter;
};

type MountDependencies = EdgeDependencies & { readonly stopping: AbortSignal; readonly clientAddressOf: ClientAddressOf };

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

async function serve(route: Route, request: Request, response: Response, dependencies: MountDependencies): Promise<void> {
  const { report, stopping } = dependencies;
  response.locals['route'] = route;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, stopping]);
  try {
    const result = await respondTo(route, request, response, dependencies, signal);
    if ('refusal' in result) sendRefusal(response.set(result.headers ?? {}), result.refusal);
    else if ('events' in result) await streamEvents(response, result.events, signal);
    else {
      response.status(result.status).set(result.headers ?? {});
      if (result.body === undefined) response.end();
      else response.json(result.body);
    }
  } catch (error) {
    if (gone.signal.aborted || request.readableAborted) return;
    // A full queue of ours is a limit that works, not a failure.
    if (!(error instanceof PasswordQueueFull)) report({ type: 'request-failed', operationId: route.operationId, requestId: requestIdOf(response), error });
    if (response.headersSent) response.destroy();
    else sendRefusal(response, refusalOfError(error));
  }
}

async function respondTo(route: Route, request: Request, response: Response, dependencies: MountDependencies, signal: AbortSignal): Promise<RouteResponse> {
  const read = await readBody(request, route.bodyBytesMax);
  if (read.outcome === 'refused') {
    if (read.refusal.code === 'body-too-large') response.set('Connection', 'close'); // so that the rest of it need not be read
    return read;
  }
  const authenticated = await callerOf(route, request, read.bytes, dependencies.authenticate);
  if (authenticated.outcome === 'refused') return authenticated;
  const parsed = parseRequest(route, request, read.bytes);
  if (parsed.outcome === 'refused') return parsed;
  const routeRequest: RouteRequest = {
    ...parsed.parts,
    caller: authenticated.caller,
    at: dependencies.clock(),
    requestId: requestIdOf(response),
    address: dependencies.clientAddressOf(request),
    signal,
  };
  return withinLimits(route, routeRequest, dependencies, () => route.handle(routeRequest));
}

async function callerOf(route: Route, request: Request, body: Uint8Array, authenticate: Authenticate) {
  // A public route ignores credentials: an expired token doesn't keep its owner from logging in.
  if (route.callers.every((kind) => kind === 'public')) return { outcome: 'accepted', caller: { kind: 'anonymous' } } as const;
  const authenticated = await authenticate({ method: request.method, path: request.originalUrl, header: (name) => request.get(name), body });
  if (authenticated.outcome === 'refused') return authenticated;
  const refusal = refusalOfCaller(route.callers, authenticated.caller);
  return refusal === undefined ? authenticated : ({ outcome: 'refused', refusal } as const);
}

function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of routes) methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
  return methods;
}
