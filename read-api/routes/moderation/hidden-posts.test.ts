import test from 'ava';
import type { LoggedInPerson } from '../../test-fixture.ts';
import { givenReadApi } from '../../test-fixture.ts';

test('a hidden post is in no list, page and number of anybody but its author, who sees why; restored, it is as before', async (t) => {
  await using api = await givenReadApi();
  const { expectSuccess, requestAfterWrites, post, person, friends } = api;
  const { commands, by } = api.work;
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  await friends(ada, bob);
  const root = await post(bob, 'What is new?');
  const hidden = await post(ada, 'Buy watches', root);
  const alone = await post(ada, 'Buy clocks');
  const seenBy = async (reader: LoggedInPerson) => {
    const idsIn = async (path: string) => (await requestAfterWrites(reader, path)).body.posts.map(({ id }) => id);
    return {
      feed: (await idsIn('/v1/me/feed')).includes(alone),
      ofPerson: (await idsIn(`/v1/people/${ada.person}/posts`)).filter((id) => id === alone || id === hidden).length,
      replies: (await idsIn(`/v1/posts/${root}/replies`)).length,
      status: (await requestAfterWrites(reader, `/v1/posts/${hidden}`)).status,
    };
  };
  const before = await seenBy(bob);
  t.deepEqual(before, { feed: true, ofPerson: before.ofPerson, replies: 1, status: 200 });
  const of = (id: typeof hidden) => ({ kind: 'post', post: id }) as const;
  for (const id of [hidden, alone]) {
    await expectSuccess(commands.hidePost({ subject: of(id), by: 'local', violation: 'spam', statement: 'It sells.' }, by('operator:local')));
  }
  t.deepEqual(await seenBy(bob), { feed: false, ofPerson: 0, replies: 0, status: 404 });
  t.like((await requestAfterWrites(bob, `/v1/posts/${root}`)).body, { replies: 0 }, 'it is in no number');
  const own = await requestAfterWrites(ada, `/v1/posts/${hidden}`);
  t.like(own.body, { id: hidden, hidden: { violation: 'spam', statement: 'It sells.' } });
  for (const id of [hidden, alone]) await expectSuccess(commands.restorePost({ subject: of(id), by: 'local' }, by('operator:local')));
  t.deepEqual(await seenBy(bob), before);
  t.false('hidden' in (await requestAfterWrites(ada, `/v1/posts/${hidden}`)).body);
});
