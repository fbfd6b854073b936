/**
 * A command is declared as a route with the parts that all commands share: it runs under an idempotency key (without one, a new key
 * or, for an app, the key derived from its signature), responds with its place in the log, and carries on the client's position.
 */
import { v7 } from 'uuid';
import { z } from 'zod';
import type { CommandContext } from '../commands/handling/command-context.ts';
import type { CommandResult } from '../commands/handling/results.ts';
import type { Refusal } from '../domain/shared/decider.ts';
import type { AppId } from '../domain/shared/ids.ts';
import type { Instant } from '../domain/shared/instant.ts';
import type { RefusalCode } from '../domain/shared/refusals.ts';
import { actorIdOf, type Caller, type CallerKind, type CallerOf, type RouteScope } from '../edge/auth/callers.ts';
import { EXAMPLE } from '../edge/examples.ts';
import {
  route,
  type Fields,
  type Method,
  type NoFields,
  type Route,
  type RouteDocumentation,
  type RouteLimit,
  type RouteRequest,
  type RouteResponse,
} from '../edge/http/routes.ts';
import type { PositionTokens } from '../edge/position-tokens.ts';
import type { Position } from '../ports/event-log/port.ts';
import { merge } from '../ports/event-log/position.ts';
import { commandHeaders, commandResponseHeaders, logPlaceFields } from './command-schemas.ts';
import type { WriteDependencies } from './dependencies.ts';
import type { WriteTag } from './tags.ts';

const COMMON_REFUSALS: readonly RefusalCode[] = [
  'idempotency-key-reused',
  'command-expired',
  'clock-skew',
  'position-invalid',
  'position-of-another-log',
  'person-erased',
  'write-contention',
  'log-unavailable',
];

/** Of commands that write something that others see: `commands/asked-admissions.ts`. */
const SUSPENDED_REFUSALS: readonly RefusalCode[] = ['suspended', 'suspended-for-good'];

type CommandMethod = Exclude<Method, 'get'>;

/** The result of the command, with the fields that the response has besides its place in the log. A refusal has none of them. */
type CommandOutcome<ResultFields> = CommandResult | ({ readonly handled: CommandResult; readonly headers?: Readonly<Record<string, string>> } & ResultFields);

type CommandRouteRequest<Kind extends CallerKind, Params extends Fields, Body extends z.ZodType> = RouteRequest<
  CallerOf<Kind>,
  z.output<Params>,
  object,
  z.output<typeof commandHeaders>,
  z.output<Body>
>;

/** An example of a request and of its response; `stream` is where the command is appended. */
type CommandExample<Body extends z.ZodType, ResultFields extends z.ZodRawShape> = {
  readonly body?: z.input<NoInfer<Body>>;
  readonly result?: z.input<z.ZodObject<NoInfer<ResultFields>>>;
  readonly stream: string;
  readonly revision?: number;
};

export type CommandDefinition<Kind extends CallerKind, Params extends Fields, Body extends z.ZodType, ResultFields extends z.ZodRawShape> = Pick<
  RouteDocumentation,
  'summary'
> & {
  readonly method: CommandMethod;
  readonly path: string;
  readonly operationId: string;
  readonly description: string;
  readonly tag: WriteTag;
  readonly example: CommandExample<Body, ResultFields>;
  readonly callers: readonly Kind[];
  readonly login?: 'recent';
  readonly scope?: RouteScope;
  readonly audit?: { readonly event: 'credentials-changed' };
  readonly limits: readonly RouteLimit<CommandRouteRequest<Kind, Params, Body>>[];
  readonly params?: Params;
  readonly body?: Body;
  readonly bodyBytesMax?: number;
  readonly refusals: readonly RefusalCode[];
  /** The type under which the command's id is made, if it is not the operation's name. */
  readonly type?: string;
  /** The actor of a public route, which has no authenticated caller. */
  readonly actor?: (request: CommandRouteRequest<Kind, Params, Body>) => string;
  /** The part of the request that must be equal under the same key. Default: the parameters of the path and the body. */
  readonly fingerprint?: (request: CommandRouteRequest<Kind, Params, Body>) => object;
  /** The fields of the response besides its place in the log. */
  readonly resultFields?: ResultFields;
  /** Of the response, beside those that every command has. */
  readonly resultHeaders?: z.ZodObject;
  readonly execute: (
    request: CommandRouteRequest<Kind, Params, Body> & { readonly key: string },
    context: CommandContext,
  ) => Promise<CommandOutcome<z.output<z.ZodObject<ResultFields>>>>;
};

export const command = <
  Kind extends CallerKind,
  Params extends Fields = NoFields,
  Body extends z.ZodType = z.ZodUndefined,
  ResultFields extends z.ZodRawShape = Record<never, never>,
