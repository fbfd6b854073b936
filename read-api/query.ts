/** How a query is declared: as any route, with the projections whose views it reads, and what is the same for all of them. */
import type { z } from 'zod';
import type { Refusal } from '../domain/shared/decider.ts';
import type { RefusalCode } from '../domain/shared/refusals.ts';
import type { CallerKind, CallerOf } from '../edge/auth/callers.ts';
import { route, type Fields, type Route, type RouteRequest } from '../edge/http/routes.ts';
import type { ReadDependencies } from './dependencies.ts';
import { minPositionHeaders, waitFor } from './min-position.ts';

export type Refused = { readonly refusal: Refusal };
export const refused = (code: RefusalCode): Refused => ({ refusal: { code } });

/** What is answered may not be changed: it may come straight from a view. */
type Frozen<Value> = unknown extends Value
  ? unknown
  : Value extends string | number | boolean | null | undefined
    ? Value
    : { readonly [Field in keyof Value]: Frozen<Value[Field]> };

type Query<Kind extends CallerKind, Params extends Fields, Wanted extends Fields, Answer extends z.ZodType> = {
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly callers: readonly Kind[];
  readonly params?: Params;
  readonly query?: Wanted;
  readonly answer: Answer;
  readonly refusals?: readonly RefusalCode[];
  /** The projections whose views it reads. */
  readonly reads: readonly string[];
  readonly handle: (request: RouteRequest<CallerOf<Kind>, z.output<Params>, z.output<Wanted>>) => Promise<Frozen<z.output<Answer>> | Refused>;
};

type None = z.ZodObject<Record<never, never>, z.core.$strict>;

export function query<Kind extends CallerKind, Answer extends z.ZodType, Params extends Fields = None, Wanted extends Fields = None>(
  dependencies: Pick<ReadDependencies, 'reached' | 'minPositionWaitedMs' | 'limits'>,
  { reads, refusals = [], handle, answer, ...definition }: Query<Kind, Params, Wanted, Answer>,
): Route {
  type Request = RouteRequest<CallerOf<Kind>, z.output<Params>, z.output<Wanted>, z.output<typeof minPositionHeaders>>;
  // Which fields an answer has is generic here, so that nothing is left to check: `handle` was checked against them.
  return route({
    ...definition,
    method: 'get',
    headers: minPositionHeaders,
    limits: [{ limit: dependencies.limits.queries, by: 'caller' }],
    answers: { 200: answer },
    refusals: [...refusals, 'position-not-reached', 'position-unknown'],
    handle: async (request: Request) => {
      const refusal = await waitFor(dependencies, { reads, position: request.headers['min-position'], signal: request.signal });
      if (refusal !== undefined) return { refusal };
      const answered = await handle(request);
      return isRefused(answered) ? answered : { status: 200 as const, body: answered };
    },
  } as never);
}

const isRefused = (answered: unknown): answered is Refused => typeof answered === 'object' && answered !== null && 'refusal' in answered;
