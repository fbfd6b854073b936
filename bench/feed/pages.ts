/**
 * What a page costs to read, in the server and over HTTP, for readers with few and with very many authors. Beside it stands the
 * reading of the very same rows by their ids: the ratio says what finding, ruling and presenting them costs.
 */
import { randomUUID } from 'node:crypto';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { postIdFrom } from '../../domain/feed/post-id.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { DAY_MS, instant, plus, type Instant } from '../../domain/shared/instant.ts';
import { createAuthentication } from '../../edge/auth/callers.ts';
import { openTokens } from '../../edge/auth/tokens.ts';
import { startMemoryBroadcast } from '../../ports/broadcast/memory.ts';
import { startMemoryFeedCache } from '../../ports/feed-cache/memory.ts';
import { startMemoryPresence } from '../../ports/presence/memory.ts';
import { startMemoryRateLimit } from '../../ports/rate-limit/memory.ts';
import { startSqliteVault } from '../../ports/vault/sqlite.ts';
import type { ViewStore, DocumentWrite } from '../../ports/views/port.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { relationshipId } from '../../projections/read-models/relationships.ts';
import { friendId } from '../../projections/read-models/friends.ts';
import { likeId } from '../../projections/read-models/posts.ts';
import { projectors } from '../../projections/read-models/projectors.ts';
import { activeViews, type ActiveViews } from '../../projections/query/read-views.ts';
import { createFeed } from '../../read-api/feed/create-feed.ts';
import { startReadApi } from '../../read-api/read-api.ts';
import { quantile, row, spread } from './figures.ts';

const AUTHORS = [150, 1_000, 5_000];
const POSTS_OF_AUTHOR = 12;
const SPAN_MS = 90 * DAY_MS;
const PAGES = 2_000;
const PAGES_DOWN = 20;
const COLD_PAGES = 100;
const PAGE_LIMIT = 20;
const REQUESTS = 4_000;
const REQUESTS_AT_ONCE = 16;
const GOAL_WARM_MS = 1;
const GOAL_COLD_MS = 10;
const WRITES_AT_ONCE = 5_000;
const SECOND_MS = 1_000;
const clock = () => instant(Date.now());

export async function benchPages(folder: string): Promise<void> {
  for (const authors of AUTHORS) await benchReader(join(folder, `views-${authors}.sqlite`), folder, authors);
}

async function benchReader(file: string, folder: string, count: number): Promise<void> {
  await using stored = await startSqliteViews(file);
  const views = activeViews({ views: stored, versions: { physicalOf } });
  const reader = randomUUID() as PersonId;
  await fill(stored, reader, count);
  await using feedCache = await startMemoryFeedCache({ feedsMax: 100 });
  const read = createFeed({ views, feedCache, clock });
  const first = () => read({ reader, limit: PAGE_LIMIT });

  const { posts } = await first();
  if (posts.length !== PAGE_LIMIT) throw new Error(`The page has ${posts.length} posts.`);
  const warm = await times(PAGES, first);
  const straight = await times(PAGES, () => readStraight(views, reader, posts));
  const deep = (await depths(read, reader)).filter((before) => before !== undefined);
  const further = await times(PAGES, (i) => read({ reader, limit: PAGE_LIMIT, before: deep[i % deep.length] as PostId }));
  const below = postIdFrom(plus(clock(), -SPAN_MS / 2), '0'.repeat(16));
  const belowFloor = await times(COLD_PAGES, () => read({ reader, limit: PAGE_LIMIT, before: below }));
  const cold = [];
  for (let i = 0; i < COLD_PAGES; i++) {
    await feedCache.invalidate([reader]);
    cold.push(...(await times(1, first)));
  }

  console.log(`a reader of ${count.toLocaleString('en')} authors`);
  row(`warm page of ${PAGE_LIMIT}`, `${spread(warm)}, ${rate(warm)} pages/s (goal ≤ ${GOAL_WARM_MS} ms)`);
  row('the same rows straight from the views, by id', `${spread(straight)}, ${rate(straight)} pages/s`);
  row('ratio to reading them straight', `${(quantile(warm, 0.5) / quantile(straight, 0.5)).toFixed(2)} times its time`);
  row('warm page further down', spread(further));
  row('page below the floor, from the views', spread(belowFloor));
  row('cold feed, its first page', `${spread(cold)} (goal ≤ ${GOAL_COLD_MS} ms)`);
  await benchHttp({ views, feedCache, folder, reader });
  console.log('');
}

/** Each reader in a file of its own, as one projection of every kind would have left it. */
async function fill(stored: ViewStore, reader: PersonId, count: number): Promise<void> {
  await stored.prepare(
    Object.fromEntries(projectors.flatMap(({ indexes }) => Object.entries(indexes).map(([collection, its]) => [physicalOf(collection), { indexes: its }]))),
  );
  const writes: DocumentWrite[] = [];
  const put = (collection: string, id: string, document: object) =>
    writes.push({ kind: 'put', collection: physicalOf(collection), id, document: { ...document }, seen: { [id]: 0 } });
  const since = clock();
  for (let i = 0; i < count; i++) {
    const author = randomUUID() as PersonId;
    put('profiles', author, { person: author, name: `Author ${i}`, about: null, timeZone: null, erased: false, since });
    if (i % 2 === 0) put('relationships', relationshipId({ from: reader, kind: 'follow', to: author }), { from: reader, kind: 'follow', to: author, since });
    else put('friends', friendId(reader, author), { person: reader, friend: author, since });
    for (let n = 0; n < POSTS_OF_AUTHOR; n++) putPost(put, author, plus(since, -Math.floor(Math.random() * SPAN_MS)), reader);
  }
  let from: string | undefined;
  for (let at = 0; at < writes.length; at += WRITES_AT_ONCE) {
    const to = String(at);
    await stored.commit({ projection: 'bench', from, to, writes: writes.slice(at, at + WRITES_AT_ONCE) });
    from = to;
  }
}

