import test from 'ava';
import { erased } from '../shared/event.ts';
import { given } from '../shared/given-when-then.ts';
import type { MediaId, OperatorId, PersonId, PostId } from '../shared/ids.ts';
import { instant } from '../shared/instant.ts';
import type { PostEvent } from './events.ts';
import { post, POST_LENGTH_MAX_CHARACTERS, type PostTarget } from './post.ts';
import { HIDDEN, UNKNOWN, VISIBLE } from './test-fixture.ts';

const at = instant(0);
const [ann, bob, cyd] = ['ann', 'bob', 'cyd'] as PersonId[] as [PersonId, PersonId, PersonId];
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
  test(`a person can’t quote or share ${what}, and learns no more of it than of one that never was`, (t) => {
    given(post)
      .when({ ...publish, quotes: { post: parent, target } })
      .thenRefused(t, 'post-unknown');
    given(post)
      .when({ ...publish, text: '', shares: { post: parent, target } })
      .thenRefused(t, 'post-unknown');
    given(post).when({ type: 'unshare', post: id, actor: ann, target }).thenRefused(t, 'post-unknown');
  });

for (const [what, target] of HIDDEN)
  test(`a person who is not the author can’t edit or delete ${what}, and learns no more of it than of one that never was`, (t) => {
    given(post, published).when(edit(cyd, target)).thenRefused(t, 'post-unknown');
    given(post, published).when(remove(cyd, target)).thenRefused(t, 'post-unknown');
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

const mod = 'mod' as OperatorId;
const hide = { type: 'hide', post: id, by: mod, violation: 'hate', at } as const;
const restore = { type: 'restore', post: id, by: mod, at } as const;
const hidden: PostEvent = { type: 'feed.post-hidden.v1', data: { post: id, author: ann, by: mod, violation: 'hate', at } };
const restored: PostEvent = { type: 'feed.post-restored.v1', data: { post: id, author: ann, by: mod, at } };

test('a moderator hides a post and restores it, each once', (t) => {
  given(post, published).when(hide).then(t, hidden);
  given(post, published, hidden).when(hide).then(t);
  given(post, published, hidden).when(restore).then(t, restored);
  given(post, published).when(restore).then(t);
  given(post).when(hide).thenRefused(t, 'post-unknown');
  given(post, published, deleted).when(hide).thenRefused(t, 'post-deleted');
});

test('the author of a hidden post deletes it, and can’t edit it', (t) => {
  given(post, published, hidden).when(edit(ann)).thenRefused(t, 'post-hidden');
  given(post, published, hidden).when(remove(ann)).then(t, deleted);
  given(post, published, hidden, deleted).when(restore).then(t);
});

const ofFriends = { author: bob, visibility: 'friends', circle: bob } as const;
const inThread = { post: parent, target: { ...VISIBLE, audience: ofFriends, isInCircle: true } };

test('a person publishes a post for friends, or for nobody else', (t) => {
  for (const visibility of ['friends', 'self'] as const) {
    given(post)
      .when({ ...publish, visibility })
      .then(t, { type: 'feed.post-published.v1', data: { ...data, visibility } });
  }
  given(post)
    .when({ ...publish, visibility: 'public' })
    .then(t, published);
});

test('a reply is for at most those who may read what it answers', (t) => {
  const reply = { ...data, replyTo: parent };
  for (const visibility of ['public', 'friends'] as const) {
    given(post)
      .when({ ...publish, visibility, replyTo: inThread })
      .then(t, { type: 'feed.post-published.v1', data: { ...reply, visibility: 'friends', circle: bob } });
  }
  given(post)
    .when({ ...publish, visibility: 'self', replyTo: inThread })
    .then(t, { type: 'feed.post-published.v1', data: { ...reply, visibility: 'self' } });
  given(post)
    .when({ ...publish, visibility: 'friends', replyTo: { post: parent, target: VISIBLE } })
    .then(t, { type: 'feed.post-published.v1', data: { ...reply, visibility: 'friends' } });
  const ownSecret = { ...VISIBLE, audience: { author: ann, visibility: 'self', circle: ann }, isInCircle: true } as const;
  given(post)
    .when({ ...publish, replyTo: { post: parent, target: ownSecret } })
    .then(t, { type: 'feed.post-published.v1', data: { ...reply, visibility: 'self', circle: ann } });
});

test('only what everybody may read is quoted and shared', (t) => {
  const quotes = { post: parent, target: VISIBLE };
  given(post)
    .when({ ...publish, quotes })
    .then(t, { type: 'feed.post-published.v1', data: { ...data, quotes: parent } });
  given(post)
    .when({ ...publish, text: '', shares: quotes })
    .then(t, { type: 'feed.post-published.v1', data: { ...data, text: '', shares: parent } });
  given(post)
    .when({ ...publish, quotes: inThread })
    .thenRefused(t, 'post-not-public');
  given(post)
    .when({ ...publish, text: '', shares: inThread })
    .thenRefused(t, 'post-not-public');
});

test('a share is taken back once, and one that was never made needs nothing', (t) => {
  const unshare = { type: 'unshare', post: id, actor: ann, target: VISIBLE } as const;
  given(post).when(unshare).then(t);
  given(post, published).when(unshare).then(t, deleted);
  given(post, published, deleted).when(unshare).then(t);
});

test('nothing is done to a share: it only passes on another post', (t) => {
  const target = { ...VISIBLE, isShare: true };
  for (const field of ['replyTo', 'quotes', 'shares'] as const) {
    given(post)
      .when({ ...publish, [field]: { post: parent, target } })
      .thenRefused(t, 'post-is-share');
  }
  given(post, published)
    .when(edit(ann, { ...target, audience: { author: ann, visibility: 'public', circle: ann } }))
    .thenRefused(t, 'post-is-share');
});

test('a post with a picture needs no text, and neither does an edit of it', (t) => {
  const media = 'picture' as MediaId;
  const facts = { kind: 'image', variants: [] } as const;
  const picture = { media, state: { status: 'ready', owner: ann, objects: [] }, facts } as const;
  given(post)
    .when({ ...publish, text: '', media: [picture] })
    .then(t, { type: 'feed.post-published.v1', data: { ...data, text: '', media: [{ media, alt: null, ...facts }] } });
  given(post)
    .when({ ...publish, text: '', media: [{ ...picture, state: { status: 'uploaded', owner: ann } }] })
    .thenRefused(t, 'media-not-ready');
  given(post, published)
    .when({ ...edit(ann, VISIBLE, ''), hasMedia: true })
    .then(t, { type: 'feed.post-edited.v1', data: { post: id, author: ann, text: '' } });
});

test('a preview is kept of a post that can be seen, and of no other', (t) => {
  const preview = { url: 'https://example.com/', title: 'Rain' };
  const add = { type: 'preview', post: id, of: 0, preview } as const;
  const previewed: PostEvent = { type: 'feed.post-previewed.v1', data: { post: id, author: ann, of: 0, preview } };
  const hidden: PostEvent = { type: 'feed.post-hidden.v1', data: { post: id, author: ann, by: 'mod' as OperatorId, violation: 'spam', at } };
  given(post, published).when(add).then(t, previewed);
  for (const events of [[], [published, deleted], [published, hidden]])
    given(post, ...events)
      .when(add)
      .then(t);
  given(post, published, previewed).when(remove(ann)).then(t, deleted);
});
