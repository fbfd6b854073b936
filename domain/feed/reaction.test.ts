import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import type { ReactionEvent } from './events.ts';
import { reaction } from './reaction.ts';
import { HIDDEN, VISIBLE } from './test-fixture.ts';

const post = 'post' as PostId;
const ann = 'ann' as PersonId;
const liked: ReactionEvent = { type: 'feed.liked.v1', data: { post, person: ann } };
const unliked: ReactionEvent = { type: 'feed.unliked.v1', data: { post, person: ann } };
const like = { type: 'like', post, actor: ann, target: VISIBLE } as const;
const unlike = { type: 'unlike', post, actor: ann, target: VISIBLE } as const;

test('a person likes a post once, takes it back once, and likes it again', (t) => {
  given(reaction).when(like).then(t, liked);
  given(reaction, liked).when(like).then(t);
  given(reaction, liked).when(unlike).then(t, unliked);
  given(reaction, liked, unliked).when(unlike).then(t);
  given(reaction, liked, unliked).when(like).then(t, liked);
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
