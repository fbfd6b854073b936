import { randomUUID } from 'node:crypto';
import test from 'ava';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../test-fixture.ts';

let api: ReadApiFixture;
test.before(async () => void (api = await givenReadApi()));
test.after.always(() => api[Symbol.asyncDispose]());

/** Names that no other test of this file has. */
const family = () => `Q${randomUUID().replaceAll('-', '')}`;
const find = async (as: LoggedInPerson, q: string, more = '') =>
  (await api.requestAfterWrites(as, `/v1/people?q=${encodeURIComponent(q)}${more}`)).body as unknown as {
    readonly people: readonly { readonly id: string; readonly name: string; readonly friend: boolean; readonly followed: boolean }[];
    readonly next: string | null;
  };
/** Where two have the same word, their ids decide which comes first. */
const namesFor = async (as: LoggedInPerson, q: string) => (await find(as, q)).people.map(({ name }) => name).toSorted();
const change = async ({ person }: LoggedInPerson, changes: { readonly name?: string; readonly findable?: boolean }) =>
  api.expectSuccess(api.work.commands.changeProfile({ person, ...changes }, api.work.by(person)));

test('people are found by the words of their names, each once, by the newest name, until they are erased', async (t) => {
  const { commands, by } = api.work;
  const name = family();
  const [ada, bob] = [await api.person(`Ada ${name}`), await api.person(`Bób ${name} ${name}x`)];
  t.deepEqual(await namesFor(ada, name), [`Ada ${name}`, `Bób ${name} ${name}x`], 'both, and the one with two such words once');
  t.deepEqual(await namesFor(ada, `bo ${name.toLowerCase()}`), [`Bób ${name} ${name}x`]);
  await change(bob, { name: `Bea ${name}` });
  t.deepEqual(await namesFor(ada, `bo ${name}`), []);
  t.deepEqual(await namesFor(ada, `${name}x`), [], 'nor by what the name has no more');
  t.deepEqual(await namesFor(ada, `be ${name}`), [`Bea ${name}`]);
  await api.expectSuccess(commands.erasePerson({ person: bob.person }, by(bob.person)));
  t.deepEqual(await namesFor(ada, name), [`Ada ${name}`]);
});

test('a whole login name finds its person first, whatever the person is called, and once', async (t) => {
  const { commands, by } = api.work;
  const [reader, login] = [await api.person(), family()];
  const { id } = await api.expectSuccess(commands.signUp({ loginName: login, name: `Zoe ${login}`, password: '' }, by(login)));
  await api.person(`Ann ${login}`);
  for (const q of [login, `@${login.toLowerCase()}`, ` @${login} `]) {
    const [first, ...others] = (await find(reader, q)).people;
    t.is(first?.id, id);
    t.deepEqual(
      others.map((other) => other.name),
      [`Ann ${login}`],
    );
  }
  const page = await find(reader, login, '&limit=1');
  t.deepEqual([page.people.length, page.people[0]?.id], [1, id]);
  const { people: rest } = await find(reader, login, `&limit=1&after=${page.next}`);
  t.deepEqual(
    rest.map((other) => other.name),
    [`Ann ${login}`],
    'also where the first page has room for nobody else',
  );
  t.deepEqual(await namesFor(reader, login.slice(0, -1)), [`Ann ${login}`, `Zoe ${login}`], 'a beginning finds names alone');
  await api.expectSuccess(commands.erasePerson({ person: id }, by(id)));
  t.deepEqual(await namesFor(reader, login), [`Ann ${login}`]);
});

test('who does not want to be found is found by nobody else, also not by login name, until they want to be found again', async (t) => {
  const { commands, by } = api.work;
  const [reader, login] = [await api.person(), family()];
  const { id: person } = await api.expectSuccess(commands.signUp({ loginName: login, name: login, password: '' }, by(login)));
  const hidden = { ...reader, person };
  t.deepEqual(await namesFor(reader, login), [login]);
  await change(hidden, { findable: false });
  t.deepEqual(await namesFor(reader, login), []);
  await change(hidden, { name: `${login}s` });
  t.deepEqual(await namesFor(reader, login), [], 'another name changes nothing');
  await change(hidden, { findable: true });
  t.deepEqual(await namesFor(reader, `${login}s`), [`${login}s`]);
});

test('people across a block don’t find each other, from the moment of the block on, and friends and followed people are marked', async (t) => {
  const { commands, by } = api.work;
  const name = family();
  const [ada, friend, blocked] = [await api.person(`Ada ${name}`), await api.person(`Fay ${name}`), await api.person(`Gil ${name}`)];
  await api.friends(ada, friend);
  await api.expectSuccess(commands.follow({ person: ada.person, other: blocked.person }, by(ada.person)));
  const own = { id: ada.person, name: `Ada ${name}`, friend: false, followed: false };
  const found = (await find(ada, name)).people.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  t.deepEqual(found, [
    own,
    { id: friend.person, name: `Fay ${name}`, friend: true, followed: false },
    { id: blocked.person, name: `Gil ${name}`, friend: false, followed: true },
  ]);
  await commands.block({ person: ada.person, other: blocked.person }, by(ada.person));
  const unsettled = async (as: LoggedInPerson) => (await api.request(as, `/v1/people?q=${name}`)).body.people.map((one) => one.name ?? '').toSorted();
  for (const _ of ['at once', 'later']) {
    t.deepEqual(await unsettled(ada), [`Ada ${name}`, `Fay ${name}`]);
    t.deepEqual(await unsettled(blocked), [`Fay ${name}`, `Gil ${name}`]);
    await api.work.untilIdle();
  }
});

test('pages have everybody who is found once, and no cursor tells of somebody who isn’t', async (t) => {
  const name = family();
  const reader = await api.person();
  const people: LoggedInPerson[] = [];
  for (let number = 0; number < 12; number++) people.push(await api.person(`${name} ${'abcdefghijkl'.charAt(number)}`));
  for (const hidden of [people[3], people[7], people[11]]) if (hidden !== undefined) await change(hidden, { findable: false });
  const pages: string[][] = [];
  const cursors: string[] = [];
  for (let next: string | null = '', more = ''; next !== null; more = `&after=${next}`) {
    const page = await find(reader, name, `&limit=4${more}`);
    pages.push(page.people.map((one) => one.id));
    next = page.next;
    if (next !== null) cursors.push(Buffer.from(next, 'base64url').toString());
  }
  const visible = people.filter((_, number) => ![3, 7, 11].includes(number)).map(({ person }) => person as string);
  t.deepEqual(pages.flat().toSorted(), visible.toSorted());
  t.true(pages.every((page) => page.length <= 4));
  t.true(cursors.every((cursor) => visible.some((person) => cursor.endsWith(person))));
  t.deepEqual((await find(reader, 'Another', `&after=${Buffer.from(`${name}\n`).toString('base64url')}`)).people, [], 'a cursor of another query');
});
