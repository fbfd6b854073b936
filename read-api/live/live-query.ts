/**
 * A person's stream of server-sent events. `ready`: from here on nothing is lost; for what came before, the client fetches the
 * matching list. `missed`: something may have been lost; the client fetches the list again. The stream ends with the session.
 */
import { z } from 'zod';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { CallerOf } from '../../edge/auth/callers.ts';
import { route, type Route, type RouteRequest } from '../../edge/http/routes.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { ProjectorName } from '../../projections/read-models/projectors.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { MIN_POSITION_REFUSALS, minPositionHeaders, minPositionQuery, waitForPosition } from '../min-position.ts';
import type { ReadTag } from '../tags.ts';
import { streamHints, type LiveSource } from './stream-hints.ts';

/** Streams that one person may have open at one server. */
export const STREAMS_OF_PERSON_MAX = 20;
export const RETRY_AFTER_SECONDS = 10;

type LiveQueryDefinition<Kind extends LiveHint['kind'], Data extends z.ZodType> = LiveSource<Kind, z.output<Data>> & {
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tag: ReadTag;
  /** An example of an event's data. */
  readonly example: z.input<NoInfer<Data>>;
  readonly reads: readonly ProjectorName[];
  readonly data: Data;
};

type LiveRequest = RouteRequest<CallerOf<'person'>, object, z.output<typeof minPositionQuery>, z.output<typeof minPositionHeaders>>;

export function liveQuery<Kind extends LiveHint['kind'], Data extends z.ZodType>(
  dependencies: ReadDependencies,
  { path, operationId, summary, description, tag, example, reads, data, ...source }: LiveQueryDefinition<Kind, Data>,
): Route {
  const streams = boundStreams(STREAMS_OF_PERSON_MAX);
  return route({
    method: 'get',
    path,
    operationId,
    summary,
    description,
    tag,
    example: { response: eventText('ready', {}) + eventText(source.event, example) },
    callers: ['person'],
    headers: minPositionHeaders,
    query: minPositionQuery,
    limits: [{ limit: dependencies.limits.streams, by: 'caller' }],
    responses: { 200: z.object({ event: z.enum(['ready', 'missed', source.event]), data: z.union([data, z.strictObject({})]) }) },
    responseDescriptions: { 200: `The stream. Its events are \`ready\` and \`missed\` without data, and \`${source.event}\`.` },
    produces: 'text/event-stream',
    refusals: [...MIN_POSITION_REFUSALS, 'views-not-ready', 'views-damaged'],
    handle: async ({ caller, headers, query, signal }: LiveRequest) => {
      const waited = await waitForPosition(dependencies, { reads, token: headers['min-position'] ?? query['min-position'], signal });
      if (waited.outcome === 'refused') return { refusal: waited.refusal };
      if (signal.aborted || !streams.open(caller.person, signal)) {
        return { refusal: { code: 'rate-limited', facts: { limit: 'open-streams', retryAfterSeconds: RETRY_AFTER_SECONDS } } };
      }
      return { events: streamHints(dependencies, source, { ...caller, signal }) };
    },
  });
}

export const eventText = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Counts the open streams of each person. */
export function boundStreams(max: number) {
  const open = new Map<PersonId, number>();
  const close = (person: PersonId) => {
    const left = (open.get(person) ?? 0) - 1;
    if (left > 0) open.set(person, left);
    else open.delete(person);
  };
  return {
    /** False when the person has too many. The stream is closed when the signal aborts. */
    open(person: PersonId, signal: AbortSignal): boolean {
      const streams = open.get(person) ?? 0;
      if (streams >= max) return false;
      open.set(person, streams + 1);
      signal.addEventListener('abort', () => close(person), { once: true });
      return true;
    },
  };
}
