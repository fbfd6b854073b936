/** Lists of people, and the numbers beside them. */
import test from 'ava';
import { givenReadApi, type LoggedInPerson } from '../test-fixture.ts';

const LISTS = ['/v1/me/friends', '/v1/me/follows', '/v1/me/mutes', '/v1/me/friend-requests'] as const;

test('people across a block, either way, are in no list but that of blocks, and are back when it ends', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob, cyd, eve] = [await api.person('Ada'), await api.person('Bob'), await api.person('Cyd'), await api.person('Eve')];
  for (const other of [bob, cyd]) {
    const pair = { person: ada.person, other: other.person };
    await api.friends(ada, other);
    await api.expectSuccess(commands.follow(pair, by(ada.person)));
    await api.expectSuccess(commands.mute(pair, by(ada.person)));
  }
  await api.expectSuccess(commands.requestFriend({ person: ada.person, other: eve.person }, by(ada.person)));
  const seen = async (path: string) => {
    const { people, received, sent } = (await api.requestAfterWrites(ada, path)).body;
    return [...(people ?? []), ...[...(received ?? []), ...(sent ?? [])].map(({ person }) => person)]
      .map(({ name }) => name ?? '')
      .sort((one, other) => one.localeCompare(other));
  };
  const all = () => Promise.all(LISTS.map(seen));
  const before = await all();
  t.deepEqual(before, [['Bob', 'Cyd'], ['Bob', 'Cyd'], ['Bob', 'Cyd'], ['Eve']]);

  const blocks: readonly (readonly [LoggedInPerson, LoggedInPerson])[] = [
    [bob, ada],
    [ada, cyd],
    [eve, ada],
  ];
  for (const [{ person }, other] of blocks) await api.expectSuccess(commands.block({ person, other: other.person }, by(person)));
  t.deepEqual(await all(), [[], [], [], []]);
  t.deepEqual(await seen('/v1/me/blocks'), ['Cyd']);
  for (const [{ person }, other] of blocks) await api.expectSuccess(commands.unblock({ person, other: other.person }, by(person)));
  t.deepEqual(await all(), before);
});

test('the number of people that one follows is that of the list', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const ada = await api.person('Ada');
  const others = await Promise.all(['Bob', 'Cyd', 'Dan', 'Eve'].map((name) => api.person(name)));
  for (const { person: other } of others) await api.expectSuccess(commands.follow({ person: ada.person, other }, by(ada.person)));
  const numbers = async () => {
    const me = (await api.requestAfterWrites(ada, '/v1/me')).body as unknown as { readonly follows: number };
    return [me.follows, (await api.requestAfterWrites(ada, '/v1/me/follows')).body.people.length];
  };
  t.deepEqual(await numbers(), [4, 4]);
  const [bob, cyd, dan] = others as [LoggedInPerson, LoggedInPerson, LoggedInPerson];
  await api.expectSuccess(commands.block({ person: bob.person, other: ada.person }, by(bob.person)));
  await api.expectSuccess(commands.block({ person: ada.person, other: cyd.person }, by(ada.person)));
  await api.expectSuccess(commands.block({ person: ada.person, other: dan.person }, by(ada.person)));
  await api.expectSuccess(commands.block({ person: dan.person, other: ada.person }, by(dan.person)));
  t.deepEqual(await numbers(), [1, 1]);
});
