/** Authors, for the feeds of their readers: whether to pull an author's posts, and whether any can be in the window that is read. */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { PostEvent } from '../../domain/feed/events.ts';
import type { Projector } from '../projection.ts';

/**
 * Id: the author. `mode` is how the newest post is delivered. An author's posts must be pulled as long as `lastPulledPost` is
 * within the window, even after the author has changed to push. The number of followers is in `relationship-counts`.
 */
export type AuthorDocument = {
  readonly author: PersonId;
  readonly mode: 'push' | 'pull';
  readonly lastPost: PostId;
  readonly lastPulledPost: PostId | null;
};

export const authors = {
  kind: 'projector',
  name: 'authors',
  version: 1,
  handles: ['feed.post-published.v1'],
  // For a feed: the authors that are pulled and have posted since its oldest post.
  indexes: { authors: [{ fields: ['lastPulledPost'] }] },

  // An author has as many source streams as posts, so this is a maximum, which doesn't have to remember them.
  project: ({ data: { author, post, delivered } }, { authors }) => {
    authors.merge(author, (before) => {
      const newest = before === undefined || post > before.lastPost;
      const pulled = before?.lastPulledPost ?? null;
      return {
        author,
        mode: newest ? delivered : before.mode,
        lastPost: newest ? post : before.lastPost,
        lastPulledPost: delivered === 'pull' && (pulled === null || post > pulled) ? post : pulled,
      };
    });
  },
} as const satisfies Projector<Extract<PostEvent, { type: 'feed.post-published.v1' }>, { authors: AuthorDocument }>;
