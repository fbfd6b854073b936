import test from 'ava';
import type { PostId } from '../../../domain/shared/ids.ts';
import { givenReadApi, type LoggedInPerson } from '../../test-fixture.ts';

type People = { readonly people: readonly { readonly id: string; readonly name: string }[]; readonly next: string | null };

test('who likes and who shares a post is told page by page, without those behind a block, and to nobody who may not see the post', async (t) => {
  await using api = await givenReadApi();
  const { commands, by, time } = api.work;
  const [ada, bob, cyd, dan, eve] = [
    await api.person('Ada'),
    await api.person('Bob'),
    await api.person('Cyd'),
    await api.person('Dan'),
    await api.person('Eve'),
  ];
  const { id: post } = await api.expectSuccess(commands.publishPost({ author: ada.person, text: 'Hello' }, by(ada.person)));
  const { id: own } = await api.expectSuccess(commands.publishPost({ author: ada.person, text: 'Mine', visibility: 'self' }, by(ada.person)));
  for (const { person } of [bob, cyd, dan]) {
    await time.advance(1_000);
    await api.expectSuccess(commands.likePost({ post, person }, by(person)));
    await api.expectSuccess(commands.sharePost({ post, person }, by(person)));
  }
  const page = async (reader: LoggedInPerson, list: 'likes' | 'shares', query = '', of: PostId = post) =>
    (await api.requestAfterWrites(reader, `/v1/posts/${of}/${list}${query}`)).body as unknown as People;
  const all = async (reader: LoggedInPerson, list: 'likes' | 'shares') => {
    const names: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor === '' ? '?limit=2' : `?limit=2&${list === 'likes' ? 'after' : 'before'}=${cursor}`;
      const found: People = await page(reader, list, query);
      t.true(found.people.length <= 2);
      names.push(...found.people.map(({ name }) => name));
      cursor = found.next;
    }
    return names;
  };
  t.deepEqual((await all(eve, 'likes')).toSorted(), ['Bob', 'Cyd', 'Dan']);
  t.deepEqual(await all(eve, 'shares'), ['Dan', 'Cyd', 'Bob']);
  await api.expectSuccess(commands.block({ person: cyd.person, other: eve.person }, by(cyd.person)));
  t.deepEqual((await all(eve, 'likes')).toSorted(), ['Bob', 'Dan']);
  t.deepEqual(await all(eve, 'shares'), ['Dan', 'Bob']);
  await api.expectSuccess(commands.unlikePost({ post, person: bob.person }, by(bob.person)));
  await api.expectSuccess(commands.unsharePost({ post, person: bob.person }, by(bob.person)));
  t.deepEqual([await all(eve, 'likes'), await all(eve, 'shares')], [['Dan'], ['Dan']]);
  await api.expectSuccess(commands.erasePerson({ person: dan.person }, by(dan.person)));
  await api.work.untilIdle();
  t.deepEqual([await all(eve, 'likes'), await all(eve, 'shares')], [[], []]);
  for (const list of ['likes', 'shares'] as const) t.is((await api.requestAfterWrites(eve, `/v1/posts/${own}/${list}`)).status, 404);
});

test('bookmarks are listed for who made them alone, as far as the posts may still be seen, and end with the person', async (t) => {
  await using api = await givenReadApi();
  const { commands, by, views, advanceUntil } = api.work;
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const publish = async () => (await api.expectSuccess(commands.publishPost({ author: ada.person, text: 'Hello' }, by(ada.person)))).id;
  const posts = [await publish(), await publish(), await publish()].toSorted();
  for (const post of posts) await api.expectSuccess(commands.bookmarkPost({ post, person: bob.person }, by(bob.person)));
  type Page = { readonly posts: readonly { readonly id: PostId }[]; readonly next: PostId | null };
  const page = async (reader: LoggedInPerson, query = '') => (await api.requestAfterWrites(reader, `/v1/me/bookmarks${query}`)).body as unknown as Page;
  const first = await page(bob, '?limit=2');
  const second = await page(bob, `?limit=2&before=${first.next}`);
  t.deepEqual(
    [...first.posts, ...second.posts].map(({ id }) => id),
    posts.toReversed(),
  );
  t.deepEqual((await page(ada)).posts, []);
  await api.expectSuccess(commands.deletePost({ author: ada.person, post: posts[0] as PostId }, by(ada.person)));
  await api.expectSuccess(commands.removeBookmark({ post: posts[1] as PostId, person: bob.person }, by(bob.person)));
  t.deepEqual(
    (await page(bob)).posts.map(({ id }) => id),
    [posts[2]],
  );
  await api.expectSuccess(commands.erasePerson({ person: bob.person }, by(bob.person)));
  await advanceUntil(async () => (await views.find('bookmarks', { where: { person: bob.person }, order: { post: -1 }, limit: 1 })).length === 0);
  t.pass();
});
