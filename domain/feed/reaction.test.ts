import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import type { ReactionEvent } from './events.ts';
import { reaction } from './reaction.ts';

const post = 'post' as PostId;
const [ann, bob] = ['ann', 'bob'] as PersonId[] as [PersonId, PersonId];
const liked: ReactionEvent = { type: 'feed.liked.v1', data: { post, person: ann } };
const unliked: ReactionEvent = { type: 'feed.unliked.v1', data: { post, person: ann } };
const like = { type: 'like', post, actor: ann, state: { status: 'published', author: bob }, relation: 'clear' } as const;
const unlike = { type: 'unlike', post, actor: ann } as const;

test('a person likes a post once, takes it back once, and likes it again', (t) => {
  given(reaction).when(like).then(t, liked);
  given(reaction, liked).when(like).then(t);
  given(reaction, liked).when(unlike).then(t, unliked);
  given(reaction, liked, unliked).when(unlike).then(t);
  given(reaction, liked, unliked).when(like).then(t, liked);
});

test('a post that does not exist can’t be liked, nor one across a block', (t) => {
  given(reaction)
    .when({ ...like, state: { status: 'none' } })
    .thenRefused(t, 'post-unknown');
  given(reaction)
    .when({ ...like, state: { status: 'deleted', author: bob } })
    .thenRefused(t, 'post-deleted');
  given(reaction)
    .when({ ...like, relation: 'blocked' })
    .thenRefused(t, 'blocked');
});
