/**
 * Makes all cached feeds cold once a view that feeds are built from has been rebuilt: each is built from the new view when it is read
 * next. Cached feeds are no projection, and the fan-out is a reactor, which is not replayed.
 */
import type { OperationsEvent } from '../../domain/shared/operations.ts';
import type { FeedCache } from '../../ports/feed-cache/port.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';

const FEED_SOURCES: ReadonlySet<string> = new Set(['posts', 'friends', 'relationships', 'delivery-modes']);

type Activated = Extract<OperationsEvent, { type: 'operations.version-activated.v1' }>;

export const invalidateAllFeeds = ({ feedCache }: { readonly feedCache: Pick<FeedCache, 'invalidateAll'> }): TidingsReactor<Activated> => ({
  kind: 'reactor',
  name: 'forget-feeds',
  version: 1,
  handles: ['operations.version-activated.v1'],
  after: [],
  react: async ({ data }) => {
    if (FEED_SOURCES.has(data.projection)) await feedCache.invalidateAll();
  },
});
