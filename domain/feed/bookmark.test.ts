import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import { bookmark } from './bookmark.ts';
import type { BookmarkEvent } from './events.ts';
import { HIDDEN, VISIBLE } from './test-fixture.ts';

const [post, actor] = ['post' as PostId, 'ann' as PersonId];
const add = { type: 'bookmark', post, actor, target: VISIBLE } as const;
const remove = { type: 'remove', post, actor } as const;
const added: BookmarkEvent = { type: 'feed.bookmarked.v1', data: { post, person: actor } };
const removed: BookmarkEvent = { type: 'feed.bookmark-removed.v1', data: { post, person: actor } };

test('a person bookmarks a post that they may see, and takes the bookmark away, each once', (t) => {
  given(bookmark).when(add).then(t, added);
  given(bookmark, added).when(add).then(t);
  given(bookmark, added).when(remove).then(t, removed);
  given(bookmark).when(remove).then(t);
  given(bookmark, added, removed).when(add).then(t, added);
});

test('what a person can’t see is not bookmarked, and a bookmark of it is taken away all the same', (t) => {
  for (const [, target] of HIDDEN) {
    given(bookmark)
      .when({ ...add, target })
      .thenRefused(t, 'post-unknown');
  }
  given(bookmark, added).when(remove).then(t, removed);
});
