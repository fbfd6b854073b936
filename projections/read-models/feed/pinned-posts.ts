/** The posts that each person shows first on their profile. A post that was deleted may still be named: it is found nowhere, and so not shown. */
import type { PinnedPostsEvent } from '../../../domain/feed/events.ts';
import type { PersonId, PostId } from '../../../domain/shared/ids.ts';
import type { Projector } from '../../projection.ts';

/** Id: the person. The newest pin is first. */
export type PinnedPostsDocument = { readonly person: PersonId; readonly posts: readonly PostId[] };

export const pinnedPosts = {
  kind: 'projector',
  name: 'pinned-posts',
  version: 1,
  handles: ['feed.pinned-posts-changed.v1'],
  indexes: { 'pinned-posts': [{ fields: ['person'] }] },

  project: (event, { 'pinned-posts': all }) => {
    const { person, posts } = event.data;
    all.update(person, event, () => (posts.length === 0 ? undefined : { person, posts }));
  },
} as const satisfies Projector<PinnedPostsEvent, { 'pinned-posts': PinnedPostsDocument }>;
