/**
 * The one way in which both APIs declare a route: its name, its callers, its parameters and its responses. The server
 * (`mount-routes.ts`), the OpenAPI document (`docs/openapi.ts`) and the access table are made from the same declaration.
 */
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Instant } from '../../domain/shared/instant.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import type { Limit } from '../../ports/rate-limit/port.ts';
import type { Caller, CallerKind, CallerOf, RouteScope } from '../auth/callers.ts';
import type { EdgeRefusal } from '../problem.ts';
import type { ServerSentEvent } from './server-sent-events.ts';

export type Method = 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete';

/** By status. `noContent` for a response without a body. */
export type ResponseSchemas = Readonly<Record<number, z.ZodType>>;
export const noContent = z.undefined();

/** The request as a handler gets it: everything parsed, nothing of HTTP. */
export type RouteRequest<RequestCaller extends Caller = Caller, Params = object, Query = object, Headers = object, Body = unknown> = {
  readonly caller: RequestCaller;
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
  readonly at: Instant;
  readonly requestId: string;
  /** Of the client, behind proxies that are trusted too. */
  readonly address: string;
  /** Aborts when the caller goes away or the server stops. */
  readonly signal: AbortSignal;
  /** Of a route that takes bytes. */
  readonly received?: ReceivedRequest;
  /** The body of a route that takes a stream. What is left of it when the handler has answered is not read, and the connection is closed. */
  readonly stream?: Readable;
};

/** The request as it came, for whoever verifies a signature over it. `target`: the path with the query. Header names are in lower case. */
export type ReceivedRequest = {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly bytes: Uint8Array;
};

/** A refusal of the catalogue, a response of one of the declared statuses, or a stream of events (declared as status 200). */
export type RouteResponse<Responses extends ResponseSchemas = ResponseSchemas> =
  | { [Status in keyof Responses & number]: PlainResponse<Status, z.output<Responses[Status]>> }[keyof Responses & number]
  /** `actor`: of a login, whom the security log names in place of an anonymous caller. */
  | { readonly refusal: EdgeRefusal; readonly headers?: Readonly<Record<string, string>>; readonly actor?: string }
  | { readonly events: AsyncIterable<ServerSentEvent> }
  /** Bytes, of a route that declares what it produces as such; the headers say their type and length. */
  | { readonly status: keyof Responses & number; readonly headers: Readonly<Record<string, string>>; readonly bytes: Readable };

type PlainResponse<Status, Body> = [Body] extends [undefined]
  ? { readonly status: Status; readonly headers?: Readonly<Record<string, string>>; readonly body?: undefined }
  : { readonly status: Status; readonly headers?: Readonly<Record<string, string>>; readonly body: DeepReadonly<Body> };

/** A handler may respond with a document of a view, which it must not change. */
type DeepReadonly<Value> = Value extends string | number | boolean | null | undefined ? Value : { readonly [Field in keyof Value]: DeepReadonly<Value[Field]> };

export function respond<const Status extends number>(status: Status): { readonly status: Status };
export function respond<const Status extends number, Body>(status: Status, body: Body): { readonly status: Status; readonly body: Body };
export function respond(status: number, body?: unknown) {
  return body === undefined ? { status } : { status, body };
}

/** Counted per caller (per address for an anonymous one), per address, or per target of the request, under a key that is nothing personal. */
export type RouteLimit<Request = RouteRequest> = { readonly limit: Limit; readonly by: 'caller' | 'address' | ((request: Request) => string) };

export type Fields = z.ZodObject;
/** No parameters of this kind. */
export type NoFields = z.ZodObject<Record<never, never>, z.core.$strict>;

/** The prose of a route in the OpenAPI document. */
export type RouteDocumentation = {
  /** Imperative, without a full stop: 'Mute a channel'. */
  readonly summary: string;
  /** What happens, addressed to the client's developer as 'you'. */
  readonly description?: string;
  /** One of the tags that the API declares. */
  readonly tag?: string;
  /** `responses`: by status, where they differ. */
  readonly example?: { readonly body?: unknown; readonly response?: unknown; readonly responses?: Readonly<Record<number, unknown>> };
  /** By status, in place of the usual ones. */
  readonly responseDescriptions?: Readonly<Record<number, string>>;
};

export type RouteDefinition<
  Kind extends CallerKind,
  Params extends Fields,
  Query extends Fields,
  Headers extends Fields,
  Body extends z.ZodType,
  Responses extends ResponseSchemas,
  Request = RouteRequest<CallerOf<Kind>, z.output<Params>, z.output<Query>, z.output<Headers>, z.output<Body>>,
