import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import type { ReactionEvent } from './events.ts';
import { reaction } from './reaction.ts';
import type { FurtherReaction, ReactionKind } from './reaction-kinds.ts';
import { HIDDEN, VISIBLE } from './test-fixture.ts';

const post = 'post' as PostId;
const ann = 'ann' as PersonId;
const liked: ReactionEvent = { type: 'feed.liked.v1', data: { post, person: ann } };
const unliked: ReactionEvent = { type: 'feed.unliked.v1', data: { post, person: ann } };
const react = (kind: ReactionKind) => ({ type: 'react', kind, post, actor: ann, target: VISIBLE }) as const;
const like = react('like');
const unreact = { type: 'unreact', post, actor: ann, target: VISIBLE } as const;
const reacted = (kind: FurtherReaction): ReactionEvent => ({ type: 'feed.reacted.v1', data: { post, person: ann, kind } });
const removed: ReactionEvent = { type: 'feed.reaction-removed.v1', data: { post, person: ann } };
const unlike = { type: 'unlike', post, actor: ann, target: VISIBLE } as const;

test('a person likes a post once, takes it back once, and likes it again', (t) => {
  given(reaction).when(like).then(t, liked);
  given(reaction, liked).when(like).then(t);
  given(reaction, liked).when(unlike).then(t, unliked);
  given(reaction, liked, unliked).when(unlike).then(t);
  given(reaction, liked, unliked).when(like).then(t, liked);
});

test('a person has one reaction to a post: another kind takes its place, and a like ends where another kind begins', (t) => {
  given(reaction).when(react('love')).then(t, reacted('love'));
  given(reaction, reacted('love')).when(react('love')).then(t);
  given(reaction, reacted('love')).when(react('wow')).then(t, reacted('wow'));
  given(reaction, liked).when(react('love')).then(t, unliked, reacted('love'));
  given(reaction, reacted('love')).when(like).then(t, removed, liked);
});

test('a reaction of any kind is taken back, and who takes back a like leaves any other kind', (t) => {
  given(reaction, reacted('sad')).when(unreact).then(t, removed);
  given(reaction, liked).when(unreact).then(t, unliked);
  given(reaction, reacted('sad')).when(unlike).then(t);
  given(reaction, reacted('sad'), removed).when(unreact).then(t);
});

test('a share is not reacted to', (t) => {
  given(reaction)
    .when({ ...react('love'), target: { ...VISIBLE, isShare: true } })
    .thenRefused(t, 'post-is-share');
});

for (const [what, target] of HIDDEN) {
  test(`a person can’t like ${what}, and learns no more of it than of one that never was`, (t) => {
    given(reaction)
      .when({ ...like, target })
      .thenRefused(t, 'post-unknown');
    given(reaction)
      .when({ ...unlike, target })
      .thenRefused(t, 'post-unknown');
  });

  test(`a person takes back the like of ${what}`, (t) => {
    given(reaction, liked)
      .when({ ...unlike, target })
      .then(t, unliked);
  });
}
