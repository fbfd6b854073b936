import test from 'ava';
import { erased } from '../shared/event.ts';
import { given } from '../shared/given-when-then.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import { instant } from '../shared/instant.ts';
import type { PostEvent } from './events.ts';
import { post, POST_LENGTH_MAX_CHARACTERS, type PostTarget } from './post.ts';
import { HIDDEN, UNKNOWN, VISIBLE } from './test-fixture.ts';

const at = instant(0);
const [ann, bob] = ['ann', 'bob'] as PersonId[] as [PersonId, PersonId];
const [id, parent] = ['post', 'parent'] as PostId[] as [PostId, PostId];

const publish = { type: 'publish', post: id, actor: ann, text: 'Rain.', delivered: 'push', at } as const;
const data = { post: id, author: ann, text: 'Rain.', delivered: 'push', at } as const;
const published: PostEvent = { type: 'feed.post-published.v1', data };
const edit = (actor: PersonId, target: PostTarget = VISIBLE, text = 'Sun.') => ({ type: 'edit', post: id, actor, text, target }) as const;
const remove = (actor: PersonId, target: PostTarget = VISIBLE) => ({ type: 'delete', post: id, actor, target }) as const;
const deleted: PostEvent = { type: 'feed.post-deleted.v1', data: { post: id, author: ann } };

test('a person publishes a post, once', (t) => {
  given(post).when(publish).then(t, published);
  given(post, published).when(publish).then(t);
});

test('publishing a deleted post again does not restore it', (t) => {
  given(post, published, deleted).when(publish).then(t);
});

test('a person replies to a post', (t) => {
  const replyTo = { post: parent, target: VISIBLE };
  given(post)
    .when({ ...publish, replyTo })
    .then(t, { type: 'feed.post-published.v1', data: { ...data, replyTo: parent } });
});

for (const [what, target] of HIDDEN)
  test(`a person can’t reply to ${what}, and learns no more of it than of one that never was`, (t) => {
    given(post)
      .when({ ...publish, replyTo: { post: parent, target } })
      .thenRefused(t, 'post-unknown');
  });

for (const [what, target] of HIDDEN)
  test(`a person who is not the author can’t edit or delete ${what}, and learns no more of it than of one that never was`, (t) => {
    given(post, published).when(edit(bob, target)).thenRefused(t, 'post-unknown');
    given(post, published).when(remove(bob, target)).thenRefused(t, 'post-unknown');
  });

test('a post needs text, and not too much of it', (t) => {
  given(post)
    .when({ ...publish, text: ' ' })
    .thenRefused(t, 'post-empty');
  given(post)
    .when({ ...publish, text: 'a'.repeat(POST_LENGTH_MAX_CHARACTERS + 1) })
    .thenRefused(t, 'post-too-long', { length: POST_LENGTH_MAX_CHARACTERS + 1, max: POST_LENGTH_MAX_CHARACTERS });
  given(post, published)
    .when(edit(ann, VISIBLE, ''))
    .thenRefused(t, 'post-empty');
});

test('only the author edits and deletes a post', (t) => {
  given(post, published)
    .when(edit(ann))
    .then(t, { type: 'feed.post-edited.v1', data: { post: id, author: ann, text: 'Sun.' } });
  given(post, published).when(remove(ann)).then(t, deleted);
  given(post, published).when(edit(bob)).thenRefused(t, 'not-the-author');
  given(post, published).when(remove(bob)).thenRefused(t, 'not-the-author');
});

test('a deleted post can be deleted again, but not edited', (t) => {
  given(post, published, deleted).when(remove(ann)).then(t);
  given(post, published, deleted).when(edit(ann)).thenRefused(t, 'post-deleted');
});

test('a post that does not exist can’t be edited or deleted', (t) => {
  given(post).when(edit(ann, UNKNOWN)).thenRefused(t, 'post-unknown');
  given(post).when(remove(ann, UNKNOWN)).thenRefused(t, 'post-unknown');
});

test('a post whose text was erased is deleted like any other', (t) => {
  given(post, { type: 'feed.post-published.v1', data: { ...data, text: erased } })
    .when(remove(ann))
    .then(t, deleted);
});
