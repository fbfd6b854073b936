import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { PersonId, PostId } from '../../../domain/shared/ids.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../../test-fixture.ts';

let api: ReadApiFixture;
test.before(async () => void (api = await givenReadApi()));
test.after.always(() => api[Symbol.asyncDispose]());

type Named = LoggedInPerson & { readonly login: string };

/** A person who can be mentioned. */
async function named(): Promise<Named> {
  const { commands, by, vault, clock } = api.work;
  const login = `p${randomUUID()}`;
  const { id: person } = await api.expectSuccess(commands.signUp({ loginName: login, name: login, password: '' }, by(login)));
  const session = randomUUID();
  const expiresAt = new Date(Date.parse(clock()) + 86_400_000).toISOString() as ReturnType<typeof clock>;
  await vault.put('session', session, { person, createdAt: clock(), expiresAt }, { owner: person });
  return { login, person, session, token: await api.tokens.issue({ person, session, expiresAt }) };
}

const newTag = () => `t${randomUUID().replaceAll('-', '')}`;
const idsAt = async (as: LoggedInPerson, path: string) => (await api.requestAfterWrites(as, path)).body.posts.map(({ id }) => id);
const tagged = (as: LoggedInPerson, tag: string) => idsAt(as, `/v1/tags/${encodeURIComponent(tag)}/posts`);
const mentions = (as: LoggedInPerson) => idsAt(as, '/v1/me/mentions');
const edit = ({ person: author }: LoggedInPerson, post: PostId, text: string) =>
  api.expectSuccess(api.work.commands.editPost({ author, post, text }, api.work.by(author)));

test('a hashtag has a page of posts, newest first, however it is spelled, and says where in the text it is', async (t) => {
  const [ada, bob, tag] = [await api.person(), await api.person(), newTag()];
  const first = await api.post(ada, `😀 #${tag}서울`);
  const second = await api.post(bob, `#${tag.toUpperCase()}서울 twice #${tag}서울`, first);
  await api.post(ada, `#${tag}`);
  for (const spelt of [`${tag}서울`, `#${tag}서울`, `${tag.toUpperCase()}서울`, `${tag}서울`.normalize('NFD')])
    t.deepEqual(await tagged(ada, spelt), [second, first]);
  const [, last] = (await api.requestAfterWrites(ada, `/v1/tags/${tag}서울/posts`)).body.posts;
  t.deepEqual(last?.entities, { links: [], mentions: [], hashtags: [{ from: 2, to: 5 + tag.length, tag: `${tag}서울` }] });
});

test('the page of a hashtag comes in pages, without gap or repetition', async (t) => {
  const [ada, tag] = [await api.person(), newTag()];
  const posts: PostId[] = [];
  for (let number = 0; number < 5; number++) posts.push(await api.post(ada, `#${tag} ${number} #${tag}too`));
  const pages: string[][] = [];
  for (let next: string | null = '', cursor = ''; next !== null; cursor = `&before=${next}`) {
    const { body } = await api.requestAfterWrites(ada, `/v1/tags/${tag}/posts?limit=2${cursor}`);
    pages.push(body.posts.map(({ id }) => id));
    next = body.next;
  }
  t.deepEqual(pages.flat(), posts.toReversed());
});

test('a post is found by what it says now, and by nothing once it is deleted', async (t) => {
  const [ada, bob, tag] = [await api.person(), await named(), newTag()];
  const post = await api.post(ada, `#${tag}one #${tag}two @${bob.login}`);
  await edit(ada, post, `#${tag}two #${tag}three`);
  t.deepEqual([await tagged(ada, `${tag}one`), await tagged(ada, `${tag}two`), await tagged(ada, `${tag}three`)], [[], [post], [post]]);
  t.deepEqual(await mentions(bob), []);
  await edit(ada, post, `@${bob.login}`);
  t.deepEqual(await mentions(bob), [post]);
  await api.expectSuccess(api.work.commands.deletePost({ author: ada.person, post }, api.work.by(ada.person)));
  t.deepEqual([await tagged(ada, `${tag}two`), await mentions(bob)], [[], []]);
  const terms = await api.work.views.find('post-terms', { where: { post }, limit: 100 });
  t.true(
    terms.every((term) => term.tag === null && term.person === null),
    'nothing of it is left in the view',
  );
});

