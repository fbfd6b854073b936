/** Reading one's writes over HTTP, with the workers as they run. */
import test from 'ava';
import { givenReadApi } from '../../test-fixture.ts';

test('a friend’s post is in a warm feed that is read with its position, every time', async (t) => {
  await using api = await givenReadApi();
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  await api.friends(ada, bob);
  await api.requestAfterWrites(ada, '/v1/me/feed');
  for (let tries = 0; tries < 100; tries++) {
    const post = await api.post(bob);
    t.is((await api.requestAfterWrites(ada, '/v1/me/feed?limit=1')).body.posts[0]?.id, post, `try ${tries}`);
  }
});

test('the posts of a person are in the feed that is read with the position of the follow, also while others read the same feed', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const ada = await api.person('Ada');
  const authors = await Promise.all(Array.from({ length: 20 }, () => api.person()));
  const posts = [];
  for (const author of authors) posts.push(await api.post(author));
  for (const [i, { person: other }] of authors.entries()) {
    await api.expectSuccess(commands.follow({ person: ada.person, other }, by(ada.person)));
    const others = [1, 2, 3].map(() => api.request(ada, '/v1/me/feed'));
    const { body } = await api.requestAfterWrites(ada, '/v1/me/feed?limit=100');
    t.deepEqual(
      body.posts.map(({ id }) => id as string),
      posts.slice(0, i + 1).toReversed(),
    );
    await Promise.all(others);
  }
});

test('a friend who was removed is not in the feed that is read with that position', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  for (let tries = 0; tries < 10; tries++) {
    await api.friends(ada, bob);
    const post = await api.post(bob);
    t.is((await api.requestAfterWrites(ada, '/v1/me/feed?limit=1')).body.posts[0]?.id, post);
    await api.expectSuccess(commands.removeFriend({ person: bob.person, other: ada.person }, by(bob.person)));
    await api.post(bob);
    t.deepEqual((await api.requestAfterWrites(ada, '/v1/me/feed')).body.posts, []);
  }
});
