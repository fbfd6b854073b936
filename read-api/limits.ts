/** How often is too often. Each has a name, by which whoever is over it is told. */
import type { Limit } from '../ports/rate-limit/port.ts';

export type Limits = Readonly<Record<keyof typeof LIMITS, Limit>>;

export const LIMITS = {
  /** A person, or an app. */
  queries: { name: 'queries', points: 6_000, windowSeconds: 60 },
  /** Streams of events that are opened; a client that loses one opens the next. */
  streams: { name: 'streams', points: 300, windowSeconds: 60 },
} as const satisfies Record<string, Limit>;