test('nothing of an erased author is left under a hashtag or a mention', async (t) => {
  const [ada, bob, tag] = [await api.person(), await named(), newTag()];
  await api.post(ada, `#${tag} @${bob.login}`);
  await api.expectSuccess(api.work.commands.erasePerson({ person: ada.person }, api.work.by(ada.person)));
  t.deepEqual([await tagged(bob, tag), await mentions(bob)], [[], []]);
  t.deepEqual(await api.work.views.find('post-terms', { where: { tag }, limit: 1 }), []);
});

test('a mention is of the person with the login name, who finds the post in a list; of nobody where there is none', async (t) => {
  const [ada, bob] = [await api.person(), await named()];
  const post = await api.post(ada, `@${bob.login.toUpperCase()}님 @${newTag()}`);
  const [shown] = (await api.requestAfterWrites(bob, '/v1/me/mentions')).body.posts;
  t.like(shown, { id: post, entities: { mentions: [{ from: 0, to: 1 + bob.login.length, person: bob.person }] } });
});

test('who is across a block, or does not want to be found and is no friend, is not mentioned', async (t) => {
  const { commands, by } = api.work;
  const [ada, bob, shy] = [await api.person(), await named(), await named()];
  await api.expectSuccess(commands.block({ person: bob.person, other: ada.person }, by(bob.person)));
  await api.expectSuccess(commands.changeProfile({ person: shy.person, findable: false }, by(shy.person)));
  const mentionedIn = async (post: PostId) =>
    ((await api.requestAfterWrites(ada, `/v1/posts/${post}`)).body as unknown as { entities: { mentions: { person: PersonId }[] } }).entities.mentions.map(
      ({ person }) => person,
    );
  t.deepEqual(await mentionedIn(await api.post(ada, `@${bob.login} @${shy.login} @nobody-${newTag()}`)), []);
  await api.friends(ada, shy);
  t.deepEqual(await mentionedIn(await api.post(ada, `@${bob.login} @${shy.login}`)), [shy.person]);
});

test('posts of people whom the reader mutes or blocks, or who block the reader, are on no page of a hashtag and among no mentions', async (t) => {
  const { commands, by } = api.work;
  const [reader, tag] = [await named(), newTag()];
  const [muted, blocked, blocker, other] = [await api.person(), await api.person(), await api.person(), await api.person()];
  const posts = new Map<LoggedInPerson, PostId>();
  for (const author of [muted, blocked, blocker, other]) posts.set(author, await api.post(author, `#${tag} @${reader.login}`));
  t.is((await tagged(reader, tag)).length, 4);
  await api.expectSuccess(commands.mute({ person: reader.person, other: muted.person }, by(reader.person)));
  await api.expectSuccess(commands.block({ person: reader.person, other: blocked.person }, by(reader.person)));
  await api.expectSuccess(commands.block({ person: blocker.person, other: reader.person }, by(blocker.person)));
  t.deepEqual([await tagged(reader, tag), await mentions(reader)], [[posts.get(other)], [posts.get(other)]]);
});

test('a post that only friends may read is on no page of a hashtag, and mentions only for friends', async (t) => {
  const { commands, by } = api.work;
  const [ada, friend, stranger, tag] = [await api.person(), await named(), await named(), newTag()];
  await api.friends(ada, friend);
  const publish = (visibility: 'friends' | 'self') =>
    api.expectSuccess(commands.publishPost({ author: ada.person, text: `#${tag} @${friend.login} @${stranger.login}`, visibility }, by(ada.person)));
  const { id } = await publish('friends');
  await publish('self');
  await edit(ada, id, `#${tag} again @${friend.login} @${stranger.login}`);
  for (const reader of [ada, friend, stranger]) t.deepEqual(await tagged(reader, tag), []);
  t.deepEqual([await mentions(friend), await mentions(stranger)], [[id], []]);
});
