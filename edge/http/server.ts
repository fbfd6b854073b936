/** An HTTP listener, with the parts that all of ours have in common: limits, headers, health, routes and their document, and a graceful stop. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import type { CertificateSource } from '../network/certificate.ts';
import { createClientAddress } from '../network/client-address.ts';
import type { OwnConnections } from '../network/own-connections.ts';
import { DEFAULT_ORIGINS, type AllowedOrigins } from '../network/origins.ts';
import { EDGE_LIMITS } from '../overload/limits.ts';
import { createProtection, type Protection } from '../overload/protection.ts';
import { startUnsentBytes, type UnsentBytes } from '../overload/unsent-bytes.ts';
import { allowOrigins } from './cors.ts';
import { createGuardedListener } from './listener/guarded-listener.ts';
import { mountHealth, type Health } from './health.ts';
import { traceParentOf } from './trace-parent.ts';
import { mountRoutes, requestIdOf, sendRefusal, type EdgeDependencies } from './mount-routes.ts';
import { overrideLimits, type LimitOverrides } from './limit-overrides.ts';
import { badRequest } from './parse-request.ts';
import { refusalOfError } from '../problem.ts';
import type { EdgeReporter } from '../telemetry-events.ts';
import type { Route } from './routes.ts';
import { COMPRESSED_FROM_BYTES } from './send-json.ts';
import { shareDocument } from './shared-document.ts';
import { stopListener } from './listener/stop-listener.ts';

/** Longer than the usual idle timeout of a load balancer, so that it never sends on a connection that we are closing. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_TIMEOUT_MS = 20_000;
/** For a whole request with its body; responses may take longer. */
const REQUEST_TIMEOUT_MS = 60_000;
/** How often both are looked at. */
const TIMEOUT_CHECK_MS = 2_000;
const HEADER_BYTES_MAX = 16 * 1_024;
const HEADERS_MAX = 100;
const CONNECTIONS_MAX = 20_000;
const STOP_DEADLINE_MS = 10_000;
const PAGE_POLICY = "default-src 'self'; connect-src 'self' http: https: ws: wss:; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";
const REQUEST_ID = /^[\w-]{1,64}$/;

export type HttpServerDependencies = EdgeDependencies &
  Health & {
    readonly routes: readonly Route[];
    /** Served at `/openapi.json`. */
    readonly document?: object;
    /** Serves the files of the browser client, for paths that no route matches. */
    readonly site?: RequestHandler;
    /** Shared by the listeners of a process; without it the listener has its own. */
    readonly unsentBytes?: UnsentBytes;
  };

export type HttpServerConfig = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly origins?: AllowedOrigins;
  /** For TLS; plain HTTP without. */
  readonly certificates?: CertificateSource | undefined;
  /** Addresses and networks of proxies whose `X-Forwarded-For` and `Forwarded` are believed. */
  readonly trustedProxies?: readonly string[];
  /** Of this process, which speaks on them for its clients. */
  readonly ownConnections?: Pick<OwnConnections, 'has'>;
  readonly connectionsMax?: number;
  /** Connections of one address. */
  readonly addressConnectionsMax?: number;
  /** In place of the rate limits of `edge/overload/limits.ts` that have the name. */
  readonly limits?: LimitOverrides | undefined;
  readonly responseBytesMax?: number | undefined;
  /** Over all bodies that are being received. */
  readonly receivedBytesMax?: number | undefined;
  /** JSON of so many bytes is compressed for clients that take it; 0: none is. */
  readonly compressedFromBytes?: number | undefined;
  /** How long running requests have to finish once the listener is stopping. */
  readonly stopDeadlineMs?: number;
};

export type HttpServer = AsyncDisposable & { readonly url: string; readonly port: number };

