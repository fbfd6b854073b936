/**
 * The one way in which both APIs declare a route: what it is called, who may use it, what it takes and what it answers. From the
 * same declaration come the server (`mount-routes.ts`), the OpenAPI document (`openapi.ts`) and the table of callers.
 */
import { z } from 'zod';
import type { Instant } from '../../domain/shared/instant.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import type { Limit } from '../../ports/rate-limit/port.ts';
import type { Caller, CallerKind, CallerOf } from '../auth/callers.ts';
import type { EdgeRefusal } from '../problem.ts';
import type { ServerSentEvent } from './server-sent-events.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** By status. `noContent` for an answer without a body. */
export type Answers = Readonly<Record<number, z.ZodType>>;
export const noContent = z.undefined();

/** What a handler gets: everything parsed, nothing of HTTP. */
export type RouteRequest<Asking extends Caller = Caller, Params = object, Query = object, Headers = object, Body = unknown> = {
  readonly caller: Asking;
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
  readonly at: Instant;
  readonly requestId: string;
  /** Where the connection comes from. */
  readonly address: string;
  /** Aborts when the caller goes away or the server stops. */
  readonly signal: AbortSignal;
};

/** The catalogue's refusals, an answer of one of the declared statuses, or a stream of events (declared as the answer 200). */
export type RouteAnswer<Declared extends Answers = Answers> =
  | { [Status in keyof Declared & number]: Plain<Status, z.output<Declared[Status]>> }[keyof Declared & number]
  | { readonly refusal: EdgeRefusal; readonly headers?: Readonly<Record<string, string>> }
  | { readonly events: AsyncIterable<ServerSentEvent> };

type Plain<Status, Body> = [Body] extends [undefined]
  ? { readonly status: Status; readonly headers?: Readonly<Record<string, string>>; readonly body?: undefined }
  : { readonly status: Status; readonly headers?: Readonly<Record<string, string>>; readonly body: DeepReadonly<Body> };

/** A handler may answer what it must not change. */
type DeepReadonly<Value> = Value extends string | number | boolean | null | undefined ? Value : { readonly [Field in keyof Value]: DeepReadonly<Value[Field]> };

export function answer<const Status extends number>(status: Status): { readonly status: Status };
export function answer<const Status extends number, Body>(status: Status, body: Body): { readonly status: Status; readonly body: Body };
export function answer(status: number, body?: unknown) {
  return body === undefined ? { status } : { status, body };
}

/** Counted for who is asking (the address, where it is nobody), for the address, or for what is asked of, by a name that is nothing personal. */
export type RouteLimit<Request = RouteRequest> = { readonly limit: Limit; readonly by: 'caller' | 'address' | ((request: Request) => string) };

export type Fields = z.ZodObject;
type NoFields = z.ZodObject<Record<never, never>, z.core.$strict>;

export type RouteDefinition<
  Kind extends CallerKind,
  Params extends Fields,
  Query extends Fields,
  Headers extends Fields,
  Body extends z.ZodType,
  Declared extends Answers,
  Request = RouteRequest<CallerOf<Kind>, z.output<Params>, z.output<Query>, z.output<Headers>, z.output<Body>>,
> = {
  readonly method: Method;
  /** As express has it: `/v1/posts/:id`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly callers: readonly Kind[];
  readonly limits?: readonly RouteLimit<Request>[];
  readonly params?: Params;
  readonly query?: Query;
  /** Names in lower case. */
  readonly headers?: Headers;
  readonly body?: Body;
  readonly bodyBytesMax?: number;
  readonly answers: Declared;
  /** The answer 200 is a stream of these events. */
  readonly produces?: 'text/event-stream';
  /** Headers that any of the answers may carry. */
  readonly answerHeaders?: Fields;
  /** Beside those that come with having a body, parameters, callers or limits. */
  readonly refusals: readonly RefusalCode[];
  readonly handle: (request: Request) => Promise<RouteAnswer<Declared>>;
};

/** A route whose types have done their work. */
export type Route = RouteDefinition<CallerKind, Fields, Fields, Fields, z.ZodType, Answers, RouteRequest> & { readonly bodyBytesMax: number };

/** A route whose texts may be longer says so. */
const BODY_BYTES_MAX = 256 * 1_024;

export const route = <
  Kind extends CallerKind,
  Declared extends Answers,
  Params extends Fields = NoFields,
  Query extends Fields = NoFields,
  Headers extends Fields = NoFields,
  Body extends z.ZodType = z.ZodUndefined,
>(
  definition: RouteDefinition<Kind, Params, Query, Headers, Body, Declared>,
): Route => ({ bodyBytesMax: BODY_BYTES_MAX, ...definition }) as unknown as Route;

/** One row a route: who may use it, and what limits them. */
export type CallersRow = {
  readonly operationId: string;
  readonly method: Method;
  readonly path: string;
  readonly callers: readonly CallerKind[];
  readonly limits: readonly string[];
};

export const callersTable = (routes: readonly Route[]): readonly CallersRow[] =>
  routes.map(({ operationId, method, path, callers, limits = [] }) => ({ operationId, method, path, callers, limits: limits.map(({ limit }) => limit.name) }));

/** Every code that the route can answer with. */
export function refusalsOf({ refusals, callers, params, query, headers, body, limits }: Route): readonly RefusalCode[] {
  const codes = new Set<RefusalCode>(refusals);
  const add = (...more: readonly RefusalCode[]) => more.forEach((code) => codes.add(code));
  add('internal', 'body-too-large', 'unsupported-media-type', 'bad-request');
  if (body !== undefined) add('bad-json');
  if ([params, query, headers].some((fields) => fields !== undefined)) add('bad-request');
  if (limits !== undefined) add('rate-limited');
  if (callers.includes('anyone') && callers.length === 1) return [...codes];
  // Bad credentials are refused before it is known whether their kind may.
  add('token-missing', 'token-invalid', 'token-expired', 'session-ended', 'forbidden');
  add('signature-missing', 'signature-invalid', 'signature-expired', 'signature-replayed');
  return [...codes];
}
