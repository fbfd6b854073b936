/** The metrics of the caches, one a quantity, read from their tallies at each scrape. */
import type { Registry } from 'prom-client';
import { CACHES, type CacheTallies, type CacheTally } from '../../ports/cache-tallies.ts';
import { scrapeCounter } from './scraped-metrics.ts';

const METRICS: { readonly [Quantity in keyof CacheTally]: { readonly name: string; readonly help: string } } = {
  hits: { name: 'tidings_cache_hits_total', help: 'Times a cache had what it was asked for, by cache.' },
  misses: { name: 'tidings_cache_misses_total', help: 'Times a cache did not have what it was asked for, or had it out of date, by cache.' },
  evictions: { name: 'tidings_cache_evictions_total', help: 'Entries that gave way to others because a cache was full, by cache.' },
};

export function observeCaches(registry: Registry, tallies: CacheTallies): void {
  for (const quantity of Object.keys(METRICS) as (keyof CacheTally)[]) {
    scrapeCounter({ ...METRICS[quantity], labelNames: ['cache'], registry }, () =>
      CACHES.map((cache) => ({ labels: { cache }, value: tallies[cache][quantity] })),
    );
  }
}
