import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import type { PinnedPostsEvent } from './events.ts';
import { pinnedPosts, PINNED_POSTS_MAX } from './pinned-posts.ts';
import type { PostTarget } from './post.ts';
import { HIDDEN, VISIBLE } from './test-fixture.ts';

const actor = 'ann' as PersonId;
const [p1, p2] = ['p1', 'p2'] as unknown as readonly [PostId, PostId];
const own: PostTarget = { ...VISIBLE, state: { status: 'published', author: actor }, audience: { author: actor, visibility: 'public', circle: actor } };
const pin = (post: PostId, gone: readonly PostId[] = []) => ({ type: 'pin', post, actor, target: own, gone }) as const;
const changed = (...posts: readonly PostId[]): PinnedPostsEvent => ({ type: 'feed.pinned-posts-changed.v1', data: { person: actor, posts } });
const FULL = Array.from({ length: PINNED_POSTS_MAX }, (_, n) => `full-${n}` as PostId);

test('a person pins posts of their own, the newest pin first, each once, and unpins them', (t) => {
  given(pinnedPosts).when(pin(p1)).then(t, changed(p1));
  given(pinnedPosts, changed(p1)).when(pin(p2)).then(t, changed(p2, p1));
  given(pinnedPosts, changed(p2, p1)).when(pin(p1)).then(t);
  given(pinnedPosts, changed(p2, p1)).when({ type: 'unpin', post: p2, actor }).then(t, changed(p1));
  given(pinnedPosts, changed(p1)).when({ type: 'unpin', post: p2, actor }).then(t);
});

test('no more posts are pinned than there are places, and a pinned post that was deleted takes none', (t) => {
  given(pinnedPosts, changed(...FULL))
    .when(pin(p1))
    .thenRefused(t, 'pinned-posts-full');
  given(pinnedPosts, changed(...FULL))
    .when(pin(p1, FULL.slice(1, 2)))
    .then(t, changed(p1, ...FULL.filter((_, n) => n !== 1)));
});

test('posts of others, those that can’t be seen, and shares are not pinned', (t) => {
  given(pinnedPosts)
    .when({ ...pin(p1), target: VISIBLE })
    .thenRefused(t, 'not-the-author');
  for (const [, target] of HIDDEN) {
    given(pinnedPosts)
      .when({ ...pin(p1), target })
      .thenRefused(t, 'post-unknown');
  }
  given(pinnedPosts)
    .when({ ...pin(p1), target: { ...own, isShare: true } })
    .thenRefused(t, 'post-is-share');
});

test('all pins are taken away at once, which twice is nothing', (t) => {
  given(pinnedPosts, changed(p2, p1)).when({ type: 'unpin-all', actor }).then(t, changed());
  given(pinnedPosts, changed()).when({ type: 'unpin-all', actor }).then(t);
});
