/** A page is bounded in bytes: it ends early where its rows are long, and the next one goes on where it ended. */
import test from 'ava';
import { MESSAGE_LENGTH_MAX_CHARACTERS } from '../domain/chat/messages.ts';
import { POST_LENGTH_MAX_CHARACTERS } from '../domain/feed/post.ts';
import { RESPONSE_BYTES_MAX } from '../edge/overload/limits.ts';
import { fillPage, PAGE_BYTES_MAX } from './pages.ts';
import { givenReadApi, type ApiResponse, type ReadApiFixture } from './test-fixture.ts';

/** As long as a text gets in bytes. */
const LONGEST_MESSAGE = '😀'.repeat(MESSAGE_LENGTH_MAX_CHARACTERS);
const LONGEST_POST = '😀'.repeat(POST_LENGTH_MAX_CHARACTERS);

const bytesOf = ({ headers }: ApiResponse): number => Number(headers.get('content-length'));

/** All pages, each of them checked for its length. */
async function pagesOf(get: (cursor: string) => Promise<ApiResponse>, cursorOf: (page: ApiResponse) => string | undefined): Promise<readonly ApiResponse[]> {
  const pages: ApiResponse[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const page = await get(cursor);
    if (page.status !== 200 || bytesOf(page) > RESPONSE_BYTES_MAX) throw new Error(`status ${page.status}, ${bytesOf(page)} bytes`);
    pages.push(page);
    cursor = cursorOf(page);
  }
  return pages;
}

async function givenLongMessages(api: ReadApiFixture, count: number) {
  const [ada, bob] = [await api.person(), await api.person()];
  const channel = await api.direct(ada, bob);
  for (let n = 0; n < count; n++) await api.sendMessage(bob, channel, LONGEST_MESSAGE);
  return { ada, bob, path: `/v1/channels/${channel}/messages?limit=200` };
}

test('the history of a channel with the longest messages comes in pages, backwards and forwards', async (t) => {
  await using api = await givenReadApi();
  const { ada, path } = await givenLongMessages(api, 5);
  await api.requestAfterWrites(ada, path);
  const seqs = (pages: readonly ApiResponse[]) => pages.map(({ body }) => body.messages.map(({ seq }) => seq));

  const backwards = await pagesOf(
    (before) => api.request(ada, `${path}${before === '' ? '' : `&before=${before}`}`),
    ({ body }) => (body.more ? String(body.messages[0]?.seq) : undefined),
  );
  t.true(backwards.length > 2);
  t.deepEqual(seqs(backwards).toReversed().flat(), [0, 1, 2, 3, 4]);

  const forwards = await pagesOf(
    (after) => api.request(ada, `${path}&after=${after === '' ? 0 : after}`),
    ({ body }) => (body.more ? String(body.messages.at(-1)?.seq) : undefined),
  );
  t.deepEqual(seqs(forwards).flat(), [1, 2, 3, 4]);
});

test('the longest message with all the reactions that it takes fits into a page', async (t) => {
  await using api = await givenReadApi();
  const [ada, bob] = [await api.person(), await api.person()];
  const channel = await api.direct(ada, bob);
  const message = await api.sendMessage(bob, channel, LONGEST_MESSAGE);
  const { commands, by } = api.work;
  const react = (n: number, change: 'added' | 'removed' = 'added', { person } = ada) =>
    commands.reactToMessage({ channel, person, message, emoji: String.fromCodePoint(0x1f600 + n), change }, by(person));
  for (let n = 0; n < 50; n++) await api.expectSuccess(react(n));
  const refused = { outcome: 'refused', refusal: { code: 'too-many-reactions', facts: { max: 50 } } };
  t.like(await react(50), refused);
  await api.expectSuccess(react(0, 'added', bob));
  await api.expectSuccess(react(0, 'removed'));
  await api.expectSuccess(react(0, 'removed', bob));
  t.like(await react(50), refused, 'the place of a kind is kept');
  await api.expectSuccess(react(0));
  const page = await api.requestAfterWrites(ada, `/v1/channels/${channel}/messages`);
  t.is(page.status, 200);
  t.is(Object.keys(page.body.messages[0]?.reactions ?? {}).length, 50);
});

test('an inbox whose channels end with the longest messages comes in pages', async (t) => {
  await using api = await givenReadApi();
  const ada = await api.person();
  const others = await Promise.all([1, 2, 3, 4].map(() => api.person()));
  const channels = [];
  for (const other of others) {
    const channel = await api.direct(ada, other);
    await api.sendMessage(other, channel, LONGEST_MESSAGE);
    channels.push(channel);
  }
  await api.requestAfterWrites(ada, '/v1/me/inbox');
  const pages = await pagesOf(
    (before) => api.request(ada, `/v1/me/inbox?limit=100${before === '' ? '' : `&before=${encodeURIComponent(before)}`}`),
    ({ body }) => body.next ?? undefined,
  );
  t.true(pages.length > 1);
  t.deepEqual(pages.flatMap(({ body }) => body.channels.map(({ channel }) => channel)).toSorted(), channels.toSorted());
});

test('feed and posts of the longest texts come in pages, without a hole', async (t) => {
  await using api = await givenReadApi();
  const ada = await api.person();
  const posts: string[] = [];
  for (let n = 0; n < 45; n++) posts.push(await api.post(ada, LONGEST_POST));
  await api.requestAfterWrites(ada, '/v1/me/feed');
  for (const path of ['/v1/me/feed', `/v1/people/${ada.person}/posts`]) {
    const pages = await pagesOf(
      (before) => api.request(ada, `${path}?limit=100${before === '' ? '' : `&before=${before}`}`),
      ({ body }) => body.next ?? undefined,
    );
    t.true(pages.length > 1, path);
    t.deepEqual(
      pages.flatMap(({ body }) => body.posts.map(({ id }) => id)),
      posts.toReversed(),
      path,
    );
  }
});

test('a page ends before the row that makes it too long, shows at least one, and leaves out hidden rows', async (t) => {
  const rows = [10, 20, 5_000, 30, 40];
  const present = async (some: readonly number[]) => some.map((length) => (length === 20 ? undefined : 'x'.repeat(length)));
  const fill = async (found: readonly number[], limit: number) => {
    const { views, last } = await fillPage(found, { limit, bytesMax: 1_000, present });
    return [views.map(({ length }) => length), last];
  };
  t.deepEqual(await fill(rows, 10), [[10], 20]);
  t.deepEqual(await fill(rows.slice(2), 10), [[5_000], 5_000]);
  t.deepEqual(await fill(rows.slice(3), 10), [[30, 40], undefined]);
  t.deepEqual(await fill(rows.slice(3), 1), [[30], 30]);
  t.deepEqual(await fill([20, 20], 10), [[], undefined]);
  t.deepEqual(await fill([], 10), [[], undefined]);
  t.true(PAGE_BYTES_MAX < RESPONSE_BYTES_MAX);
});
