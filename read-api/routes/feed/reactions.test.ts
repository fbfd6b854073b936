import test from 'ava';
import type { ReactionKind } from '../../../domain/feed/reaction-kinds.ts';
import type { PostView } from '../../feed/post-view.ts';
import { givenReadApi, type LoggedInPerson } from '../../test-fixture.ts';

test('a post tells how many reacted in each way and how its reader did, without those behind a block and those who were erased', async (t) => {
  await using api = await givenReadApi();
  const { commands, by, untilIdle } = api.work;
  const [ada, bob, cyd, dan] = [await api.person('Ada'), await api.person('Bob'), await api.person('Cyd'), await api.person('Dan')];
  const post = await api.post(ada);
  const react = ({ person }: LoggedInPerson, kind: ReactionKind) => api.expectSuccess(commands.reactToPost({ post, person, kind }, by(person)));
  const seenBy = async (reader: LoggedInPerson) => {
    const { likes, liked, reactions, reaction } = (await api.requestAfterWrites(reader, `/v1/posts/${post}`)).body as unknown as PostView;
    return { likes, liked, reactions, reaction };
  };
  t.deepEqual(await seenBy(bob), { likes: 0, liked: false, reactions: {}, reaction: null });
  await react(bob, 'love');
  await react(cyd, 'love');
  await react(dan, 'like');
  t.deepEqual(await seenBy(bob), { likes: 1, liked: false, reactions: { love: 2 }, reaction: 'love' });
  t.deepEqual(await seenBy(dan), { likes: 1, liked: true, reactions: { love: 2 }, reaction: 'like' });

  await react(bob, 'wow');
  t.deepEqual(await seenBy(bob), { likes: 1, liked: false, reactions: { love: 1, wow: 1 }, reaction: 'wow' });
  await api.expectSuccess(commands.likePost({ post, person: bob.person }, by(bob.person)));
  t.deepEqual(await seenBy(bob), { likes: 2, liked: true, reactions: { love: 1 }, reaction: 'like' });
  await react(dan, 'sad');
  await api.expectSuccess(commands.unlikePost({ post, person: dan.person }, by(dan.person)));
  t.deepEqual(await seenBy(dan), { likes: 1, liked: false, reactions: { love: 1, sad: 1 }, reaction: 'sad' }, 'it was no like');

  await api.expectSuccess(commands.block({ person: cyd.person, other: bob.person }, by(cyd.person)));
  t.deepEqual(await seenBy(bob), { likes: 1, liked: true, reactions: { sad: 1 }, reaction: 'like' });
  await api.expectSuccess(commands.takeReactionBack({ post, person: dan.person }, by(dan.person)));
  await api.expectSuccess(commands.erasePerson({ person: cyd.person }, by(cyd.person)));
  await untilIdle();
  t.deepEqual(await seenBy(ada), { likes: 1, liked: false, reactions: {}, reaction: null });
});
