/** The events of a post (`postStream`), and of one person's reaction to it (`reactionStream`). */
import type { Personal, SealingOf } from '../shared/event.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';

export type PostEvent =
  | {
      readonly type: 'feed.post-published.v1';
      readonly data: {
        readonly post: PostId;
        readonly author: PersonId;
        readonly text: Personal<string>;
        readonly replyTo?: PostId;
        /** How the post reaches feeds: written into warm ones, or pulled when they are read. `pull` is for authors with very many followers, and no post is stamped with it yet. */
        readonly delivered: 'push' | 'pull';
        readonly at: Instant;
      };
    }
  | { readonly type: 'feed.post-edited.v1'; readonly data: { readonly post: PostId; readonly author: PersonId; readonly text: Personal<string> } }
  | { readonly type: 'feed.post-deleted.v1'; readonly data: { readonly post: PostId; readonly author: PersonId } };

export type ReactionEvent =
  | { readonly type: 'feed.liked.v1'; readonly data: { readonly post: PostId; readonly person: PersonId } }
  | { readonly type: 'feed.unliked.v1'; readonly data: { readonly post: PostId; readonly person: PersonId } };

export type FeedEvent = PostEvent | ReactionEvent;

export const feedSealing: SealingOf<FeedEvent> = {
  'feed.post-published.v1': { text: 'author' },
  'feed.post-edited.v1': { text: 'author' },
  'feed.post-deleted.v1': {},
  'feed.liked.v1': {},
  'feed.unliked.v1': {},
};