> = RouteDocumentation & {
  readonly method: Method;
  /** In the syntax of express: `/v1/posts/:id`. */
  readonly path: string;
  readonly operationId: string;
  readonly callers: readonly Kind[];
  /** What a key of an app needs for it; without one, the app's secret alone will do. */
  readonly scope?: RouteScope;
  /** A person must have logged in a short time ago: the route changes what the account is protected by, or can’t be undone. */
  readonly login?: 'recent';
  /** What its success is to the security log. `login`: the HMAC of the login name that a request tries. */
  readonly audit?: { readonly event: 'logged-in' | 'password-reset-asked' | 'credentials-changed'; readonly login?: (request: Request) => string };
  readonly limits?: readonly RouteLimit<Request>[];
  readonly params?: Params;
  readonly query?: Query;
  /** Names in lower case. */
  readonly headers?: Headers;
  readonly body?: Body;
  readonly bodyBytesMax?: number;
  /** A caller may bring a live ticket in the query instead of a token. */
  readonly takesTicket?: true;
  /** The body is of any media type, and nothing parses it: the handler finds it in `received`, or reads it from `stream`. */
  readonly takes?: 'bytes' | 'stream';
  readonly responses: Responses;
  /** The response 200 is a stream of these events, or a page. */
  readonly produces?: 'text/event-stream' | 'text/html' | 'image/gif' | 'application/octet-stream';
  /** The response has a tag of its content, and whoever has it still is told so. It may be kept by its receiver, and is asked for each time. */
  readonly revalidates?: true;
  /** Headers that any of the responses may carry. */
  readonly responseHeaders?: Fields;
  /** Besides those that follow from having a body, parameters, callers or limits (`refusalsOf`). */
  readonly refusals: readonly RefusalCode[];
  readonly handle: (request: Request) => Promise<RouteResponse<Responses>>;
};

/** A route after its types have been checked. */
export type Route = RouteDefinition<CallerKind, Fields, Fields, Fields, z.ZodType, ResponseSchemas, RouteRequest> & { readonly bodyBytesMax: number };

/** The default; a route with longer texts declares its own. */
const BODY_BYTES_MAX = 256 * 1_024;

export const route = <
  Kind extends CallerKind,
  Responses extends ResponseSchemas,
  Params extends Fields = NoFields,
  Query extends Fields = NoFields,
  Headers extends Fields = NoFields,
  Body extends z.ZodType = z.ZodUndefined,
>(
  definition: RouteDefinition<Kind, Params, Query, Headers, Body, Responses>,
): Route => ({ bodyBytesMax: BODY_BYTES_MAX, ...definition }) as unknown as Route;

/** One row a route: the callers it admits, and the limits on them. */
export type AccessRow = {
  readonly operationId: string;
  readonly method: Method;
  readonly path: string;
  readonly callers: readonly CallerKind[];
  readonly limits: readonly string[];
};

export const accessTable = (routes: readonly Route[]): readonly AccessRow[] =>
  routes.map(({ operationId, method, path, callers, limits = [] }) => ({ operationId, method, path, callers, limits: limits.map(({ limit }) => limit.name) }));

/** Every code that the route can respond with. */
export function refusalsOf({ refusals, callers, login, params, query, headers, body, takes, limits }: Route): readonly RefusalCode[] {
  const codes = new Set<RefusalCode>(refusals);
  const add = (...more: readonly RefusalCode[]) => more.forEach((code) => codes.add(code));
  add('internal-error', 'body-too-large', 'unsupported-media-type', 'bad-request');
  if (body !== undefined && takes === undefined) add('bad-json');
  if ([params, query, headers].some((fields) => fields !== undefined)) add('bad-request');
  if (limits !== undefined) add('rate-limited');
  if (login === 'recent') add('login-not-recent');
  if (callers.includes('operator')) add('role-too-low', 'reason-missing', 'reason-too-long', 'text-malformed', 'text-not-one-line', 'text-turns-direction');
  if (callers.includes('app')) add('scope-missing');
  if (callers.includes('public') && callers.length === 1) return [...codes];
  // Bad credentials are refused before the kind of the caller is known.
  add('token-missing', 'token-invalid', 'token-expired', 'session-ended', 'forbidden');
  add('signature-missing', 'signature-invalid', 'signature-expired', 'signature-replayed', 'app-disabled');
  return [...codes];
}
