/** The rate limits of the read API. A refused client is told the name; an operator overrides a limit by it (`edge/http/limit-overrides.ts`). */
import type { Limit } from '../ports/rate-limit/port.ts';

export type ReadLimits = Readonly<Record<keyof typeof READ_LIMITS, Limit>>;

export const READ_LIMITS = {
  /** Counted per person, or per app. */
  queries: { name: 'queries', points: 6_000, windowSeconds: 60 },
  /** Searches for people, counted per person as well: a list of names or numbers isn't to be tried for who is here. */
  findPeople: { name: 'find-people', points: 300, windowSeconds: 60 },
  /** Searches over messages, counted per person as well: one may read hundreds of messages. */
  searchMessages: { name: 'search-messages', points: 300, windowSeconds: 60 },
  /** Pictures and videos, counted per address: people behind one router share it. */
  media: { name: 'media', points: 60_000, windowSeconds: 60 },
  /** Pages of a projection's changes, counted per app. */
  changes: { name: 'changes', points: 6_000, windowSeconds: 60 },
  /** Streams of server-sent events opened per person; a client that loses one opens the next. */
  streams: { name: 'streams', points: 300, windowSeconds: 60 },
} as const satisfies Record<string, Limit>;
