/** Posts that are written without a network, are refused, or are written in one of several tabs. */
import test from 'ava';
import { createApi } from '../http/api.ts';
import { createServerClock } from '../http/server-clock.ts';
import { memoryStorage, type Storage } from '../storage/storage.ts';
import { onlyTab, openTabs, type Tabs, type TabsEnvironment } from '../tabs/tabs.ts';
import { openPosts, type OutgoingPost, type Posts } from './posts.ts';

type Asked = { readonly key: string; readonly path: string; readonly text: string };
/** What the server does with a request, after it has come. */
type Answer = Response | 'no answer';

/** A server that does what it is told, and what it was asked for. */
function server(answer: (asked: Asked) => Answer = ({ key }) => Response.json({ id: `post of ${key}` })) {
  const asked: Asked[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    const { text } = (await request.json()) as { readonly text: string };
    const one = { key: request.headers.get('idempotency-key') ?? '', path: new URL(request.url).pathname, text };
    asked.push(one);
    const given = answer(one);
    if (given === 'no answer') throw new TypeError('Failed to fetch');
    return given;
  };
  return { asked, fetch };
}

const problem = (status: number, code: string, facts = {}): Response => Response.json({ code, status, detail: 'A sentence.', facts }, { status });

type Given = { readonly storage?: Storage; readonly tabs?: Tabs; readonly clockMs?: number };

async function given({ fetch }: ReturnType<typeof server>, { storage = memoryStorage(), tabs = onlyTab(), clockMs = 3_600_000 }: Given = {}) {
  const clock = createServerClock({ now: () => clockMs });
  const storageErrors: unknown[] = [];
  const api = createApi({ url: 'http://tidings.test', clock, retry: { firstMs: 1, forMs: 1 } }, { fetch });
  const posts = await openPosts({ api, tabs, storage, onStorageError: (error) => storageErrors.push(error) });
  tabs.join();
  return { posts, storage, tabs };
}

const textsOf = (all: readonly { readonly text: string }[]) => all.map(({ text }) => text);
const untilOutgoing = ({ outgoing }: Posts, isSo: (all: readonly OutgoingPost[]) => boolean): Promise<void> =>
  new Promise((resolve) => outgoing.subscribe((all) => isSo(all) && resolve()));

test('posts that were written without a network wait, also over a reload, and are each published once in their order', async (t) => {
  const away = server(() => 'no answer');
  const before = await given(away);
  for (const text of ['one', 'two']) await before.posts.publish({ text });
  await before.posts.publish({ text: 'later', publishAt: '2026-12-24T18:00:00Z' });
  t.deepEqual(
    before.posts.outgoing.value.map(({ post, failure }) => [post.text, failure]),
    [
      ['one', undefined],
      ['two', undefined],
      ['later', undefined],
    ],
  );
  before.tabs.leave();
  const there = server();
  const { posts, storage } = await given(there, { storage: before.storage });
  const published: (string | undefined)[] = [];
  posts.onPublished(({ id, post }) => published.push(`${post.text}: ${id?.slice(0, 7)}`));
  await untilOutgoing(posts, (all) => all.length === 0);
  t.deepEqual(textsOf(there.asked), ['one', 'two', 'later']);
  t.deepEqual(
    there.asked.map(({ path }) => path),
    ['/v1/me/feed', '/v1/me/feed', '/v1/me/scheduled-posts'],
  );
  t.deepEqual(published, ['one: post of', 'two: post of', 'later: undefined']);
  t.deepEqual(await storage.list('posts/'), []);
  t.true(
    away.asked.every(({ key }) => there.asked.some((one) => one.key === key)),
    'whatever was tried before was tried under the same key',
  );
});