>(
  { contextFor, positions }: Pick<WriteDependencies, 'contextFor' | 'positions'>,
  { type, actor, fingerprint, resultFields, resultHeaders, execute, refusals, example, ...definition }: CommandDefinition<Kind, Params, Body, ResultFields>,
): Route => {
  const { method } = definition;
  const handle = async (request: CommandRouteRequest<Kind, Params, Body>): Promise<RouteResponse> => {
    const { headers, params, body, caller, at, requestId } = request;
    const given = positionIn(headers, positions);
    if (given.outcome === 'refused') return { refusal: given.refusal };
    const givenKey = headers['idempotency-key'];
    const repeatableKey = givenKey ?? signatureKeyOf(caller);
    const key = repeatableKey ?? v7();
    const made = contextFor({
      actor: actor === undefined ? actorIdOf(caller) : actor(request),
      type: type ?? kebab(definition.operationId),
      key,
      ...(repeatableKey === undefined ? { fresh: true as const } : {}),
      body: fingerprint === undefined ? { ...params, ...(body as object | undefined) } : fingerprint(request),
      at,
      correlationId: requestId,
      ...appOf(caller),
    });
    if (made.outcome === 'refused') return { refusal: made.refusal };
    const outcome = await execute({ ...request, key }, made.context);
    const result = 'handled' in outcome ? outcome : { handled: outcome };
    // Nobody chose this key: the same signature must have been sent before.
    if (givenKey === undefined && wasHandledBefore(result.handled, at)) return { refusal: { code: 'signature-replayed' } };
    return toResponse(method, result, { key, clientPosition: given.position, positions });
  };
  const response = z.object({ ...resultFields, ...logPlaceFields });
  // The types of the response are generic here, so they can't be checked again: `execute` was checked against them.
  const ofPeople: readonly RefusalCode[] = (definition.callers as readonly CallerKind[]).includes('person') ? SUSPENDED_REFUSALS : [];
  return route({
    ...definition,
    ...documentResponses(method, response),
    example: exampleOf(example),
    headers: commandHeaders,
    responseHeaders: resultHeaders === undefined ? commandResponseHeaders : commandResponseHeaders.extend(resultHeaders.shape),
    refusals: [...refusals, ...ofPeople, ...COMMON_REFUSALS],
    handle,
  } as never);
};

/** 201 says that something was created or done; changing and deleting respond with 200 in any case. */
const hasStatusCreated = (method: CommandMethod): boolean => method === 'post' || method === 'put';

function documentResponses(method: CommandMethod, response: z.ZodType): Pick<Route, 'responses' | 'responseDescriptions'> {
  return hasStatusCreated(method)
    ? {
        responses: { 200: response, 201: response },
        responseDescriptions: { 200: 'It was so already: nothing was appended.', 201: 'Appended to the log.' },
      }
    : { responses: { 200: response }, responseDescriptions: { 200: 'Appended to the log, or it was so already.' } };
}

function exampleOf({ body, result, stream, revision = 0 }: CommandExample<z.ZodType, z.ZodRawShape>): Route['example'] {
  return { ...(body === undefined ? {} : { body }), response: { ...result, stream, revision, position: EXAMPLE.position } };
}

type Sent = { readonly key: string; readonly clientPosition: Position | undefined; readonly positions: PositionTokens };

function toResponse(
  method: CommandMethod,
  { handled, headers: resultHeaders, ...fields }: { readonly handled: CommandResult; readonly headers?: Readonly<Record<string, string>> },
  { key, clientPosition, positions }: Sent,
): RouteResponse {
  const headers = { ...resultHeaders, 'Idempotency-Key': key };
  if (handled.outcome === 'refused') return { refusal: handled.refusal, headers };
  const { stream, revision } = handled;
  const merged = merge(clientPosition, handled.position);
  const position = merged === undefined ? undefined : positions.tokenOf(merged);
  return {
    status: handled.outcome === 'appended' && hasStatusCreated(method) ? 201 : 200,
    headers: {
      ...headers,
      ...(isRepeated(handled) ? { 'Idempotency-Replayed': 'true' } : {}),
      ...(position === undefined ? {} : { 'Tidings-Position': position }),
    },
    body: { ...fields, stream, revision, ...(position === undefined ? {} : { position }) },
  } as RouteResponse;
}

type ClientPosition = { readonly outcome: 'understood'; readonly position: Position | undefined } | { readonly outcome: 'refused'; readonly refusal: Refusal };

function positionIn(headers: z.output<typeof commandHeaders>, positions: PositionTokens): ClientPosition {
  let position: Position | undefined;
  for (const token of [headers['tidings-position'], headers['min-position']]) {
    if (token === undefined) continue;
    const understood = positions.positionOf(token);
    if (understood.outcome === 'refused') return understood;
    position = merge(position, understood.value);
  }
  return { outcome: 'understood', position };
}

const isRepeated = (handled: CommandResult): boolean => handled.outcome === 'appended' && handled.repeated;

const appOf = (caller: Caller): { readonly app?: AppId } => (caller.kind === 'app' ? { app: caller.app } : {});

/** False when this very request handled it and only the answer of the log was lost. */
const wasHandledBefore = (handled: CommandResult, at: Instant): boolean =>
  handled.outcome === 'appended' && handled.firstAt !== undefined && handled.firstAt !== at;

/** The same signature always has the same key, so a replay, by the app or by an attacker, meets the command that it was. */
const signatureKeyOf = (caller: Caller): string | undefined => (caller.kind === 'app' ? caller.key : undefined);

/** `publishPost` is `publish-post`. */
const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
