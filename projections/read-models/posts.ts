/** Posts, replies included, with their likes and counts. A deleted post leaves a tombstone, so that nothing that comes late can bring it back. */
import { orErased } from '../../domain/shared/event.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { FeedEvent } from '../../domain/feed/events.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import type { Projector } from '../projection.ts';

/** Id: the post; ids sort by time. A deleted post has no document. */
export type PostDocument = {
  readonly post: PostId;
  readonly author: PersonId;
  /** Null: its author was erased. */
  readonly text: string | null;
  readonly replyTo: PostId | null;
  readonly delivered: 'push' | 'pull';
  readonly at: Instant;
  readonly editedAt: Instant | null;
};

/** Id: `likeId`. */
export type LikeDocument = { readonly post: PostId; readonly person: PersonId; readonly at: Instant };

/** Id: the post. There is no document for zeros. */
export type PostCounters = { readonly likes: number; readonly replies: number };

/**
 * Id: the author. `newest` is the author's newest post. The document changes with every post of the author, in the commit that writes
 * the post: a timeline that was read behind a document of this `position` lacks none of the posts that made it.
 */
export type TimelineDocument = { readonly author: PersonId; readonly newest: PostId };

export const likeId = (post: PostId, person: PersonId): string => `${post}:${person}`;

type HandledEvent = FeedEvent | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const posts = {
  kind: 'projector',
  name: 'posts',
  version: 2,
  handles: ['feed.post-published.v1', 'feed.post-edited.v1', 'feed.post-deleted.v1', 'feed.liked.v1', 'feed.unliked.v1', 'people.person-erased.v1'],
  indexes: {
    // The last is for feeds whose fan-out is under way.
    posts: [{ fields: ['author', '_id'] }, { fields: ['replyTo', '_id'] }, { fields: ['position'] }],
    // The second is for the likes of a person who was erased.
    likes: [{ fields: ['post', '_id'] }, { fields: ['person', 'post'] }],
    'post-counters': [],
    timelines: [],
  },

  project: (event, { posts, likes, 'post-counters': counters, timelines }) => {
    switch (event.type) {
      case 'feed.post-published.v1': {
        const { post, author, text, replyTo = null, delivered, at } = event.data;
        const published = posts.update(post, event, () => ({
          post,
          author,
          text: orErased<string | null>(text, null),
          replyTo,
          delivered,
          at,
          editedAt: null,
        }));
        if (published === 'created' && replyTo !== null) counters.increment(replyTo, { replies: 1 });
        // An author has as many source streams as posts, so this is a maximum, which doesn't have to remember them.
        timelines.merge(author, (before) => ({ author, newest: before === undefined || post > before.newest ? post : before.newest }));
        return;
      }
      case 'feed.post-edited.v1': {
        const text = orErased<string | null>(event.data.text, null);
        posts.update(event.data.post, event, (before) => before && { ...before, text, editedAt: event.metadata.at });
        return;
      }
      case 'feed.post-deleted.v1': {
        let repliedTo: PostId | null = null;
        const deleted = posts.update(event.data.post, event, (before) => {
          repliedTo = before?.replyTo ?? null;
          return undefined;
        });
        if (deleted === 'removed' && repliedTo !== null) counters.increment(repliedTo, { replies: -1 });
        return;
      }
      case 'feed.liked.v1': {
        const { post, person } = event.data;
        const liked = likes.update(likeId(post, person), event, () => ({ post, person, at: event.metadata.at }));
        if (liked === 'created') counters.increment(post, { likes: 1 });
        return;
      }
      case 'feed.unliked.v1': {
        const { post, person } = event.data;
        const unliked = likes.update(likeId(post, person), event, () => undefined);
        if (unliked === 'removed') counters.increment(post, { likes: -1 });
        return;
      }
      case 'people.person-erased.v1':
        posts.patch({ author: event.key }, { text: null });
        return;
    }
  },
} as const satisfies Projector<HandledEvent, { posts: PostDocument; likes: LikeDocument; 'post-counters': PostCounters; timelines: TimelineDocument }>;
