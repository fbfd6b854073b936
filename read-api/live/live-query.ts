/**
 * A person's stream of server-sent events: `ready` as soon as nothing more is lost, then what comes. What was before is in the list
 * that belongs to it, which is also where to look after `missed`. It ends with the session.
 */
import { z } from 'zod';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { CallerOf } from '../../edge/auth/callers.ts';
import { route, type Route, type RouteRequest } from '../../edge/http/routes.ts';
import type { ServerSentEvent } from '../../edge/http/server-sent-events.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { listenTo } from './live-hints.ts';
import { minPosition, minPositionHeaders, waitFor } from '../min-position.ts';

/** Streams that one person may have open at one server. */
export const STREAMS_OF_PERSON_MAX = 20;
const RETRY_AFTER_SECONDS = 10;

type Live<Kind extends LiveHint['kind'], View extends z.ZodType> = {
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly reads: readonly string[];
  /** Which hints are told of, and as which event. */
  readonly hint: Kind;
  readonly event: string;
  readonly view: View;
  /** What the hint speaks of, as the person may see it now; undefined where it is not the person's to see. */
  readonly show: (person: PersonId, hint: Extract<LiveHint, { kind: Kind }>) => Promise<z.output<View> | undefined>;
  /**
   * Makes that the hints come, before the stream is ready and now and then while it is open. Answers by what they do, which is another
   * where they had ceased to meanwhile, whoever has made that they come again; undefined where they don't.
   */
  readonly keep?: (person: PersonId) => Promise<string | undefined>;
  /** A hint that they have ceased to. */
  readonly ceased?: LiveHint['kind'];
};

// A browser's own EventSource can't send headers.
const wanted = z.strictObject({ 'min-position': minPosition });

type Request = RouteRequest<CallerOf<'person'>, object, z.output<typeof wanted>, z.output<typeof minPositionHeaders>>;

export function liveQuery<Kind extends LiveHint['kind'], View extends z.ZodType>(dependencies: ReadDependencies, live: Live<Kind, View>): Route {
  const { path, operationId, summary, reads, event, view } = live;
  const open = new Map<PersonId, number>();

  /** False where the person has enough of them; given back when the signal aborts. */
  const take = (person: PersonId, signal: AbortSignal): boolean => {
    const streams = open.get(person) ?? 0;
    if (streams >= STREAMS_OF_PERSON_MAX) return false;
    open.set(person, streams + 1);
    signal.addEventListener('abort', () => giveBack(person), { once: true });
    return true;
  };
  const giveBack = (person: PersonId) => {
    const left = (open.get(person) ?? 0) - 1;
    if (left > 0) open.set(person, left);
    else open.delete(person);
  };

  return route({
    method: 'get',
    path,
    operationId,
    summary,
    callers: ['person'],
    headers: minPositionHeaders,
    query: wanted,
    limits: [{ limit: dependencies.limits.streams, by: 'caller' }],
    answers: { 200: z.object({ event: z.enum(['ready', 'missed', event]), data: z.union([view, z.strictObject({})]) }) },
    produces: 'text/event-stream',
    refusals: ['position-not-reached', 'position-unknown'],
    handle: async (request: Request) => {
      const { caller, headers, query, signal } = request;
      const refusal = await waitFor(dependencies, { reads, position: headers['min-position'] ?? query['min-position'], signal });
      if (refusal !== undefined) return { refusal };
      if (signal.aborted || !take(caller.person, signal)) {
        return { refusal: { code: 'rate-limited', facts: { limit: 'open-streams', retryAfterSeconds: RETRY_AFTER_SECONDS } } };
      }
      return { events: follow(dependencies, live, request) };
    },
  });
}

async function* follow<Kind extends LiveHint['kind'], View extends z.ZodType>(
  { broadcast, tokens, streamLookedAfterMs }: ReadDependencies,
  { event, hint: kind, show, keep, ceased }: Live<Kind, View>,
  { caller: { person, session }, signal }: Request,
): AsyncIterable<ServerSentEvent> {
  using hints = listenTo<LiveHint['kind']>(broadcast, person, [kind, 'session-ended', ...(ceased === undefined ? [] : [ceased])]);
  let kept = await keep?.(person);
  const hadCeased = async (): Promise<boolean> => {
    const before = kept;
    kept = await keep?.(person);
    return keep !== undefined && (kept === undefined || kept !== before);
  };
  using ended = whenEnded(async () => {
    if (!(await tokens.isActive(session))) return true;
    if (await hadCeased()) hints.missed();
    return false;
  }, streamLookedAfterMs);
  yield { event: 'ready', data: {} };
  for await (const hint of hints.until(AbortSignal.any([signal, ended.signal]))) {
    if (hint === 'missed') yield { event: 'missed', data: {} };
    else if (hint.kind === ceased) {
      kept = await keep?.(person);
      yield { event: 'missed', data: {} };
    } else if (isOf(kind, hint)) {
      const data = await show(person, hint);
      if (data !== undefined) yield { event, data };
    } else if ('session' in hint && hint.session === session) return;
  }
}

const isOf = <Kind extends LiveHint['kind']>(kind: Kind, hint: LiveHint): hint is Extract<LiveHint, { kind: Kind }> => hint.kind === kind;

/** Aborts once a look finds that it has ended. A look that fails says nothing: the next one will. */
function whenEnded(hasEnded: () => Promise<boolean>, everyMs: number): Disposable & { readonly signal: AbortSignal } {
  const ended = new AbortController();
  const looking = setInterval(() => {
    hasEnded().then(
      (so) => (so ? ended.abort() : undefined),
      () => undefined,
    );
  }, everyMs);
  return { signal: ended.signal, [Symbol.dispose]: () => clearInterval(looking) };
}
