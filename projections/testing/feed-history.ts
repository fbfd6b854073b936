/** The part of the history that is of posts and of what people do with them. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { PostEntities } from '../../domain/feed/entities.ts';
import type { MediaId, OperatorId, PersonId, PostId, ScheduledPostId } from '../../domain/shared/ids.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';

const at: Instant = instant(Date.UTC(2030, 0, 1));
const [ann, bob, cyd] = ['ann', 'bob', 'cyd'] as unknown as readonly [PersonId, PersonId, PersonId];
const [p1, p2, p3, p4, p5, p6] = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'] as unknown as readonly [PostId, PostId, PostId, PostId, PostId, PostId];
const [s1, s2, s3, s4] = ['s1', 's2', 's3', 's4'] as unknown as readonly [ScheduledPostId, ScheduledPostId, ScheduledPostId, ScheduledPostId];
const m1 = 'm1' as MediaId;
const by = 'cleo' as OperatorId;

const spoken: PostEntities = {
  mentions: [{ person: bob, from: 0, to: 4 }],
  hashtags: [
    { tag: 'one', from: 5, to: 9 },
    { tag: 'two', from: 10, to: 14 },
  ],
};

export const feed: Readonly<Record<string, readonly TidingsEvent[]>> = {
  'post-p1': [
    { type: 'feed.post-published.v1', data: { post: p1, author: ann, text: 'one', entities: spoken, terms: 3, delivered: 'pull', at } },
    { type: 'feed.post-edited.v1', data: { post: p1, author: ann, text: 'One', entities: { hashtags: [{ tag: 'one', from: 0, to: 4 }] }, terms: 1 } },
  ],
  'post-p2': [{ type: 'feed.post-published.v1', data: { post: p2, author: cyd, text: 'two', entities: spoken, terms: 3, replyTo: p1, delivered: 'push', at } }],
  'post-p3': [
    { type: 'feed.post-published.v1', data: { post: p3, author: ann, text: 'three', entities: spoken, terms: 3, replyTo: p1, delivered: 'push', at } },
    { type: 'feed.post-deleted.v1', data: { post: p3, author: ann } },
  ],
  // A reply for fewer than those who may read what it answers: it is in no counter.
  'post-p4': [
    { type: 'feed.post-published.v1', data: { post: p4, author: bob, text: 'four', replyTo: p1, visibility: 'friends', delivered: 'push', at } },
    { type: 'feed.post-edited.v1', data: { post: p4, author: bob, text: 'Four' } },
    { type: 'feed.post-edited.v1', data: { post: p4, author: bob, text: 'Four!' } },
    { type: 'feed.post-previewed.v1', data: { post: p4, author: bob, of: 1, preview: { url: 'https://a.example/', title: 'A' } } },
    { type: 'feed.post-previewed.v1', data: { post: p4, author: bob, of: 2, preview: { url: 'https://b.example/', title: 'B' } } },
  ],
  'post-p5': [
    { type: 'feed.post-published.v1', data: { post: p5, author: bob, text: 'five', quotes: p1, delivered: 'push', at } },
    { type: 'feed.post-hidden.v1', data: { post: p5, author: bob, by, violation: 'spam', statement: 'No.', at } },
    { type: 'feed.post-restored.v1', data: { post: p5, author: bob, by, at } },
  ],
  'post-p6': [
    { type: 'feed.post-published.v1', data: { post: p6, author: bob, text: '', shares: p1, delivered: 'push', at } },
    { type: 'feed.post-hidden.v1', data: { post: p6, author: bob, by, violation: 'spam', at } },
  ],
  'later-s1': [
    { type: 'feed.post-scheduled.v1', data: { scheduled: s1, author: ann, draft: { text: 'soon', media: [{ media: m1 }] }, publishAt: at } },
    { type: 'feed.scheduled-post-changed.v1', data: { scheduled: s1, author: ann, draft: { text: 'sooner' }, publishAt: at } },
    { type: 'feed.scheduled-post-begun.v1', data: { scheduled: s1, author: ann, at } },
    { type: 'feed.scheduled-post-ended.v1', data: { scheduled: s1, author: ann, refusal: 'post-unknown' } },
  ],
  'later-s2': [
    { type: 'feed.post-scheduled.v1', data: { scheduled: s2, author: bob, draft: { text: 'later' }, publishAt: at } },
    { type: 'feed.scheduled-post-begun.v1', data: { scheduled: s2, author: bob, at } },
    { type: 'feed.scheduled-post-ended.v1', data: { scheduled: s2, author: bob, post: p6 } },
  ],
  'later-s3': [
    { type: 'feed.post-scheduled.v1', data: { scheduled: s3, author: cyd, draft: { text: 'never' }, publishAt: at } },
    { type: 'feed.scheduled-post-cancelled.v1', data: { scheduled: s3, author: cyd } },
  ],
  'later-s4': [{ type: 'feed.post-scheduled.v1', data: { scheduled: s4, author: bob, draft: { text: 'in time' }, publishAt: at } }],
  'bookmark-p1:bob': [
    { type: 'feed.bookmarked.v1', data: { post: p1, person: bob } },
    { type: 'feed.bookmark-removed.v1', data: { post: p1, person: bob } },
  ],
  'bookmark-p1:cyd': [{ type: 'feed.bookmarked.v1', data: { post: p1, person: cyd } }],
  'pinned-ann': [{ type: 'feed.pinned-posts-changed.v1', data: { person: ann, posts: [p3, p1] } }],
  'pinned-bob': [
    { type: 'feed.pinned-posts-changed.v1', data: { person: bob, posts: [p4] } },
    { type: 'feed.pinned-posts-changed.v1', data: { person: bob, posts: [] } },
  ],
  'reaction-p1:bob': [
    { type: 'feed.liked.v1', data: { post: p1, person: bob } },
    { type: 'feed.unliked.v1', data: { post: p1, person: bob } },
    { type: 'feed.liked.v1', data: { post: p1, person: bob } },
  ],
  'reaction-p2:bob': [
    { type: 'feed.reacted.v1', data: { post: p2, person: bob, kind: 'love' } },
    { type: 'feed.reacted.v1', data: { post: p2, person: bob, kind: 'wow' } },
  ],
  'reaction-p2:cyd': [
    { type: 'feed.reacted.v1', data: { post: p2, person: cyd, kind: 'sad' } },
    { type: 'feed.reaction-removed.v1', data: { post: p2, person: cyd } },
  ],
  'mode-ann': [
    { type: 'feed.turning-to-pull.v1', data: { author: ann, turn: 1, activeFollowers: 10_000 } },
    { type: 'feed.turned-to-pull.v1', data: { author: ann, turn: 1 } },
    { type: 'feed.turned-to-push.v1', data: { author: ann, turn: 1, activeFollowers: 7_000 } },
  ],
  'mode-bob': [
    { type: 'feed.turning-to-pull.v1', data: { author: bob, turn: 1, activeFollowers: 10_000 } },
    { type: 'feed.turned-to-pull.v1', data: { author: bob, turn: 1 } },
  ],
  'mode-cyd': [
    { type: 'feed.turning-to-pull.v1', data: { author: cyd, turn: 1, activeFollowers: 10_000 } },
    { type: 'feed.turned-to-push.v1', data: { author: cyd, turn: 1, activeFollowers: 7_000 } },
    { type: 'feed.turning-to-pull.v1', data: { author: cyd, turn: 2, activeFollowers: 10_000 } },
  ],
  'reaction-p1:cyd': [
    { type: 'feed.liked.v1', data: { post: p1, person: cyd } },
    { type: 'feed.unliked.v1', data: { post: p1, person: cyd } },
  ],
};
