import test from 'ava';
import type { KeyScope } from '../../../domain/notifications/apps/events.ts';
import { givenReadApi, type ReadApiFixture } from '../../test-fixture.ts';
import { follow, waitUntil } from '../../testing/follow.ts';

type Change = { collection: string; id: string; version: string; change: string; document: Record<string, unknown> | null };
type Page = { changes: Change[]; cursor: string; caughtUp: boolean };

async function keyWith({ app, expectSuccess, work }: ReadApiFixture, ...scopes: readonly KeyScope[]) {
  const { app: id } = await app();
  const { secret } = await expectSuccess(work.commands.addAppKey({ app: id, name: 'A worker', scopes }, work.by('admin-token')));
  return { app: id, secret: secret ?? '' };
}

const pageOf = async (api: ReadApiFixture, key: { app: never; secret: string }, path: string): Promise<Page> => {
  const { status, body } = await api.request(key, path);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body as unknown as Page;
};

test('a subscriber begins with what there is, and goes on with what changes, each as it is now', async (t) => {
  await using api = await givenReadApi();
  const key = (await keyWith(api, 'projections:posts', 'personal-fields')) as never;
  const ada = await api.person('Ada');
  const first = await api.post(ada, 'One');
  await api.work.untilIdle();
  const path = '/v1/projections/posts/changes?collection=posts';
  const start = await pageOf(api, key, path);
  t.deepEqual(
    start.changes.map(({ id, change, document }) => [id, change, document?.['text']]),
    [[first, 'put', 'One']],
  );
  t.true(start.caughtUp);
  const second = await api.post(ada, 'Two');
  await api.expectSuccess(api.work.commands.editPost({ post: first, author: ada.person, text: 'One, edited' }, api.work.by(ada.person)));
  await api.expectSuccess(api.work.commands.deletePost({ post: second, author: ada.person }, api.work.by(ada.person)));
  await api.work.untilIdle();
  const next = await pageOf(api, key, `${path}&after=${start.cursor}`);
  const latest = new Map(next.changes.map((one) => [one.id, one]));
  t.deepEqual([latest.get(first)?.document?.['text'], latest.get(second)?.change, latest.get(second)?.document], ['One, edited', 'removed', null]);
  t.true((latest.get(first)?.version ?? '') > (start.changes[0]?.version ?? ''));
  t.deepEqual((await pageOf(api, key, `${path}&after=${next.cursor}`)).changes, []);
});

test('a page that waits ends with the first change', async (t) => {
  await using api = await givenReadApi();
  const key = (await keyWith(api, 'projections:posts')) as never;
  const ada = await api.person();
  const { cursor } = await pageOf(api, key, '/v1/projections/posts/changes');
  const waiting = pageOf(api, key, `/v1/projections/posts/changes?wait=30&after=${cursor}`);
  const post = await api.post(ada, 'Hello');
  const { changes } = await waiting;
  t.deepEqual(
    changes.map(({ collection, id }) => [collection, id]),
    [['posts', post]],
  );
  t.false('text' in (changes[0]?.document ?? {}), 'without the scope, nobody’s words');
  t.is(changes[0]?.document?.['author'], ada.person);
});

test('pages of one change each come to the end, though an event concerns several documents', async (t) => {
  await using api = await givenReadApi();
  const key = (await keyWith(api, 'projections:posts', 'personal-fields')) as never;
  const [ada, bob] = [await api.person(), await api.person()];
  let { cursor } = await pageOf(api, key, '/v1/projections/posts/changes');
  const post = await api.post(ada, 'One');
  await api.expectSuccess(api.work.commands.editPost({ post, author: ada.person, text: 'Two' }, api.work.by(ada.person)));
  await api.expectSuccess(api.work.commands.likePost({ post, person: bob.person }, api.work.by(bob.person)));
  await api.work.untilIdle();
  const told = new Set<string>();
  for (let pages = 0, isAll = false; !isAll; pages += 1) {
    t.true(pages < 20, 'each page goes on');
    const page = await pageOf(api, key, `/v1/projections/posts/changes?limit=1&after=${cursor}`);
    for (const { collection } of page.changes) told.add(collection);
    ({ cursor, caughtUp: isAll } = page);
  }
  t.deepEqual([...told].toSorted(), ['likes', 'post-versions', 'posts']);
});

test('a page repeats nothing of the one before', async (t) => {
  await using api = await givenReadApi();
  const key = (await keyWith(api, 'projections:posts')) as never;
  const ada = await api.person();
  let { cursor } = await pageOf(api, key, '/v1/projections/posts/changes?collection=posts');
  const posts: string[] = [];
  while (posts.length < 50) posts.push(await api.post(ada, `Post ${posts.length}`));
  await api.work.untilIdle();
  const told: string[] = [];
  for (let isAll = false; !isAll;) {
    const page = await pageOf(api, key, `/v1/projections/posts/changes?collection=posts&limit=30&after=${cursor}`);
    told.push(...page.changes.map(({ id }) => id));
    ({ cursor, caughtUp: isAll } = page);
  }
  t.deepEqual(told, posts);
});

