/** How a query is declared: as any route, with the projections whose views it reads, and who must read their own write says so. */
import { z } from 'zod';
import type { CallerKind, CallerOf } from '../edge/callers.ts';
import { route, type Fields, type Route, type RouteRequest } from '../edge/routes.ts';
import type { ServerSentEvent } from '../edge/server-sent-events.ts';
import type { PersonId } from '../domain/shared/ids.ts';
import type { RefusalCode } from '../domain/shared/refusals.ts';
import type { Refusal } from '../domain/shared/decider.ts';
import type { Broadcast } from '../ports/broadcast/port.ts';
import { isPosition } from '../ports/event-log/position.ts';
import type { FeedCache } from '../ports/feed-cache/port.ts';
import type { Limit } from '../ports/rate-limit/port.ts';
import type { Presence } from '../ports/presence/port.ts';
import type { Reached } from '../projections/reached.ts';
import type { ActiveViews } from '../projections/read-views.ts';

/** So long a query waits for the views to come as far as `Min-Position` says. */
export const MIN_POSITION_WAITED_MS = 5_000;
export const PAGE_MAX = 100;
const PAGE = 20;
const QUERIES: Limit = { name: 'queries', points: 6_000, windowSeconds: 60 };

export type ReadDependencies = {
  readonly views: ActiveViews;
  readonly reached: Reached;
  readonly feedCache: FeedCache;
  readonly presence: Pick<Presence, 'statusOf'>;
  readonly broadcast: Pick<Broadcast, 'listen'>;
};

const minPosition = z.object({
  'min-position': z.string().optional().meta({ description: 'A position that a command answered: the query waits until it can see what was written there.' }),
});

export const limitOf = (usual = PAGE, most = PAGE_MAX) => z.coerce.number().int().min(1).max(most).default(usual);

/** `id` of whatever kind, in a path. */
export const idParams = z.strictObject({ id: z.string().min(1).max(100) });

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
  { reached }: Pick<ReadDependencies, 'reached'>,
  { reads, refusals = [], handle, answer, ...definition }: Query<Kind, Params, Wanted, Answer>,
): Route {
  type Request = RouteRequest<CallerOf<Kind>, z.output<Params>, z.output<Wanted>, z.output<typeof minPosition>>;
  return route({
    method: 'get',
    ...definition,
    headers: minPosition,
    limits: [{ limit: QUERIES, by: 'caller' }],
    answers: { 200: answer },
    refusals: [...refusals, 'not-yet', 'position-unknown'],
    handle: async (request: Request) => {
      const refusal = await waitFor(reached, reads, request.headers['min-position'], request.signal);
      if (refusal !== undefined) return { refusal };
      const answered = await handle(request);
      return isRefused(answered) ? answered : { status: 200 as const, body: answered };
    },
  } as never);
}

type Live = {
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly events: (person: PersonId, signal: AbortSignal) => AsyncIterable<ServerSentEvent>;
};

/** A person's stream of server-sent events. */
export const liveQuery = ({ events, ...definition }: Live): Route =>
  route({
    method: 'get',
    ...definition,
    callers: ['person'],
    answers: { 200: z.string() },
    produces: 'text/event-stream',
    refusals: [],
    handle: async ({ caller, signal }) => ({ events: events(caller.person, signal) }),
  });

const isRefused = (answered: unknown): answered is Refused => typeof answered === 'object' && answered !== null && 'refusal' in answered;

async function waitFor(reached: Reached, reads: readonly string[], position: string | undefined, signal: AbortSignal): Promise<Refusal | undefined> {
  if (position === undefined) return undefined;
  if (!isPosition(position)) return { code: 'position-unknown' };
  if (await reached(reads, position, { deadlineMs: MIN_POSITION_WAITED_MS, signal })) return undefined;
  return { code: 'not-yet', facts: { position, waitedMs: MIN_POSITION_WAITED_MS } };
}
