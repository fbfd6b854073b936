/**
 * How a command is declared: as any route, with what is the same for all of them. It is asked under an idempotency key (where there
 * is none, one that is made now or, for an app, follows from its signature), answers where in the log it stands, and carries on the
 * position that the client brought.
 */
import { v7 } from 'uuid';
import { z } from 'zod';
import 'zod-openapi'; // its names for what `meta` takes
import type { CommandContext, ContextFor } from '../commands/handling/context.ts';
import type { Handled } from '../commands/handling/handle.ts';
import type { AppId } from '../domain/shared/ids.ts';
import type { Instant } from '../domain/shared/instant.ts';
import type { RefusalCode } from '../domain/shared/refusals.ts';
import { actorOf, type Caller, type CallerKind, type CallerOf } from '../edge/auth/callers.ts';
import { position } from '../edge/fields.ts';
import { route, type Fields, type Method, type Route, type RouteAnswer, type RouteLimit, type RouteRequest } from '../edge/http/routes.ts';
import type { Position } from '../ports/event-log/port.ts';
import { isPosition, merge } from '../ports/event-log/position.ts';

const commandHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 visible ASCII characters')
    .optional()
    .meta({
      param: { id: 'IdempotencyKey' },
      description:
        'Asking again under the same key is answered as the first time, and done once. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours. An app signs it with the rest of its request; where it sends none, the key follows from the signature.',
    }),
  'tidings-position': position
    .optional()
    .meta({ param: { id: 'TidingsPosition' }, description: 'The position that the client has last been answered; what is answered covers it too.' }),
  'min-position': position.optional().meta({ param: { id: 'MinPosition' }, description: 'The same, under the name that queries know it by.' }),
});

const answerHeaders = z.object({
  'Idempotency-Key': z.string().meta({ header: { id: 'IdempotencyKey' }, description: 'The key under which this was asked, made by us where there was none.' }),
  'Idempotency-Replayed': z
    .enum(['true'])
    .optional()
    .meta({ header: { id: 'IdempotencyReplayed' }, description: 'This was done before; the first answer again.' }),
  'Tidings-Position': z
    .string()
    .optional()
    .meta({ header: { id: 'TidingsPosition' }, description: 'As in the body.' }),
});

const wherein = {
  stream: z.string().meta({ description: 'The stream in which it stands.' }),
  revision: z.int().min(-1).meta({ description: 'Its place in the stream; -1: nothing was ever written there.' }),
  position: z.string().optional().meta({ description: 'Send it as `Min-Position` with a query that must see what was written.' }),
};

const ALWAYS_POSSIBLE: readonly RefusalCode[] = [
  'idempotency-key-reused',
  'command-expired',
  'clock-skew',
  'position-unknown',
  'person-erased',
  'write-contention',
  'log-unavailable',
];

/** What a command answers beside what became of it; nothing of it is told where it is refused. */
type Acted<More> = Handled | ({ readonly handled: Handled } & More);

type None = z.ZodObject<Record<never, never>, z.core.$strict>;
type Asking<Kind extends CallerKind, Params extends Fields, Body extends z.ZodType> = RouteRequest<
  CallerOf<Kind>,
  z.output<Params>,
  object,
  z.output<typeof commandHeaders>,
  z.output<Body>
>;

export type CommandDefinition<Kind extends CallerKind, Params extends Fields, Body extends z.ZodType, More extends z.ZodRawShape> = {
  readonly method: Exclude<Method, 'get'>;
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly callers: readonly Kind[];
  readonly limits: readonly RouteLimit<Asking<Kind, Params, Body>>[];
  readonly params?: Params;
  readonly body?: Body;
  readonly bodyBytesMax?: number;
  readonly refusals: readonly RefusalCode[];
  /** Under which name the command is known, where it isn't the operation's own. */
  readonly type?: string;
  /** Who acts, where nobody needs to have said who they are. */
  readonly actor?: (request: Asking<Kind, Params, Body>) => string;
  /** What makes asking again the same: the path's parameters and the body, where nothing else is said. */
  readonly asked?: (request: Asking<Kind, Params, Body>) => object;
  /** What is answered beside the place in the log. */
  readonly more?: More;
  readonly act: (request: Asking<Kind, Params, Body> & { readonly key: string }, context: CommandContext) => Promise<Acted<z.output<z.ZodObject<More>>>>;
};