function putPost(put: (collection: string, id: string, document: object) => unknown, author: PersonId, at: Instant, reader: PersonId): void {
  const post = postIdFrom(at, String(Math.floor(Math.random() * 1e15)).padStart(16, '0'));
  put('posts', post, { post, author, text: 'x'.repeat(280), replyTo: null, delivered: 'push', at, editedAt: null });
  if (Math.random() < 0.5) put('post-counters', post, { likes: 3, replies: 1 });
  if (Math.random() < 0.2) put('likes', likeId(post, reader), { post, person: reader, at });
}

const physicalOf = (collection: string) => `${collection}@1`;

/** What any page must read, with its ids known: no cache, no rules, nothing presented. */
async function readStraight(
  views: ActiveViews,
  reader: PersonId,
  posts: readonly { readonly id: string; readonly author: { readonly id: string } }[],
): Promise<void> {
  const authors = [...new Set(posts.map(({ author }) => author.id as PersonId))];
  const ids = posts.map(({ id }) => id as PostId);
  await views.getMany('posts', ids);
  await views.getMany('profiles', authors);
  await views.getMany('post-counters', ids);
  await views.getMany(
    'likes',
    ids.map((id) => likeId(id, reader)),
  );
  await views.getMany(
    'friends',
    authors.map((author) => friendId(reader, author)),
  );
  await views.getMany(
    'relationships',
    authors.flatMap((author) => [
      relationshipId({ from: reader, kind: 'follow', to: author }),
      relationshipId({ from: reader, kind: 'mute', to: author }),
      relationshipId({ from: reader, kind: 'block', to: author }),
      relationshipId({ from: author, kind: 'block', to: reader }),
    ]),
  );
}

/** Cursors within the warm feed. */
async function depths(read: ReturnType<typeof createFeed>, reader: PersonId): Promise<readonly (PostId | undefined)[]> {
  const cursors: (PostId | undefined)[] = [];
  for (let before: PostId | undefined; cursors.length < PAGES_DOWN;) {
    const { next } = await read({ reader, limit: PAGE_LIMIT, ...(before === undefined ? {} : { before }) });
    if (next === null) break;
    before = next;
    cursors.push(next);
  }
  return cursors;
}

type Served = {
  readonly views: ActiveViews;
  readonly feedCache: Awaited<ReturnType<typeof startMemoryFeedCache>>;
  readonly folder: string;
  readonly reader: PersonId;
};

/** The server and the client share this process: half of the time is the client's. */
async function benchHttp({ views, feedCache, folder, reader }: Served): Promise<void> {
  await using vault = await startSqliteVault(join(folder, `vault-${reader}.sqlite`));
  await using rateLimit = await startMemoryRateLimit();
  await using broadcast = await startMemoryBroadcast();
  await using presence = await startMemoryPresence();
  const tokens = await openTokens({ vault, clock });
  const session = randomUUID();
  const expiresAt = plus(clock(), DAY_MS);
  await vault.put('session', session, { person: reader, createdAt: clock(), expiresAt }, { owner: reader });
  const authorization = `Bearer ${await tokens.issue({ person: reader, session, expiresAt })}`;
  const nobodySigns = { verify: async () => ({ outcome: 'refused', refusal: { code: 'signature-missing' } }) as const };
  const authenticate = createAuthentication({ tokens, appSignatures: nobodySigns });
  await using api = await startReadApi(
    { views, feedCache, presence, broadcast, rateLimit, tokens, authenticate, clock, reached: async () => true, report: () => undefined },
    { host: '127.0.0.1', port: 0, limits: { queries: { points: 1_000_000, windowSeconds: 60 } } },
  );
  const agent = new Agent({ keepAlive: true, maxSockets: REQUESTS_AT_ONCE });
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      get(`${api.url}/v1/me/feed?limit=${PAGE_LIMIT}`, { agent, headers: { authorization } }, (response) => {
        response.resume().once('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`It answers ${response.statusCode}.`))));
      }).once('error', reject);
    });
  await times(REQUESTS / 10, ask);
  const taken: number[] = [];
  const before = performance.now();
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, async () => taken.push(...(await times(REQUESTS / REQUESTS_AT_ONCE, ask)))));
  const seconds = (performance.now() - before) / SECOND_MS;
  agent.destroy();
  row(`over HTTP, ${REQUESTS_AT_ONCE} at a time`, `${spread(taken)}, ${Math.round(REQUESTS / seconds).toLocaleString('en')} requests/s`);
}

async function times(count: number, work: (i: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < count; i++) {
    const before = performance.now();
    await work(i);
    taken.push(performance.now() - before);
  }
  return taken;
}

/** Of one after the other. */
const rate = (taken: readonly number[]): string => Math.round((SECOND_MS * taken.length) / taken.reduce((sum, one) => sum + one, 0)).toLocaleString('en');
