/** The rate limits of a route: taken in order before the handler runs, and given back when something that the request needs could not be reached. */
import { Outage } from '../../ports/outage.ts';
import type { RateLimit } from '../../ports/rate-limit/port.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import { clientKeyOf } from '../network/addresses.ts';
import { callerKeyOf } from '../overload/protection.ts';
import type { EdgeReporter } from '../telemetry-events.ts';
import type { Route, RouteResponse, RouteLimit, RouteRequest } from './routes.ts';

type Dependencies = { readonly rateLimit: Pick<RateLimit, 'take' | 'refund'>; readonly report: EdgeReporter };

/**
 * While the rate limiter can't be reached, requests are let through: a limit protects, it decides nothing. A request that fails
 * because of an outage is not counted; otherwise clients that retry through an outage would be locked out after it.
 */
export async function withinLimits(
  { limits = [] }: Route,
  request: RouteRequest,
  { rateLimit, report }: Dependencies,
  handle: () => Promise<RouteResponse>,
): Promise<RouteResponse> {
  for (const { limit, by } of limits) {
    try {
      const taken = await rateLimit.take(limit, limitKeyOf(by, request));
      if (!taken.allowed) return { refusal: rateLimited(limit.name, taken.retryAfterMs) };
    } catch (error) {
      report({ type: 'limit-unavailable', limit: limit.name, error });
    }
  }
  const refund = () => Promise.all(limits.map(({ limit, by }) => rateLimit.refund(limit, limitKeyOf(by, request)).catch(() => undefined)));
  try {
    return await handle();
  } catch (error) {
    if (error instanceof Outage) await refund();
    throw error;
  }
}

export const rateLimited = (limit: string, retryAfterMs: number): Refusal => ({
  code: 'rate-limited',
  facts: { limit, retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / SECOND_MS)) },
});

function limitKeyOf(by: RouteLimit['by'], request: RouteRequest): string {
  if (typeof by === 'function') return by(request);
  return by === 'address' ? clientKeyOf(request.address) : callerKeyOf(request.caller, request.address);
}
