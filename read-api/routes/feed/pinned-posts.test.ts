import test from 'ava';
import type { PostId } from '../../../domain/shared/ids.ts';
import { givenReadApi, type LoggedInPerson } from '../../test-fixture.ts';

test('pinned posts are shown the newest pin first, each to those who may read it at that moment, and end with the post and the person', async (t) => {
  await using api = await givenReadApi();
  const { commands, by, views, advanceUntil } = api.work;
  const [ada, bob, cyd, dan] = [await api.person('Ada'), await api.person('Bob'), await api.person('Cyd'), await api.person('Dan')];
  const publish = async (visibility: 'public' | 'friends' | 'self') =>
    (await api.expectSuccess(commands.publishPost({ author: ada.person, text: visibility, visibility }, by(ada.person)))).id;
  const [open, friends, own, last] = [await publish('public'), await publish('friends'), await publish('self'), await publish('public')];
  for (const post of [open, friends, own, last]) await api.expectSuccess(commands.pinPost({ post, person: ada.person }, by(ada.person)));
  const read = (reader: LoggedInPerson) => api.requestAfterWrites(reader, `/v1/people/${ada.person}/pinned-posts`);
  const seenBy = async (reader: LoggedInPerson) => ((await read(reader)).body as unknown as { posts: { id: PostId }[] }).posts.map(({ id }) => id);

  t.deepEqual(await seenBy(ada), [last, own, friends, open]);
  t.deepEqual(await seenBy(bob), [last, open]);
  await api.friends(bob, ada);
  t.deepEqual(await seenBy(bob), [last, friends, open]);

  await api.expectSuccess(commands.deletePost({ author: ada.person, post: last }, by(ada.person)));
  await api.expectSuccess(commands.unpinPost({ post: open, person: ada.person }, by(ada.person)));
  t.deepEqual([await seenBy(ada), await seenBy(bob)], [[own, friends], [friends]]);

  await api.expectSuccess(commands.block({ person: ada.person, other: cyd.person }, by(ada.person)));
  t.is((await read(cyd)).status, 404);
  await api.expectSuccess(commands.block({ person: bob.person, other: ada.person }, by(bob.person)));
  t.deepEqual(await seenBy(bob), []);

  await api.expectSuccess(commands.erasePerson({ person: ada.person }, by(ada.person)));
  await advanceUntil(async () => (await views.get('pinned-posts', ada.person)) === undefined);
  t.deepEqual(await seenBy(dan), []);
});

test('a pinned post that was deleted makes room for another', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const { person } = await api.person('Ada');
  const publish = async () => (await api.expectSuccess(commands.publishPost({ author: person, text: 'Hello' }, by(person)))).id;
  const posts = [await publish(), await publish(), await publish(), await publish(), await publish(), await publish()];
  const pin = (at: number) => commands.pinPost({ post: posts[at] as PostId, person }, by(person));
  for (const at of [0, 1, 2, 3, 4]) await api.expectSuccess(pin(at));
  t.like(await pin(5), { outcome: 'refused', refusal: { code: 'pinned-posts-full', facts: { max: 5 } } });
  await api.expectSuccess(commands.deletePost({ author: person, post: posts[2] as PostId }, by(person)));
  t.like(await pin(5), { outcome: 'appended' });
});
