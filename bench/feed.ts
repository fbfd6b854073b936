/**
 * The feed: what it costs to write a post into its readers' warm feeds, how long until the last of them can see it, and what a page
 * costs to read. Beside the fan-out stands the bare loop of cache additions, without log, views, jobs or hints, in the same run:
 * the ratio says what keeping the promises costs. `npx node bench/feed.ts [posts]`; the figures are goals, never assertions.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendOperationsWith } from '../commands/append-operations.ts';
import { createCommands } from '../commands/commands.ts';
import { contextWith } from '../commands/handling/context.ts';
import { createHandling } from '../commands/handling/handle.ts';
import type { FriendshipEvent } from '../domain/people/events.ts';
import { friendshipOf, type PersonId, type PostId } from '../domain/shared/ids.ts';
import { instant } from '../domain/shared/instant.ts';
import { openEventStore } from '../event-store/open.ts';
import { startMemoryBroadcast } from '../ports/broadcast/memory.ts';
import { createCodec } from '../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../ports/event-log/embedded.ts';
import { openKeyring } from '../ports/event-log/keyring.ts';
import { merge } from '../ports/event-log/position.ts';
import type { Position } from '../ports/event-log/port.ts';
import { startMemoryFeedCache } from '../ports/feed-cache/memory.ts';
import { FEED_POSTS_MAX, type FeedCache } from '../ports/feed-cache/port.ts';
import { startMemoryJobQueue } from '../ports/job-queue/memory.ts';
import { startMemoryPresence } from '../ports/presence/memory.ts';
import { startMemoryRateLimit } from '../ports/rate-limit/memory.ts';
import { startSqliteVault } from '../ports/vault/sqlite.ts';
import { startSqliteViews } from '../ports/views/sqlite.ts';
import { projectors } from '../projections/read-models/projectors.ts';
import { startReadViews } from '../projections/query/read-views.ts';
import { startProjections } from '../projections/rollout/run.ts';
import { FAN_OUT_READERS_MAX } from '../workers/feed/fan-out.ts';
import { startWorkers } from '../workers/start.ts';
import { row, spread, us } from './feed/figures.ts';
import { benchPages } from './feed/pages.ts';

const POSTS = Number(process.argv[2] ?? 100);
const AUDIENCES = [100, 1_000, 5_000];
const SINGLE_POSTS = 20;
const GOAL_CPU_US_A_DELIVERY = 50;
const SECRET = Buffer.from('the secret of a benchmark');
const clock = () => instant(Date.now());

const folder = await mkdtemp(join(tmpdir(), 'tidings-bench-feed-'));
try {
  console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; ${POSTS} posts a run, everything in one process\n`);
  await using all = await start();
  for (const friends of AUDIENCES) await benchAudience(all, friends);
  await benchPages(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}

type All = Awaited<ReturnType<typeof start>>;

async function start() {
  await using starting = new AsyncDisposableStack();
  const log = starting.use(startEmbeddedLog(await openEventStore(join(folder, 'events'))));
  const vault = starting.use(await startSqliteVault(join(folder, 'vault.sqlite')));
  const views = starting.use(await startSqliteViews(join(folder, 'views.sqlite')));
  const feedCache = starting.use(await startMemoryFeedCache({ feedsMax: 100_000 }));
  const broadcast = starting.use(await startMemoryBroadcast());
  const presence = starting.use(await startMemoryPresence());
  const rateLimit = starting.use(await startMemoryRateLimit());
  const jobs = starting.use(
    await startMemoryJobQueue({
      waitingMax: 100_000,
      attemptsMax: 5,
      retryFirstMs: 100,
      retryMaxMs: 1_000,
      onGaveUp: (...dropped) => console.error(dropped),
    }),
  );
  const keyring = openKeyring(vault);
  const codec = createCodec(keyring);
  const handling = createHandling({ log, codec });
  const passwords = { hash: async () => '', verify: async () => false };
  const commands = createCommands({ ...handling, log, codec, vault, keyring, broadcast, feedCache, passwords, loginSecret: SECRET });
  const contextFor = contextWith(SECRET);
  const parts = { ...handling, log, codec, vault, views, feedCache, broadcast, presence, rateLimit, jobs, commands, contextFor, clock };

  const read = starting.use(await startReadViews({ log, views, decode: (events) => codec.decodeAll(events) }, { projectors }));
  const workers = starting.use(await startWorkers({ ...parts, activeViews: read.views, senders: [], report: () => undefined }, { chatPushAfterMs: 10_000 }));
  const projections = starting.use(
    await startProjections(
      { log, views, decode: (events) => codec.decodeAll(events), appendOperations: appendOperationsWith(parts, clock), clock },
      { projections: [...projectors, ...workers.projections] },
    ),
  );
  const running = starting.move();
  return { ...parts, activeViews: read.views, projections, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

async function benchAudience(all: All, count: number): Promise<void> {
  const author = randomUUID() as PersonId;
  const friends = Array.from({ length: count }, () => randomUUID() as PersonId).sort();
  await befriend(all, author, friends);
  await warm(all.feedCache, friends);

  const lone = [];
  for (let i = 0; i < SINGLE_POSTS; i++) lone.push(await postUntilSeen(all, author, friends));
  const bare = await measure(count * POSTS, () => addBare(friends));
  const fannedOut = await measure(count * POSTS, () => postMany(all, author, friends));
  await checkComplete(all.feedCache, friends);

  console.log(`${count.toLocaleString('en')} friends`);
  row('post → visible to all, one at a time', spread(lone));
  row('bare loop of cache additions', `${rateOf(bare)} deliveries/s, ${us(bare.cpuUs)} CPU each`);
  row('fan-out of posts', `${rateOf(fannedOut)} deliveries/s, ${us(fannedOut.cpuUs)} CPU each (goal < ${GOAL_CPU_US_A_DELIVERY} µs)`);
  row('ratio to the bare loop', `${(fannedOut.perSecond / bare.perSecond).toFixed(3)} of its rate, ${(fannedOut.cpuUs / bare.cpuUs).toFixed(1)} times its CPU`);
  console.log('');
}

/** As events, for the friendships themselves are not what is measured here. */
async function befriend({ log, codec, projections }: All, author: PersonId, friends: readonly PersonId[]): Promise<void> {
  const metadata = { $correlationId: 'bench', actor: 'system:bench', at: clock(), command: 'bench', request: 'bench' };
  let head: Position | undefined;
  await Promise.all(
    friends.map(async (friend) => {
      const stream = `friendship-${friendshipOf(author, friend)}`;
      const event: FriendshipEvent = { type: 'people.friend-accepted.v1', data: { from: friend, to: author, round: 1 } };
      const appended = await log.append(stream, [await codec.encode(stream, { id: randomUUID(), event, metadata })], 'no-stream');
      if (appended.outcome === 'appended') head = merge(head, appended.position);
    }),
  );
  if (head === undefined || !(await projections.reached(['friends'], head, { deadlineMs: 60_000 }))) throw new Error('The views did not come so far.');
  await until(async () => (await projections.status()).every(({ name, state }) => name !== 'drop-feeds' || state === 'live'));
}

