import test from 'ava';
import type { PostVisibility } from '../../../domain/feed/events.ts';
import type { PostId } from '../../../domain/shared/ids.ts';
import { givenReadApi, type LoggedInPerson } from '../../test-fixture.ts';
import { ANCESTORS_MAX } from './threads.ts';

type Thread = {
  readonly ancestors: readonly { readonly id: PostId; readonly replyTo: PostId | null }[];
  readonly post: { readonly id: PostId };
  readonly replies: readonly { readonly id: PostId }[];
  readonly next: PostId | null;
};
type Edits = { readonly edits: readonly { readonly text: string; readonly at: string; readonly until: string }[]; readonly next: string | null };

async function givenAda() {
  const api = await givenReadApi();
  const { commands, by, time } = api.work;
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  await api.friends(ada, bob);
  const publish = async ({ person }: LoggedInPerson, post: { readonly replyTo?: PostId; readonly visibility?: PostVisibility } = {}) => {
    await time.advance(1);
    return (await api.expectSuccess(commands.publishPost({ author: person, text: 'Hello', ...post }, by(person)))).id;
  };
  const threadOf = async (caller: LoggedInPerson, post: PostId, query = '') =>
    (await api.requestAfterWrites(caller, `/v1/posts/${post}/thread${query}`)).body as unknown as Thread;
  return { api, ada, bob, publish, threadOf };
}

test('a thread is as deep as it is, and each answer tells a bounded part: the nearest ancestors, and a page of replies', async (t) => {
  const { api, ada, bob, publish, threadOf } = await givenAda();
  await using _ = api;
  const chain: PostId[] = [];
  for (let depth = 0; depth < ANCESTORS_MAX + 5; depth++) {
    const replyTo = chain.at(-1);
    chain.push(await publish(depth % 2 === 0 ? ada : bob, replyTo === undefined ? {} : { replyTo }));
  }
  const last = chain.at(-1) as PostId;
  const replies: PostId[] = [];
  for (let n = 0; n < 3; n++) replies.push(await publish(bob, { replyTo: last }));

  const thread = await threadOf(ada, last, '?limit=2');
  t.deepEqual(
    thread.ancestors.map(({ id }) => id),
    chain.slice(-1 - ANCESTORS_MAX, -1),
  );
  t.deepEqual(
    thread.replies.map(({ id }) => id),
    replies.slice(0, 2),
  );
  const more = await api.requestAfterWrites(ada, `/v1/posts/${last}/replies?after=${thread.next}`);
  t.deepEqual(
    more.body.posts.map(({ id }) => id as PostId),
    replies.slice(2),
  );

  const [highest] = thread.ancestors;
  t.is(highest?.replyTo, chain[3] ?? null, 'there is more above');
  const above = await threadOf(ada, highest?.replyTo as PostId);
  t.deepEqual(
    above.ancestors.map(({ id }) => id),
    chain.slice(0, 3),
  );
});

test('nothing is shown above a post that the reader can’t see, whatever the reason', async (t) => {
  for (const reason of ['deleted', 'blocked'] as const) {
    const { api, ada, bob, publish, threadOf } = await givenAda();
    await using _ = api;
    const { commands, by } = api.work;
    const eve = await api.person('Eve');
    const root = await publish(bob);
    const middle = await publish(eve, { replyTo: root });
    const lower = await publish(bob, { replyTo: middle });
    const post = await publish(bob, { replyTo: lower });
    if (reason === 'deleted') await api.expectSuccess(commands.deletePost({ author: eve.person, post: middle }, by(eve.person)));
    else await api.expectSuccess(commands.block({ person: eve.person, other: ada.person }, by(eve.person)));
    const thread = await threadOf(ada, post);
    t.deepEqual(
      thread.ancestors.map(({ id, replyTo }) => ({ id, replyTo })),
      [{ id: lower, replyTo: null }],
      reason,
    );
    t.like((await api.requestAfterWrites(ada, `/v1/posts/${lower}`)).body, { isReply: true, replyTo: null });
  }
});

test('the thread below a post for friends is for those friends, whoever writes in it', async (t) => {
  const { api, ada, bob, publish } = await givenAda();
  await using _ = api;
  const [cyd, dan] = [await api.person('Cyd'), await api.person('Dan')];
  await api.friends(cyd, ada);
  await api.friends(dan, bob);
  const post = await publish(ada, { visibility: 'friends' });
  const reply = await publish(bob, { replyTo: post });
  const deeper = await publish(bob, { replyTo: reply, visibility: 'friends' });
  const own = await publish(bob, { replyTo: post, visibility: 'self' });
  const seenBy = async (caller: LoggedInPerson) =>
    Promise.all([reply, deeper, own].map(async (id) => (await api.requestAfterWrites(caller, `/v1/posts/${id}`)).status === 200));
  t.deepEqual(await seenBy(ada), [true, true, false]);
  t.deepEqual(await seenBy(cyd), [true, true, false], 'a friend of Ada, and not of Bob');
  t.deepEqual(await seenBy(dan), [false, false, false], 'a friend of Bob, and not of Ada');
  t.deepEqual(await seenBy(bob), [true, true, true]);
  t.like((await api.requestAfterWrites(bob, `/v1/posts/${post}`)).body, { replies: 1 }, 'what only its author sees is in no counter');
  await api.expectSuccess(api.work.commands.block({ person: ada.person, other: cyd.person }, api.work.by(ada.person)));
  t.deepEqual(await seenBy(cyd), [false, false, false], 'they are still friends, but a block stands between them');
});

test('what a post said before is listed by the page, and nothing of it is left when the post is deleted', async (t) => {
  const { api, ada, bob, publish } = await givenAda();
  await using _ = api;
  const { commands, by, time } = api.work;
  const post = await publish(ada);
  for (const text of ['one', 'two', 'three']) {
    await time.advance(1_000);
    await api.expectSuccess(commands.editPost({ author: ada.person, post, text }, by(ada.person)));
  }
  const edits = async (query: string) => (await api.requestAfterWrites(bob, `/v1/posts/${post}/edits${query}`)).body as unknown as Edits;
  const first = await edits('?limit=2');
  t.deepEqual(
    first.edits.map(({ text }) => text),
    ['two', 'one'],
  );
  t.is(first.edits[0]?.at, first.edits[1]?.until);
  const second = await edits(`?limit=2&before=${first.next}`);
  t.deepEqual([second.edits.map(({ text }) => text), second.next], [['Hello'], null]);
  await api.expectSuccess(commands.deletePost({ author: ada.person, post }, by(ada.person)));
  t.is((await api.requestAfterWrites(ada, `/v1/posts/${post}/edits`)).status, 404);
  t.deepEqual(
    (await api.work.views.find('post-versions', { where: { post }, limit: 10 })).map(({ text }) => text),
    [null, null, null],
  );
});
