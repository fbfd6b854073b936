/** Fan-out of posts into warm feeds, beside the same script on the same Redis by the bare client; and what a post and a page cost. */
import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { v7 } from 'uuid';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { ADD } from '../../ports/feed-cache/scripts.ts';
import { FEED_POSTS_MAX, type FeedCache } from '../../ports/feed-cache/port.ts';
import { callApi } from '../../tests/client/call-api.ts';
import { FAN_OUT_READERS_MAX } from '../../workers/feed/fan-out.ts';
import { secondsSince } from '../shared/statistics.ts';
import { readFootprint, tellFootprint } from './footprint.ts';
import { befriend, createPeople, createSession, type Account } from './people.ts';
import type { Report } from './report.ts';
import type { Sizes } from './sizes.ts';
import type { BenchSystem } from './system.ts';
import { tellCpu } from './usage.ts';
import { inParallel, waitFor } from './waiting.ts';

const AT_ONCE = 8;
const DELIVERED_WITHIN_MS = 90_000;
const POLL_MS = 5;
const LONELY_AUTHORS = 10;
const TEXT = 'x'.repeat(280);
const PAGE_LIMIT = 20;

export async function benchFanOut(system: BenchSystem, report: Report, sizes: Sizes): Promise<void> {
  const [author] = (await createPeople(system, 1)) as [Account];
  const readers = Array.from({ length: sizes.fanOutReaders }, () => randomUUID() as PersonId).sort();
  report.progress(`${readers.length} friends`);
  await befriend(system, author.person, readers);
  await system.settle(); // making friends drops feeds, which are warmed after that
  const { feedCache } = system.adapters;
  await inParallel(readers.length, AT_ONCE, (n) => warm(feedCache, readers[n] as PersonId));
  const costOfPost = await measurePosts(system, report, sizes);

  const deliveries = readers.length * sizes.fanOutPosts;
  let perSecond = Number.NaN;
  const used = await system.measureCpu(async () => {
    const startedAt = performance.now();
    await inParallel(sizes.fanOutPosts, AT_ONCE, () => publish(system, author));
    const left = new Set(readers);
    await waitFor('posts in every feed', () => haveAll(feedCache, left, sizes.fanOutPosts), { withinMs: DELIVERED_WITHIN_MS, pollMs: POLL_MS });
    perSecond = deliveries / secondsSince(startedAt);
  });
  // What posting costs without readers is told apart.
  const ofDeliveries = new Map([...used].map(([part, us]) => [part, us - sizes.fanOutPosts * (costOfPost.get(part) ?? 0)]));
  const alone = await measureScript(system, readers, sizes.fanOutPosts);
  report.figure({ name: 'fan-out into warm feeds', value: perSecond, unit: 'deliveries/s', peer: { name: 'the same script alone', value: alone } });
  tellCpu(report, ofDeliveries, { id: 'post-delivery', name: 'a delivery', units: deliveries });
  await measurePages(system, report, { reader: readers[0] as PersonId, pages: sizes.feedPages });
  await measureFeedBytes(system, report);
}

const warm = async (feedCache: FeedCache, reader: PersonId, posts: readonly PostId[] = []) =>
  await feedCache.warm(reader, await feedCache.beginBuild(reader), { posts, floor: null });

async function publish({ cluster }: BenchSystem, { token }: Account): Promise<void> {
  const request = { method: 'POST', key: v7(), headers: { authorization: `Bearer ${token}` }, body: { text: TEXT } } as const;
  const { status } = await callApi(async () => (await cluster.directAddresses()).write, '/v1/me/feed', request);
  if (status !== 201) throw new Error(`A post was answered by ${status}.`);
}

/** Looks at one of those that are left, the last first: readers are served in the order of their ids. */
async function haveAll(feedCache: FeedCache, left: Set<PersonId>, posts: number): Promise<boolean> {
  for (const reader of [...left].reverse()) {
    const page = await feedCache.page(reader, { limit: FEED_POSTS_MAX });
    if (page === undefined) throw new Error('A feed went cold while it was measured.');
    if (page.posts.length < Math.min(posts, FEED_POSTS_MAX)) return false;
    left.delete(reader);
  }
  return true;
}

