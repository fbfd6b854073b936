/** The events of a post (`postStream`), and of one person's reaction to it (`reactionStream`). */
import type { FurtherReaction } from './reaction-kinds.ts';
import type { LinkPreview } from '../media/link-preview.ts';
import type { PostMedia } from '../media/media-facts.ts';
import type { Violation } from '../moderation/violations.ts';
import type { ActingAs } from '../operators/roles.ts';
import type { Personal, SealingOf } from '../shared/event.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import type { PostEntities } from './entities.ts';

/** Who may read a post, blocks aside: everybody, friends, or its author alone. */
export type PostVisibility = 'public' | 'friends' | 'self';

export type PostEvent =
  | {
      readonly type: 'feed.post-published.v1';
      readonly data: {
        readonly post: PostId;
        readonly author: PersonId;
        /** Empty where pictures or another post say it all. */
        readonly text: Personal<string>;
        /** What the text speaks of; absent where there is nothing of that kind. */
        readonly entities?: Personal<PostEntities>;
        /** It is found under so many of its terms, the first (`termsOf`): a number that is known also when they are erased. Absent for none. */
        readonly terms?: number;
        readonly media?: Personal<readonly PostMedia[]>;
        readonly replyTo?: PostId;
        /** The post that this one speaks about, and shows. */
        readonly quotes?: PostId;
        /** The post that this one passes on, without a word of its own. */
        readonly shares?: PostId;
        /** Absent: everybody may read it. */
        readonly visibility?: Exclude<PostVisibility, 'public'>;
        /** Whose friends may read it: for a reply in a thread that only friends of the person who began it may read. Absent: the author's. */
        readonly circle?: PersonId;
        /** It was published elsewhere, at `at`, and brought here later: nobody is told of it. */
        readonly imported?: true;
        /** How the post reaches feeds: written into warm ones, or pulled when they are read. `pull` is for authors with very many active followers. */
        readonly delivered: 'push' | 'pull';
        readonly at: Instant;
      };
    }
  | {
      readonly type: 'feed.post-edited.v1';
      readonly data: {
        readonly post: PostId;
        readonly author: PersonId;
        readonly text: Personal<string>;
        readonly entities?: Personal<PostEntities>;
        readonly terms?: number;
      };
    }
  /** What the first link of its text leads to. `of` is the revision of the event with that text: an edit since makes it worthless. */
  | {
      readonly type: 'feed.post-previewed.v1';
      readonly data: { readonly post: PostId; readonly author: PersonId; readonly of: number; readonly preview: Personal<LinkPreview> };
    }
  | { readonly type: 'feed.post-deleted.v1'; readonly data: { readonly post: PostId; readonly author: PersonId } }
  /** A moderator hid it from everybody but its author, who is told why. */
  | {
      readonly type: 'feed.post-hidden.v1';
      readonly data: {
        readonly post: PostId;
        readonly author: PersonId;
        readonly by: ActingAs;
        readonly violation: Violation;
        readonly statement?: Personal<string>;
        readonly at: Instant;
      };
    }
  | {
      readonly type: 'feed.post-restored.v1';
      readonly data: { readonly post: PostId; readonly author: PersonId; readonly by: ActingAs; readonly at: Instant };
    };

export type ReactionEvent =
  | { readonly type: 'feed.liked.v1'; readonly data: { readonly post: PostId; readonly person: PersonId } }
  | { readonly type: 'feed.unliked.v1'; readonly data: { readonly post: PostId; readonly person: PersonId } }
  /** In place of another kind but a like, which is taken back first. */
  | { readonly type: 'feed.reacted.v1'; readonly data: { readonly post: PostId; readonly person: PersonId; readonly kind: FurtherReaction } }
  | { readonly type: 'feed.reaction-removed.v1'; readonly data: { readonly post: PostId; readonly person: PersonId } };

/** `bookmarkStream` */
export type BookmarkEvent =
  | { readonly type: 'feed.bookmarked.v1'; readonly data: { readonly post: PostId; readonly person: PersonId } }
  | { readonly type: 'feed.bookmark-removed.v1'; readonly data: { readonly post: PostId; readonly person: PersonId } };

export const bookmarkSealing: SealingOf<BookmarkEvent> = { 'feed.bookmarked.v1': {}, 'feed.bookmark-removed.v1': {} };

/** `pinnedPostsStream`. Each names all that are pinned from then on, the newest pin first. */
export type PinnedPostsEvent = {
  readonly type: 'feed.pinned-posts-changed.v1';
  readonly data: { readonly person: PersonId; readonly posts: readonly PostId[] };
};

export const pinnedPostsSealing: SealingOf<PinnedPostsEvent> = { 'feed.pinned-posts-changed.v1': {} };

export type FeedEvent = PostEvent | ReactionEvent;

export const feedSealing: SealingOf<FeedEvent> = {
  'feed.post-published.v1': { text: 'author', entities: 'author', media: 'author' },
  'feed.post-edited.v1': { text: 'author', entities: 'author' },
  'feed.post-previewed.v1': { preview: 'author' },
  'feed.post-deleted.v1': {},
  'feed.post-hidden.v1': { statement: 'author' },
  'feed.post-restored.v1': {},
  'feed.liked.v1': {},
  'feed.unliked.v1': {},
  'feed.reacted.v1': {},
  'feed.reaction-removed.v1': {},
};
