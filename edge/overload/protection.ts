/** What a listener does so that no caller takes the time and memory of all others: one object for all its routes. */
import type { Refusal } from '../../domain/shared/decider.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { Limit, RateLimit } from '../../ports/rate-limit/port.ts';
import { actorIdOf, type Caller } from '../auth/callers.ts';
import { clientKeyOf } from '../network/addresses.ts';
import type { EdgeReporter } from '../telemetry-events.ts';
import { limitAtOnce } from './at-once.ts';
import { AT_ONCE_RETRY_AFTER_SECONDS, RESPONSE_BYTES_MAX, type EdgeLimits } from './limits.ts';
import { createReceivedBytes, type ReceivedBytes } from './received-bytes.ts';
import { createResponseCosts } from './response-costs.ts';

/** Requests under way at once, of one person, of one address without credentials, and of one app or the operator. */
const REQUESTS_AT_ONCE_MAX = { person: 100, anonymous: 500, app: 2_000, operator: 2_000 } as const satisfies Record<Caller['kind'], number>;

export type Protection = {
  readonly responseBytesMax: number;
  readonly receivedBytes: ReceivedBytes;
  /** Counts a request of a client that nobody knows, where nothing else limits it. Undefined: it is within the limit. */
  countAnonymous(address: string): Promise<Refusal | undefined>;
  /** A request of this caller begins, unless the caller has had too much or has too many under way. */
  begin(
    caller: Caller,
    address: string,
  ): { readonly outcome: 'begun'; readonly underWay: UnderWay } | { readonly outcome: 'refused'; readonly refusal: Refusal };
};

/** Disposed of when the request has been handled. */
export type UnderWay = Disposable & {
  /** Counts bytes of the response. */
  charge(bytes: number): void;
};

type ProtectionDependencies = { readonly rateLimit: Pick<RateLimit, 'take'>; readonly report: EdgeReporter };
type ProtectionConfig = { readonly limits: EdgeLimits; readonly responseBytesMax?: number | undefined; readonly receivedBytesMax?: number | undefined };

export function createProtection({ rateLimit, report }: ProtectionDependencies, config: ProtectionConfig): Protection {
  const { limits, responseBytesMax = RESPONSE_BYTES_MAX, receivedBytesMax } = config;
  const reportUnavailable = ({ name }: Limit, error: unknown) => report({ type: 'limit-unavailable', limit: name, error });
  const costs = createResponseCosts({ rateLimit, reportUnavailable }, limits.responseKilobytes);
  const { person, anonymous, app, operator } = REQUESTS_AT_ONCE_MAX;
  const requests = { person: limitAtOnce(person), anonymous: limitAtOnce(anonymous), app: limitAtOnce(app), operator: limitAtOnce(operator) };

  return {
    responseBytesMax,
    receivedBytes: createReceivedBytes({ receivedBytesMax, onGiveUp: () => report({ type: 'connection-cut', reason: 'received-bytes' }) }),

    countAnonymous: async (address) => {
      try {
        const taken = await rateLimit.take(limits.anonymousRequests, clientKeyOf(address));
        return taken.allowed ? undefined : rateLimited(limits.anonymousRequests.name, Math.ceil(taken.retryAfterMs / SECOND_MS));
      } catch (error) {
        reportUnavailable(limits.anonymousRequests, error);
        return undefined;
      }
    },

    begin: (caller, address) => {
      const key = callerKeyOf(caller, address);
      const refusal = costs.refusalOf(key);
      if (refusal !== undefined) return { outcome: 'refused', refusal };
      const begun = requests[caller.kind].begin(key);
      if (begun === undefined) return { outcome: 'refused', refusal: rateLimited('requests-at-once', AT_ONCE_RETRY_AFTER_SECONDS) };
      return { outcome: 'begun', underWay: { charge: (bytes) => costs.charge(key, bytes), [Symbol.dispose]: () => begun[Symbol.dispose]() } };
    },
  };
}

/** What limits count a caller by: the actor, or the network address of a client without credentials. */
export const callerKeyOf = (caller: Caller, address: string): string => (caller.kind === 'anonymous' ? clientKeyOf(address) : actorIdOf(caller));

const rateLimited = (limit: string, retryAfterSeconds: number): Refusal => ({
  code: 'rate-limited',
  facts: { limit, retryAfterSeconds: Math.max(1, retryAfterSeconds) },
});