test('one of which no answer came is published under its key until there is one, at once when the network is back', async (t) => {
  let isAway = true;
  const there = server(({ key }) => (isAway ? 'no answer' : Response.json({ id: key })));
  const { posts } = await given(there);
  await posts.publish({ text: 'Hello' });
  while (there.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  isAway = false;
  posts.networkIsBack();
  await untilOutgoing(posts, (all) => all.length === 0);
  t.is(new Set(there.asked.map(({ key }) => key)).size, 1);
});

test('one that is refused stays with the server’s sentence, also over a reload, and those behind it are published', async (t) => {
  const there = server(({ text }) => (text === 'too much' ? problem(409, 'post-limit') : Response.json({ id: 'id' })));
  const before = await given(there);
  for (const text of ['too much', 'fine']) await before.posts.publish({ text });
  await untilOutgoing(before.posts, ([one, ...others]) => one?.failure !== undefined && others.length === 0);
  t.like(before.posts.outgoing.value, [{ post: { text: 'too much' }, failure: { code: 'post-limit', detail: 'A sentence.' } }]);
  before.tabs.leave();
  const { posts, storage } = await given(there, { storage: before.storage });
  t.is(there.asked.length, 2, 'it is not tried again by itself');
  const [refused] = posts.outgoing.value;
  await posts.retry(refused?.key ?? '');
  await untilOutgoing(posts, ([one]) => one?.failure !== undefined);
  t.is(there.asked[2]?.key, there.asked[0]?.key);
  await posts.discard(refused?.key ?? '');
  t.deepEqual([posts.outgoing.value, await storage.list('posts/')], [[], []]);
});

test('a key that is too old, or was made by a wrong clock, gives way to one by the server’s time', async (t) => {
  const first = server(() => problem(409, 'command-expired'));
  const old = await given(first);
  await old.posts.publish({ text: 'from last week' });
  await untilOutgoing(old.posts, ([one]) => one?.failure !== undefined);
  const [expired] = old.posts.outgoing.value;
  await old.posts.retry(expired?.key ?? '');
  await untilOutgoing(old.posts, ([one]) => one?.failure !== undefined);
  t.is(new Set(first.asked.map(({ key }) => key)).size, 2, 'the person was asked, and wants it');

  const second = server(({ key }) =>
    second.asked.length === 1 ? problem(409, 'clock-skew', { serverTime: '2026-07-01T09:30:00.000Z' }) : Response.json({ id: key }),
  );
  const { posts, storage } = await given(second);
  await posts.publish({ text: 'from tomorrow' });
  await untilOutgoing(posts, (all) => all.length === 0);
  t.is(new Set(second.asked.map(({ key }) => key)).size, 2);
  t.deepEqual(await storage.list('posts/'), []);
});

const SERVER_TIME = '2026-07-01T09:30:00.000Z';
const madeMs = (key: string) => Number.parseInt(key.replaceAll('-', '').slice(0, 12), 16);

test('a clock that is a day ahead is set by the first refusal, whatever headers may be read; a server that goes on refusing is asked seldom', async (t) => {
  const serverMs = Date.parse(SERVER_TIME);
  const skew = () => problem(409, 'clock-skew', { serverTime: SERVER_TIME });
  const there = server(({ key }) => (there.asked.length < 20 && madeMs(key) > serverMs + 60_000 ? skew() : Response.json({ id: key })));
  const { posts } = await given(there, { clockMs: serverMs + 86_400_000 });
  await posts.publish({ text: 'from tomorrow' });
  await untilOutgoing(posts, (all) => all.length === 0);
  t.is(there.asked.length, 2);

  const stubborn = server(skew);
  const refused = await given(stubborn);
  await refused.posts.publish({ text: 'never' });
  await new Promise((resolve) => setTimeout(resolve, 700));
  refused.posts.serverIsThere();
  refused.tabs.leave();
  t.true(stubborn.asked.length < 20, `${stubborn.asked.length} requests`);
  t.is((await refused.storage.list('posts/')).length, 1);
});

test('one that was refused is sent anew once, however often and whenever that is asked for, and is kept once at each moment', async (t) => {
  const kept: number[] = [];
  const values = memoryStorage();
  let isSlow = false;
  const waiting: (() => void)[] = [];
  const counting = async (change: () => Promise<void>) => {
    if (isSlow) await new Promise<void>((resolve) => waiting.push(resolve));
    await change();
    kept.push((await values.list('posts/')).length);
  };
  const storage: Storage = { ...values, set: (key, value) => counting(() => values.set(key, value)), delete: (key) => counting(() => values.delete(key)) };
  const first = server(() => (first.asked.length === 1 ? problem(409, 'command-expired') : 'no answer'));
  const { posts, tabs } = await given(first, { storage });
  await posts.publish({ text: 'from last week' });
  await untilOutgoing(posts, ([one]) => one?.failure !== undefined);
  const key = posts.outgoing.value[0]?.key ?? '';
  isSlow = true;
  const again = [posts.retry(key), posts.retry(key)];
  posts.networkIsBack();
  isSlow = false;
  for (const goOn of waiting) goOn();
  await Promise.all(again);
  while (first.asked.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  tabs.leave();
  t.is(new Set(first.asked.map((one) => one.key)).size, 2, 'the key that expired, and one in its place');
  t.true(
    kept.every((count) => count === 1),
    'a page that ends between two steps leaves one',
  );

  const there = server();
  const anew = await given(there, { storage });
  await untilOutgoing(anew.posts, (all) => all.length === 0);
  while ((await values.list('posts/')).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  t.deepEqual(
    there.asked.map((one) => one.key),
    [first.asked[1]?.key],
  );
});

test('one that the server can’t take for now is tried again by itself under its key, not before the server wants it', async (t) => {
  const limited = problem(429, 'rate-limited', { retryAfterSeconds: 1 });
  limited.headers.set('Retry-After', '1');
  const answers = [problem(500, 'internal-error'), limited, Response.json({ id: 'id' })];
  const atMs: number[] = [];
  const there = server(() => {
    atMs.push(performance.now());
    return answers.shift() ?? 'no answer';
  });
  const { posts } = await given(there);
  await posts.publish({ text: 'Hello' });
  while (posts.outgoing.value.some(({ failure }) => failure === undefined)) {
    if (atMs.length > 1) posts.serverIsThere();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  t.is(there.asked.length, 3);
  t.is(new Set(there.asked.map(({ key }) => key)).size, 1);
  t.true((atMs[2] ?? 0) - (atMs[1] ?? 0) >= 990, 'whatever else is heard meanwhile');
});

test('one that the server can’t take says that it waits, and is published no more once it is discarded', async (t) => {
  const there = server(() => problem(500, 'internal-error'));
  const { posts, storage } = await given(there);
  const key = await posts.publish({ text: 'Hello' });
  t.is(posts.outgoing.value[0]?.waits, undefined, 'what is on its way does not wait');
  await untilOutgoing(posts, ([one]) => one?.waits === true);
  await posts.discard(key);
  t.deepEqual([posts.outgoing.value, await storage.list('posts/')], [[], []]);
  const asked = there.asked.length;
  posts.networkIsBack();
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.is(there.asked.length, asked);
});

test('what one tab writes the leading one publishes; where that is closed in the middle, another one goes on under the same key', async (t) => {
  const { locks } = navigator as unknown as { readonly locks: TabsEnvironment['locks'] };
  const environment: TabsEnvironment = { locks, openChannel: (name) => new BroadcastChannel(name), isVisible: () => true };
  const storage = memoryStorage();
  const name = `posts ${crypto.randomUUID()}`;
  let isAway = true;
  const there = server(({ key }) => (isAway ? 'no answer' : Response.json({ id: key })));
  const leading = await given(there, { storage, tabs: openTabs(name, environment) });
  await new Promise<void>((resolve) => leading.tabs.isLeader.subscribe((isLeader) => isLeader && resolve()));
  const other = await given(there, { storage, tabs: openTabs(name, environment) });
  await other.posts.publish({ text: 'Hello' });
  await untilOutgoing(leading.posts, (all) => all.length === 1);
  while (there.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  leading.tabs.leave();
  isAway = false;
  await untilOutgoing(other.posts, (all) => all.length === 0);
  t.is(new Set(there.asked.map(({ key }) => key)).size, 1);
  t.deepEqual(await storage.list('posts/'), []);
  other.tabs.leave();
});
