/**
 * Fan-out of posts into warm feeds, beside the bare loop of cache additions without log, views, jobs or hints, in the same run: the ratio
 * is what keeping the promises costs.
 */
import { randomUUID } from 'node:crypto';
import type { FriendshipEvent } from '../../domain/people/events.ts';
import { friendshipOf, type PersonId, type PostId } from '../../domain/shared/ids.ts';
import { friendshipStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { merge } from '../../ports/event-log/position.ts';
import { startMemoryFeedCache } from '../../ports/feed-cache/memory.ts';
import { FEED_POSTS_MAX, type FeedCache } from '../../ports/feed-cache/port.ts';
import { FAN_OUT_READERS_MAX } from '../../workers/feed/fan-out.ts';
import { formatRate, secondsSince } from '../shared/statistics.ts';
import { formatSpread, formatUs, printRow } from './figures.ts';
import type { FeedSystem } from './start-feed.ts';

const SINGLE_POSTS = 20;
const GOAL_CPU_US_A_DELIVERY = 50;
const VIEWS_DEADLINE_MS = 60_000;
const STATUS_POLL_MS = 5;
const WARM_FEEDS_MAX = 100_000;

type Audience = { readonly author: PersonId; readonly friends: readonly PersonId[] };

export async function benchFanOut(feed: FeedSystem, { friends: count, posts }: { readonly friends: number; readonly posts: number }): Promise<void> {
  const audience = { author: randomUUID() as PersonId, friends: Array.from({ length: count }, () => randomUUID() as PersonId).sort() };
  await makeFriends(feed, audience);
  await warmFeeds(feed.feedCache, audience.friends);

  const singleMs = [];
  for (let i = 0; i < SINGLE_POSTS; i++) singleMs.push(await timeUntilSeen(feed, audience));
  const bare = await measure(count * posts, () => addToCache(audience.friends, posts));
  const fannedOut = await measure(count * posts, () => publishUntilSeen(feed, audience, posts));
  await assertComplete(feed.feedCache, audience.friends, SINGLE_POSTS + posts);

  console.log(`${count.toLocaleString('en')} friends`);
  printRow('post → visible to all, one at a time', formatSpread(singleMs));
  printRow('bare loop of cache additions', formatMeasured(bare));
  printRow('fan-out of posts', `${formatMeasured(fannedOut)} (goal < ${GOAL_CPU_US_A_DELIVERY} µs)`);
  const rateRatio = (fannedOut.perSecond / bare.perSecond).toFixed(3);
  printRow('ratio to the bare loop', `${rateRatio} of its rate, ${(fannedOut.cpuUs / bare.cpuUs).toFixed(1)} times its CPU`);
  console.log('');
}

/** Appends the events directly, since making friends isn't what is measured. */
async function makeFriends({ log, codec, projections, clock }: FeedSystem, { author, friends }: Audience): Promise<void> {
  const metadata = { $correlationId: 'bench', actor: 'system:bench', at: clock(), command: 'bench', request: 'bench' };
  let head: Position | undefined;
  await Promise.all(
    friends.map(async (friend) => {
      const stream = friendshipStream(friendshipOf(author, friend));
      const event: FriendshipEvent = { type: 'people.friend-accepted.v1', data: { from: friend, to: author, round: 1 } };
      const appended = await log.append(stream, [await codec.encode(stream, { id: randomUUID(), event, metadata })], 'no-stream');
      if (appended.outcome === 'appended') head = merge(head, appended.position);
    }),
  );
  if (head === undefined || !(await projections.waitForViews(['friends'], head, { deadlineMs: VIEWS_DEADLINE_MS })))
    throw new Error('The views did not reach the friendships in time.');
  while ((await projections.status()).some(({ name, state }) => name === 'drop-feeds' && state !== 'live'))
    await new Promise((resolve) => setTimeout(resolve, STATUS_POLL_MS));
}

async function warmFeeds(feedCache: FeedCache, readers: readonly PersonId[]): Promise<void> {
  for (const reader of readers) await feedCache.warm(reader, await feedCache.beginBuild(reader), { posts: [], floor: null });
}

async function publish({ commands, contextFor, clock }: FeedSystem, author: PersonId): Promise<void> {
  const created = contextFor({ actor: author, type: 'publish-post', key: randomUUID(), fresh: true, body: {}, at: clock() });
  if (created.outcome === 'refused') throw new Error(created.refusal.code);
  await commands.publishPost({ author, text: 'x'.repeat(280) }, created.context);
}

/** Milliseconds from the request until the last reader has the post. */
async function timeUntilSeen(feed: FeedSystem, audience: Audience): Promise<number> {
  const startedAt = performance.now();
  await publishUntilSeen(feed, audience, 1);
  return performance.now() - startedAt;
}

/** The fan-out goes through the readers by id, so when the last reader has all posts, everyone has. */
async function publishUntilSeen(feed: FeedSystem, { author, friends }: Audience, posts: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const last = friends.at(-1);
  if (last === undefined) throw new Error('There is no reader.');
  let seen = 0;
  using _ = feed.broadcast.listen(last, ({ kind }) => {
    if (kind === 'post' && ++seen === posts) resolve();
  });
  await Promise.all(Array.from({ length: posts }, () => publish(feed, author)));
  await promise;
}

/** A figure of a fan-out that left out a reader would be worthless. */
async function assertComplete(feedCache: FeedCache, readers: readonly PersonId[], posts: number): Promise<void> {
  for (const reader of readers) {
    const page = await feedCache.page(reader, { limit: FEED_POSTS_MAX });
    if (page?.posts.length !== Math.min(FEED_POSTS_MAX, posts)) throw new Error(`${reader} has ${page?.posts.length} posts.`);
  }
}

async function addToCache(readers: readonly PersonId[], posts: number): Promise<void> {
  await using feedCache = await startMemoryFeedCache({ feedsMax: WARM_FEEDS_MAX });
  await warmFeeds(feedCache, readers);
  for (let post = 0; post < posts; post++) {
    const id = `0${String(post).padStart(25, '0')}` as PostId;
    for (let from = 0; from < readers.length; from += FAN_OUT_READERS_MAX) await feedCache.add(id, readers.slice(from, from + FAN_OUT_READERS_MAX));
  }
}

type Measured = { readonly perSecond: number; readonly cpuUs: number };

/** CPU of the whole process, including the thread that writes the views. */
async function measure(deliveries: number, work: () => Promise<void>): Promise<Measured> {
  const [cpu, startedAt] = [process.cpuUsage(), performance.now()];
  await work();
  const seconds = secondsSince(startedAt);
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: deliveries / seconds, cpuUs: (user + system) / deliveries };
}

const formatMeasured = ({ perSecond, cpuUs }: Measured): string => `${formatRate(perSecond)} deliveries/s, ${formatUs(cpuUs)} CPU each`;