/** What posts without readers cost each part, in µs. */
async function measurePosts(system: BenchSystem, report: Report, { lonelyPosts: units }: Sizes): Promise<ReadonlyMap<string, number>> {
  const authors = await createPeople(system, LONELY_AUTHORS);
  await system.settle();
  const footprint = await readFootprint(system);
  const used = await system.measureCpu(async () => {
    await inParallel(units, AT_ONCE, (n) => publish(system, authors[n % authors.length] as Account));
  });
  const work = { id: 'post', name: 'a post without readers', units };
  tellCpu(report, used, work);
  await tellFootprint(report, system, footprint, work);
  return new Map([...used].map(([part, us]) => [part, us / units]));
}

/** Deliveries a second of the script, for the same feeds in groups of the same size, by the bare client. */
async function measureScript({ cluster }: BenchSystem, readers: readonly PersonId[], posts: number): Promise<number> {
  const client = createClient({ url: cluster.servers.feedCacheRedis.url });
  client.on('error', () => undefined); // a call rejects as well
  await client.connect();
  try {
    const groups = Array.from({ length: Math.ceil(readers.length / FAN_OUT_READERS_MAX) }, (_, n) =>
      Map.groupBy(readers.slice(n * FAN_OUT_READERS_MAX, (n + 1) * FAN_OUT_READERS_MAX), (reader) => reader.slice(0, 2)),
    );
    const calls = groups.map((group) => ({
      keys: [...group].flatMap(([digits, its]) => [`feed:{${digits}}`, ...its.map((reader) => `feed:{${digits}}:${reader}`)]),
      counts: [...group.values()].map(({ length }) => String(length)),
    }));
    await client.sendCommand(['SCRIPT', 'LOAD', ADD.lua]);
    const startedAt = performance.now();
    for (let post = 0; post < posts; post++) {
      const id = `zzzz${String(post).padStart(22, '0')}`;
      const added = await Promise.all(
        calls.map(
          ({ keys, counts }) => client.sendCommand(['EVALSHA', ADD.digest, String(keys.length), ...keys, id, ...counts]) as Promise<[number, number[]]>,
        ),
      );
      if (added.flatMap(([, indexes]) => indexes).length !== readers.length) throw new Error('The script alone did not add the post to every feed.');
    }
    return (readers.length * posts) / secondsSince(startedAt);
  } finally {
    client.destroy();
  }
}

async function measurePages(system: BenchSystem, report: Report, { reader, pages }: { readonly reader: PersonId; readonly pages: number }): Promise<void> {
  const { token } = await createSession(system, reader);
  const read = async () => {
    const path = `/v1/me/feed?limit=${PAGE_LIMIT}`;
    const { status } = await callApi(async () => (await system.cluster.directAddresses()).read, path, { headers: { authorization: `Bearer ${token}` } });
    if (status !== 200) throw new Error(`A page was answered by ${status}.`);
  };
  await read();
  let perSecond = Number.NaN;
  const used = await system.measureCpu(async () => {
    const startedAt = performance.now();
    await inParallel(pages, AT_ONCE, read);
    perSecond = pages / secondsSince(startedAt);
  });
  report.progress(`pages over HTTP: ${perSecond.toFixed(0)}/s, ${AT_ONCE} at a time`);
  tellCpu(report, used, { id: 'feed-page', name: 'a warm page', units: pages });
}

/** A feed as full as it gets. */
async function measureFeedBytes({ adapters: { feedCache }, cluster }: BenchSystem, report: Report): Promise<void> {
  const reader = randomUUID() as PersonId;
  await warm(
    feedCache,
    reader,
    Array.from({ length: FEED_POSTS_MAX }, (_, n) => `01JZ3V8C9KQ4N7T2W5X${String(n).padStart(7, '0')}` as PostId),
  );
  const client = createClient({ url: cluster.servers.feedCacheRedis.url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const bytes = Number(await client.sendCommand(['MEMORY', 'USAGE', `feed:{${reader.slice(0, 2)}}:${reader}`]));
    report.figure({ name: `a warm feed of ${FEED_POSTS_MAX} posts`, value: bytes, unit: 'bytes of Redis' });
    report.unitCost('warm-feed.redis-bytes', bytes);
  } finally {
    client.destroy();
  }
}
