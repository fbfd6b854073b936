/**
 * Cached feeds are no projection and are never replayed: the fan-out is a reactor, so a rebuild of the views writes into none. Once
 * what feeds are built from has been built anew, every feed is cold and is built from that when it is read next.
 */
import type { OperationsEvent } from '../../domain/shared/operations.ts';
import type { FeedCache } from '../../ports/feed-cache/port.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';

const FEEDS_COME_FROM: ReadonlySet<string> = new Set(['posts', 'friends', 'relationships', 'authors']);

type Activated = Extract<OperationsEvent, { type: 'operations.version-activated.v1' }>;

export const invalidateAllFeeds = ({ feedCache }: { readonly feedCache: Pick<FeedCache, 'invalidateAll'> }): TidingsReactor<Activated> => ({
  kind: 'reactor',
  name: 'forget-feeds',
  version: 1,
  handles: ['operations.version-activated.v1'],
  after: [],
  react: async ({ data }) => {
    if (FEEDS_COME_FROM.has(data.projection)) await feedCache.invalidateAll();
  },
});