async function warm(feedCache: FeedCache, readers: readonly PersonId[]): Promise<void> {
  for (const reader of readers) await feedCache.warm(reader, await feedCache.begin(reader), { posts: [], floor: null });
}

async function publish({ commands, contextFor }: All, author: PersonId): Promise<PostId> {
  const asked = contextFor({ actor: author, type: 'publish-post', key: randomUUID(), fresh: true, body: {}, at: clock() });
  if (asked.outcome === 'refused') throw new Error(asked.refusal.code);
  return (await commands.publishPost({ author, text: 'x'.repeat(280) }, asked.context)).id;
}

/** Milliseconds from asking until the last of the readers has it; ranges go by id. */
async function postUntilSeen(all: All, author: PersonId, readers: readonly PersonId[]): Promise<number> {
  const seen = seenBy(all, readers, 1);
  const before = performance.now();
  await publish(all, author);
  await seen;
  return performance.now() - before;
}

async function postMany(all: All, author: PersonId, readers: readonly PersonId[]): Promise<void> {
  const seen = seenBy(all, readers, POSTS);
  await Promise.all(Array.from({ length: POSTS }, () => publish(all, author)));
  await seen;
}

function seenBy({ broadcast }: All, readers: readonly PersonId[], posts: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const last = readers.at(-1);
  if (last === undefined) throw new Error('There is nobody to see it.');
  let seen = 0;
  const listening = broadcast.listen(last, ({ kind }) => {
    if (kind === 'post' && ++seen === posts) resolve();
  });
  return promise.finally(() => listening[Symbol.dispose]());
}

/** A figure of a fan-out that left somebody out would be worth nothing. */
async function checkComplete(feedCache: FeedCache, readers: readonly PersonId[]): Promise<void> {
  for (const reader of readers) {
    const page = await feedCache.page(reader, { limit: FEED_POSTS_MAX });
    if (page?.posts.length !== Math.min(FEED_POSTS_MAX, SINGLE_POSTS + POSTS)) throw new Error(`${reader} has ${page?.posts.length} posts.`);
  }
}

async function addBare(readers: readonly PersonId[]): Promise<void> {
  await using feedCache = await startMemoryFeedCache({ feedsMax: 100_000 });
  await warm(feedCache, readers);
  for (let post = 0; post < POSTS; post++) {
    const id = `0${String(post).padStart(25, '0')}` as PostId;
    for (let from = 0; from < readers.length; from += FAN_OUT_READERS_MAX) await feedCache.add(id, readers.slice(from, from + FAN_OUT_READERS_MAX));
  }
}

type Measured = { readonly perSecond: number; readonly cpuUs: number };

/** CPU of the whole process, the thread that writes the views among it. */
async function measure(deliveries: number, work: () => Promise<void>): Promise<Measured> {
  const [cpu, before] = [process.cpuUsage(), performance.now()];
  await work();
  const seconds = (performance.now() - before) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: deliveries / seconds, cpuUs: (user + system) / deliveries };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

function rateOf({ perSecond }: Measured): string {
  return Math.round(perSecond).toLocaleString('en');
}