test('the parts together are the whole, and no document is in two', async (t) => {
  await using api = await givenReadApi();
  const key = (await keyWith(api, 'projections:profile', 'personal-fields')) as never;
  const people = await Promise.all(Array.from({ length: 12 }, (_, n) => api.person(`Person ${n}`)));
  await api.work.untilIdle();
  const parts = await Promise.all([0, 1, 2].map((part) => pageOf(api, key, `/v1/projections/profile/changes?of=3&part=${part}`)));
  t.deepEqual(parts.flatMap(({ changes }) => changes.map(({ id }) => id)).toSorted(), people.map(({ person }) => person).toSorted());
  t.true(parts.every(({ changes }) => changes.length > 0));
});

test('a filter tells of what has the value, and of what has it no longer', async (t) => {
  await using api = await givenReadApi();
  const key = (await keyWith(api, 'projections:friends')) as never;
  const [ada, bob, cyd] = [await api.person(), await api.person(), await api.person()];
  await api.friends(ada, bob);
  await api.friends(bob, cyd);
  await api.work.untilIdle();
  const { changes } = await pageOf(api, key, `/v1/projections/friends/changes?collection=friends&filter=person=${ada.person}`);
  t.deepEqual(
    changes.filter(({ change }) => change === 'put').map(({ document }) => document?.['friend']),
    [bob.person],
  );
  t.true(changes.every(({ change, document }) => change === 'put' || document === null));
});

test('as CloudEvents, with the id of the version', async (t) => {
  await using api = await givenReadApi();
  const key = (await keyWith(api, 'projections:posts', 'personal-fields')) as never;
  const post = await api.post(await api.person(), 'Hello');
  await api.work.untilIdle();
  const { changes } = await pageOf(api, key, '/v1/projections/posts/changes?collection=posts&form=cloudevents');
  const [event] = changes as unknown as Record<string, unknown>[];
  t.like(event, { specversion: '1.0', source: '/v1/projections/posts', type: 'tidings.posts.posts.put', subject: `posts/${post}` });
  t.is(event?.['id'], `posts/${post}/${String(event?.['tidingsversion'])}`);
});

test('a stream tells changes as they come, and where it stands; it goes on at that place', async (t) => {
  await using api = await givenReadApi();
  const key = (await keyWith(api, 'projections:posts', 'personal-fields')) as never;
  const ada = await api.person();
  const stream = await follow(api, key, '/v1/projections/posts/changes/live');
  await waitUntil(() => stream.events.some(({ event, data }) => event === 'position' && 'caughtUp' in data && data.caughtUp === true));
  const post = await api.post(ada, 'Live');
  await waitUntil(() => stream.events.some(({ event, data }) => event === 'change' && data.id === post));
  await waitUntil(() => stream.events.at(-1)?.event === 'position');
  const cursor = stream.events.at(-1)?.id ?? '';
  stream.leave();
  await stream.ended;
  const later = await api.post(ada, 'Later');
  const again = await follow(api, key, '/v1/projections/posts/changes/live', { 'last-event-id': cursor });
  await waitUntil(() => again.events.some(({ event, data }) => event === 'change' && data.id === later));
  t.false(
    again.events.some(({ data }) => data.id === post),
    'what was told is told once',
  );
  again.leave();
  await again.ended;
});

test('a stream ends when its key is taken away, or its app is disabled', async (t) => {
  await using api = await givenReadApi({ sessionCheckMs: 10 });
  for (const how of ['removed', 'disabled'] as const) {
    const key = await keyWith(api, 'projections:posts', 'personal-fields');
    const stream = await follow(api, key as never, '/v1/projections/posts/changes/live');
    await waitUntil(() => stream.events.some(({ event }) => event === 'position'));
    if (how === 'removed') await api.work.vault.removeOwned(key.app);
    else await api.work.vault.put('app-disabled', key.app, { at: api.work.clock() }, { owner: key.app });
    t.is(await stream.ended, 'ended', how);
  }
});

test('only a key with the scope may subscribe, and a cursor is of these changes', async (t) => {
  await using api = await givenReadApi();
  const key = (await keyWith(api, 'projections:posts')) as never;
  const secret = await api.app();
  const codeOf = async (caller: never, path: string) => (await api.request(caller, path)).body['code'];
  t.is(await codeOf(secret as never, '/v1/projections/posts/changes'), 'scope-missing');
  t.is(await codeOf(key, '/v1/projections/profile/changes'), 'scope-missing');
  t.is(await codeOf(key, '/v1/projections/profile/changes/live'), 'scope-missing');
  t.is(await codeOf(key, '/v1/projections/contacts/changes'), 'bad-request', 'not offered');
  t.is(await codeOf(key, '/v1/projections/posts/changes?after=x'), 'changes-cursor-invalid');
  t.is(await codeOf(key, '/v1/projections/posts/changes?after=l~~contacts~'), 'changes-cursor-invalid');
  t.is(await codeOf(key, '/v1/projections/posts/changes?after=e~7-0.12'), 'position-of-another-log');
  t.is(await codeOf(key, '/v1/projections/posts/changes?of=2&part=2'), 'part-out-of-range');
  t.is(await codeOf(key, '/v1/projections/posts/changes?collection=contacts'), 'changes-filter-invalid');
  t.is(await codeOf(key, '/v1/projections/posts/changes?filter=author=x'), 'changes-filter-invalid');
  t.is(await codeOf(key, '/v1/projections/posts/changes?collection=posts&filter=text=x'), 'changes-filter-invalid');
});