/** Disposing of it stops accepting, lets running requests finish until the deadline, and ends streams at once. */
export async function startHttpServer(dependencies: HttpServerDependencies, config: HttpServerConfig): Promise<HttpServer> {
  const stopping = new AbortController();
  const { rateLimit, report } = dependencies;
  const protection = createProtection({ rateLimit, report }, { ...config, limits: overrideLimits(EDGE_LIMITS, config.limits) });
  const unsentBytes = dependencies.unsentBytes ?? startUnsentBytes();
  const listener = createGuardedListener(
    createApp(dependencies, { ...config, protection, stopping: stopping.signal }),
    { unsentBytes, reportCut: (reason) => report({ type: 'connection-cut', reason }) },
    { ...config, server: SERVER_OPTIONS },
  );
  const { server, isSecure } = listener;
  server.maxConnections = config.connectionsMax ?? CONNECTIONS_MAX;
  server.listen(config.port, config.host);
  await once(server, 'listening'); // rejects when the port is taken
  const { port } = server.address() as AddressInfo;
  return {
    url: `${isSecure ? 'https' : 'http'}://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    port,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await stopListener(listener, { deadlineMs: config.stopDeadlineMs ?? STOP_DEADLINE_MS });
      if (dependencies.unsentBytes === undefined) unsentBytes[Symbol.dispose]();
    },
  };
}

const SERVER_OPTIONS = {
  maxHeaderSize: HEADER_BYTES_MAX,
  keepAliveTimeout: KEEP_ALIVE_MS,
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: TIMEOUT_CHECK_MS,
  requireHostHeader: false,
  shouldUpgradeCallback: () => false, // an upgrade that nobody answers would stay open for ever: it is a request like others
};

type AppConfig = Pick<HttpServerConfig, 'origins' | 'trustedProxies' | 'ownConnections' | 'compressedFromBytes'> & {
  readonly protection: Protection;
  readonly stopping: AbortSignal;
};

function createApp(
  dependencies: HttpServerDependencies,
  { origins, trustedProxies, ownConnections, protection, stopping, compressedFromBytes = COMPRESSED_FROM_BYTES }: AppConfig,
): RequestListener {
  const { routes, document, site, report } = dependencies;
  const starting = startRequest(report, stopping);
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  app.set('query parser', 'simple');
  app.use(starting, allowOrigins(origins ?? DEFAULT_ORIGINS), checkHeaders);
  mountHealth(app, dependencies, stopping);
  const clientAddressOf = createClientAddress(trustedProxies, ownConnections);
  mountRoutes(app, routes, { ...dependencies, stopping, clientAddressOf, protection, compressedFromBytes });
  app.use(async (request, response, next) => {
    const refusal = await protection.countAnonymous(clientAddressOf(request));
    if (refusal === undefined) next();
    else sendRefusal(response, refusal);
  });
  if (document !== undefined) app.get('/openapi.json', shareDocument(document));
  if (site !== undefined) app.use(setPageHeaders, site);
  app.use((_request, response) => sendRefusal(response, { code: 'route-unknown' }));
  app.use(answerError(report));
  // express extends both objects before it calls any handler.
  return (request, response) => app(request as Request, response as Response, answerUnroutable(starting, request as Request, response as Response));
}

/** Answers a request that reached no handler because express can't parse its target, such as `http://[`; destroys one that failed after its response began. */
const answerUnroutable = (starting: RequestHandler, request: Request, response: Response) => () => {
  if (response.headersSent) return void response.destroy();
  starting(request, response, () => sendRefusal(response, badRequest([{ at: '/path', message: 'is neither a path nor a URL' }])));
};

/** Gives the request its id, sets the headers of every response, and reports the request when it is over. */
function startRequest(report: EdgeReporter, stopping: AbortSignal): RequestHandler {
  return (request, response, next) => {
    const startedMs = performance.now();
    const given = request.get('x-request-id') ?? '';
    const own = REQUEST_ID.test(given) ? given : undefined;
    const parent = own === undefined ? traceParentOf(request.get('traceparent')) : undefined;
    response.locals['requestId'] = own ?? parent?.requestId ?? randomUUID();
    response.locals['parentSpan'] = parent?.span;
    response.set({
      'X-Request-Id': requestIdOf(response),
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Cache-Control': 'no-store',
    });
    if (stopping.aborted) response.set('Connection', 'close');
    response.once('close', () => reportFinished(report, request, response, performance.now() - startedMs));
    next();
  };
}

/** HTTP/1.1 requires one `Host` (RFC 9112, 3.2); Node itself would refuse the request without a body. And Node drops headers beyond 2,000 in silence. */
const checkHeaders: RequestHandler = (request, response, next) => {
  const hosts = request.rawHeaders.filter((name, i) => i % 2 === 0 && /^host$/i.test(name)).length;
  const isHostWrong = hosts > 1 || (hosts === 0 && request.httpVersionMinor > 0);
  if (isHostWrong) return sendRefusal(response, badRequest([{ at: '/header/host', message: 'must be there once' }]));
  if (request.rawHeaders.length > 2 * HEADERS_MAX)
    return sendRefusal(response, badRequest([{ at: '/header', message: `must be at most ${HEADERS_MAX} lines` }]));
  next();
};

/** A page of ours may run its own scripts and call our other listeners, and nothing else. The site decides how long a page may be cached. */
const setPageHeaders: RequestHandler = (_request, response, next) => {
  response.set('Content-Security-Policy', PAGE_POLICY).removeHeader('Cache-Control');
  next();
};

function reportFinished(report: EdgeReporter, { method }: Request, response: Response, ms: number): void {
  const { route, code, parentSpan } = response.locals as { readonly route?: Route; readonly code?: RefusalCode; readonly parentSpan?: string };
  report({
    type: 'request-finished',
    method,
    route: route?.path,
    operationId: route?.operationId,
    status: response.statusCode,
    ms,
    requestId: requestIdOf(response),
    ...(code === undefined ? {} : { code }),
    ...(parentSpan === undefined ? {} : { parentSpan }),
    ...(response.writableFinished ? {} : { aborted: true }),
  });
}

/** Answers errors of express itself, such as a path that does not decode, and of the `site`. */
function answerError(report: EdgeReporter): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    if (error instanceof URIError) return sendRefusal(response, badRequest([{ at: '/path', message: 'The path does not decode.' }]));
    report({ type: 'request-failed', operationId: undefined, requestId: requestIdOf(response), error });
    sendRefusal(response, refusalOfError(error));
  };
}
