/** The posts that each person has bookmarked. */
import type { BookmarkEvent } from '../../../domain/feed/events.ts';
import type { PersonId, PostId } from '../../../domain/shared/ids.ts';
import type { Projector } from '../../projection.ts';

/** Id: the person and the post. */
export type BookmarkDocument = { readonly person: PersonId; readonly post: PostId };

export const bookmarks = {
  kind: 'projector',
  name: 'bookmarks',
  version: 1,
  handles: ['feed.bookmarked.v1', 'feed.bookmark-removed.v1'],
  indexes: { bookmarks: [{ fields: ['person', 'post'] }] },

  project: (event, { bookmarks: all }) => {
    const { person, post } = event.data;
    all.update(`${person}:${post}`, event, () => (event.type === 'feed.bookmarked.v1' ? { person, post } : undefined));
  },
} as const satisfies Projector<BookmarkEvent, { bookmarks: BookmarkDocument }>;