export const command = <
  Kind extends CallerKind,
  Params extends Fields = None,
  Body extends z.ZodType = z.ZodUndefined,
  More extends z.ZodRawShape = Record<never, never>,
>(
  contextFor: ContextFor,
  { type, actor, asked, more, act, refusals, ...definition }: CommandDefinition<Kind, Params, Body, More>,
): Route => {
  const answer = z.object({ ...more, ...wherein });
  const handle = async (request: Asking<Kind, Params, Body>): Promise<RouteAnswer> => {
    const { headers, params, body, caller, at, requestId } = request;
    const last = lastPositionOf(headers);
    if (last === 'unknown') return { refusal: { code: 'position-unknown' } };
    const given = headers['idempotency-key'];
    const lasting = given ?? signedKeyOf(caller);
    const key = lasting ?? v7();
    const made = contextFor({
      actor: actor === undefined ? nameOf(caller) : actor(request),
      type: type ?? kebab(definition.operationId),
      key,
      ...(lasting === undefined ? { fresh: true as const } : {}),
      body: asked === undefined ? { ...params, ...(body as object | undefined) } : asked(request),
      at,
      correlationId: requestId,
      ...appOf(caller),
    });
    if (made.outcome === 'refused') return { refusal: made.refusal };
    const acted = await act({ ...request, key }, made.context);
    const answered = 'handled' in acted ? acted : { handled: acted };
    // Under a key that nobody chose, only who sends the very same signature asks again.
    if (given === undefined && wasHandledBefore(answered.handled, at)) return { refusal: { code: 'signature-replayed' } };
    return present(answered, key, last);
  };
  // Which fields an answer has is generic here, so that nothing is left to check: `act` was checked against them.
  return route({
    ...definition,
    headers: commandHeaders,
    answers: { 200: answer, 201: answer },
    answerHeaders,
    refusals: [...refusals, ...ALWAYS_POSSIBLE],
    handle,
  } as never);
};

function present({ handled, ...more }: { readonly handled: Handled }, key: string, last: Position | undefined): RouteAnswer {
  const headers = { 'Idempotency-Key': key };
  if (handled.outcome === 'refused') return { refusal: handled.refusal, headers };
  const { stream, revision } = handled;
  const reached = merge(last, handled.position);
  return {
    status: handled.outcome === 'appended' ? 201 : 200,
    headers: {
      ...headers,
      ...(isRepeated(handled) ? { 'Idempotency-Replayed': 'true' } : {}),
      ...(reached === undefined ? {} : { 'Tidings-Position': reached }),
    },
    body: { ...more, stream, revision, ...(reached === undefined ? {} : { position: reached }) },
  } as RouteAnswer;
}

function lastPositionOf(headers: z.output<typeof commandHeaders>): Position | undefined | 'unknown' {
  const given = [headers['tidings-position'], headers['min-position']].filter((one) => one !== undefined);
  if (!given.every(isPosition)) return 'unknown';
  return given.reduce<Position | undefined>(merge, undefined);
}

const isRepeated = (handled: Handled): boolean => handled.outcome === 'appended' && handled.repeated;

/** Only a route with an `actor` of its own lets in nobody. */
const nameOf = (caller: Caller): string => (caller.kind === 'nobody' ? 'nobody' : actorOf(caller));

const appOf = (caller: Caller): { readonly app?: AppId } => (caller.kind === 'app' ? { app: caller.app } : {});

/** And not by this request itself, when the answer of the log was lost. */
const wasHandledBefore = (handled: Handled, at: Instant): boolean => handled.outcome === 'appended' && handled.firstAt !== undefined && handled.firstAt !== at;

/** An app that sends a request once more, or whoever captured it, meets the command that it was. */
const signedKeyOf = (caller: Caller): string | undefined => (caller.kind === 'app' ? caller.key : undefined);

/** `publishPost` is `publish-post`. */
const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
