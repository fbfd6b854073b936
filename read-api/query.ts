/** A query is declared as a route, with the projections whose views it reads and the parts that all queries share. */
import type { z } from 'zod';
import type { Refusal } from '../domain/shared/decider.ts';
import type { RefusalCode } from '../domain/shared/refusals.ts';
import type { CallerKind, CallerOf } from '../edge/auth/callers.ts';
import type { Queued } from '../edge/overload/fair-queue.ts';
import { AT_ONCE_RETRY_AFTER_SECONDS } from '../edge/overload/limits.ts';
import { callerKeyOf } from '../edge/overload/protection.ts';
import { route, type Fields, type NoFields, type Route, type RouteRequest } from '../edge/http/routes.ts';
import type { Position } from '../ports/event-log/port.ts';
import type { Limit } from '../ports/rate-limit/port.ts';
import type { ProjectorName } from '../projections/read-models/projectors.ts';
import type { ReadDependencies } from './dependencies.ts';
import { MIN_POSITION_REFUSALS, minPositionHeaders, waitForPosition } from './min-position.ts';
import type { ReadTag } from './tags.ts';

export type QueryRefusal = { readonly refusal: Refusal };
export const refused = (code: RefusalCode): QueryRefusal => ({ refusal: { code } });

/** A response may be a document of a view, which nobody may change. */
type Frozen<Value> = unknown extends Value
  ? unknown
  : Value extends string | number | boolean | null | undefined
    ? Value
    : { readonly [Field in keyof Value]: Frozen<Value[Field]> };

/** `min-position`: the views have come as far by then. */
type QueryHeaders = { readonly 'min-position'?: Position | undefined };

type QueryDefinition<Kind extends CallerKind, Params extends Fields, Query extends Fields, Response extends z.ZodType> = {
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tag: ReadTag;
  /** An example of the response. */
  readonly example: z.input<NoInfer<Response>>;
  readonly callers: readonly Kind[];
  readonly params?: Params;
  readonly query?: Query;
  readonly response: Response;
  readonly refusals?: readonly RefusalCode[];
  /** A client that asks for the same thing again is told where it has it already. */
  readonly revalidates?: true;
  /** Beside that of all queries, counted by caller. */
  readonly limit?: Limit;
  /** The projections whose views it reads. */
  readonly reads: readonly ProjectorName[];
  readonly handle: (
    request: RouteRequest<CallerOf<Kind>, z.output<Params>, z.output<Query>, QueryHeaders>,
  ) => Promise<Frozen<z.output<Response>> | QueryRefusal>;
};

export function query<Kind extends CallerKind, Response extends z.ZodType, Params extends Fields = NoFields, Query extends Fields = NoFields>(
  dependencies: Pick<ReadDependencies, 'positions' | 'waitForViews' | 'minPositionTimeoutMs' | 'limits' | 'turns'>,
  { reads, refusals = [], handle, response, example, limit, ...definition }: QueryDefinition<Kind, Params, Query, Response>,
): Route {
  type Request = RouteRequest<CallerOf<Kind>, z.output<Params>, z.output<Query>, z.output<typeof minPositionHeaders>>;
  // The types of the response are generic here, so they can't be checked again: `handle` was checked against them.
  return route({
    ...definition,
    method: 'get',
    scope: 'read',
    example: { response: example },
    headers: minPositionHeaders,
    limits: [dependencies.limits.queries, ...(limit === undefined ? [] : [limit])].map((one) => ({ limit: one, by: 'caller' })),
    responses: { 200: response },
    refusals: [...refusals, ...MIN_POSITION_REFUSALS, 'views-not-ready', 'views-damaged', 'queue-full'],
    handle: async (request: Request) => {
      const { caller, address, headers, signal } = request;
      const waited = await waitForPosition(dependencies, { reads, token: headers['min-position'], signal });
      if (waited.outcome === 'refused') return { refusal: waited.refusal };
      const reached: QueryHeaders = { ...headers, 'min-position': waited.position };
      const queued = await dependencies.turns(callerKeyOf(caller, address), signal, () => handle({ ...request, headers: reached }));
      if (queued.outcome !== 'done') return { refusal: refusalOfQueue(queued.outcome) };
      const { result } = queued;
      return isRefusal(result) ? result : { status: 200 as const, body: result };
    },
  } as never);
}

const isRefusal = (result: unknown): result is QueryRefusal => typeof result === 'object' && result !== null && 'refusal' in result;

/** `aborted`: the client is gone, or the server stops. */
function refusalOfQueue(outcome: Exclude<Queued<unknown>['outcome'], 'done'>): Refusal {
  const retryAfterSeconds = AT_ONCE_RETRY_AFTER_SECONDS;
  switch (outcome) {
    case 'caller-full':
      return { code: 'rate-limited', facts: { limit: 'queries-waiting', retryAfterSeconds } };
    case 'full':
    case 'aborted':
      return { code: 'queue-full', facts: { retryAfterSeconds } };
  }
}
