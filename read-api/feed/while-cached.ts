import { FeedCacheUnavailable } from '../../ports/feed-cache/port.ts';

/** What the cache makes possible; `undefined` while it is away, when the feed is read from the views, more slowly. */
export async function whileCached<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FeedCacheUnavailable) return undefined;
    throw error;
  }
}
