/** The limits that every HTTP listener has. A refused client is told the name; an operator overrides a rate limit by it. */
import type { Limit } from '../../ports/rate-limit/port.ts';

export const EDGE_LIMITS = {
  /** Counted per address: requests without credentials, or with bad ones, that have no limit of their own. */
  anonymousRequests: { name: 'anonymous-requests', points: 6_000, windowSeconds: 60 },
  /** Counted per person or app, and per address for a client without credentials: what it is answered, in kilobytes. */
  responseKilobytes: { name: 'response-kilobytes', points: 100_000, windowSeconds: 60 },
} as const satisfies Record<string, Limit>;

export type EdgeLimits = Readonly<Record<keyof typeof EDGE_LIMITS, Limit>>;

/** Of one response. Lists end a page early where it would be longer; the longest message must fit. */
export const RESPONSE_BYTES_MAX = 1024 * 1024;
/** A client that is refused for having too many requests or streams at once may try again after a moment. */
export const AT_ONCE_RETRY_AFTER_SECONDS = 1;
