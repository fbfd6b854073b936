/** How often is too often: the limits of a route, taken in their order before anything is done. */
import type { RateLimit } from '../ports/rate-limit/port.ts';
import type { Refusal } from '../domain/shared/decider.ts';
import { SECOND_MS } from '../domain/shared/instant.ts';
import { actorOf } from './callers.ts';
import type { Report } from './report.ts';
import type { Route, RouteLimit, RouteRequest } from './routes.ts';

type Dependencies = { readonly rateLimit: Pick<RateLimit, 'take'>; readonly report: Report };

/** Undefined: within all of them. Where the counts can't be reached the request goes through: a limit protects, it doesn't decide. */
export async function takeLimits({ limits = [] }: Route, request: RouteRequest, { rateLimit, report }: Dependencies): Promise<Refusal | undefined> {
  for (const { limit, by } of limits) {
    try {
      const taken = await rateLimit.take(limit, countedFor(by, request));
      if (!taken.allowed) return rateLimited(limit.name, taken.retryAfterMs);
    } catch (error) {
      report({ type: 'limit-unavailable', limit: limit.name, error });
    }
  }
  return undefined;
}

const rateLimited = (limit: string, retryAfterMs: number): Refusal => ({
  code: 'rate-limited',
  facts: { limit, retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / SECOND_MS)) },
});

function countedFor(by: RouteLimit['by'], request: RouteRequest): string {
  if (typeof by === 'function') return by(request);
  return by === 'address' || request.caller.kind === 'nobody' ? request.address : actorOf(request.caller);
}
