/** How often the caches of a process had what they were asked for: who has a cache counts in its tally, and the metrics read it. */

/** Every cache that costs a read where it misses. */
export const CACHES = [
  'feed',
  'documents',
  'timelines',
  'shared-timelines',
  'sessions',
  'verified-tokens',
  'app-secrets',
  'channel-members',
  'subject-keys',
  'channel-ratchets',
  'stream-states',
  'decoded-events',
  'written-documents',
  'registrations',
  'endpoints',
  'templates',
  'linked-pages',
] as const;
export type CacheName = (typeof CACHES)[number];

/** `evictions`: entries that gave way to others because the cache was full; what is out of date or was invalidated is none. */
export type CacheTally = { hits: number; misses: number; evictions: number };
export type CacheTallies = Readonly<Record<CacheName, CacheTally>>;

export const emptyTally = (): CacheTally => ({ hits: 0, misses: 0, evictions: 0 });

export const emptyTallies = (): CacheTallies => Object.fromEntries(CACHES.map((cache) => [cache, emptyTally()])) as Record<CacheName, CacheTally>;

/** What was found, counted. */
export function counted<Found>(tally: CacheTally, found: Found | undefined): Found | undefined {
  if (found === undefined) tally.misses += 1;
  else tally.hits += 1;
  return found;
}

/** Of a cache that is full: the entry that comes first gives way. */
export function dropOldest(cache: Map<string, unknown>, tally: CacheTally): void {
  for (const oldest of cache.keys()) {
    cache.delete(oldest);
    tally.evictions += 1;
    break;
  }
}
