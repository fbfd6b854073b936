/**
 * Drops the warm feeds of readers that gain an author: they lack the author's earlier posts, and are built from the views when they
 * are read next. The edge is in the views by then, so a post that is fanned out meanwhile either finds the reader or is found by the
 * rebuild. Unfollowing, muting and blocking drop nothing: they are rules at reading.
 */
import type { RelationshipsEvent, FriendshipEvent } from '../../domain/people/events.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { FeedCache } from '../../ports/feed-cache/port.ts';
import { INVALIDATE_FEEDS } from '../../projections/view-access/feed-lag.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';

type Handled =
  | Extract<RelationshipsEvent, { type: 'people.followed.v1' | 'people.unmuted.v1' | 'people.unblocked.v1' }>
  | Extract<FriendshipEvent, { type: 'people.friend-accepted.v1' }>;

type Dependencies = { readonly feedCache: Pick<FeedCache, 'invalidate'>; readonly broadcast: Pick<Broadcast, 'publish'> };

export const invalidateFeeds = ({ feedCache, broadcast }: Dependencies): TidingsReactor<Handled> => ({
  kind: 'reactor',
  name: INVALIDATE_FEEDS,
  version: 1,
  handles: ['people.followed.v1', 'people.unmuted.v1', 'people.unblocked.v1', 'people.friend-accepted.v1'],
  after: ['relationships', 'friends'],
  react: async (event) => {
    const readers = readersOf(event);
    await feedCache.invalidate(readers);
    // A client that follows the feed live gets no hints of posts while the feed is cold: this one tells it to fetch.
    broadcast.publish(readers, { kind: 'feed-dropped' } satisfies LiveHint);
  },
});

function readersOf(event: Recorded<Handled>): readonly PersonId[] {
  switch (event.type) {
    case 'people.followed.v1':
    case 'people.unmuted.v1':
      return [event.key as PersonId];
    // A block hides both from each other.
    case 'people.unblocked.v1':
      return [event.key as PersonId, event.data.person];
    case 'people.friend-accepted.v1':
      return [event.data.from, event.data.to];
  }
}
