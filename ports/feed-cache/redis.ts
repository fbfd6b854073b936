/** Feeds on a Redis of their own, which may evict them; `scripts.ts` says how a feed is kept. It needs no disk: what it loses is cold. */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { newGeneration, randomName } from '../redis/epoch.ts';
import { asOutage } from '../redis/errors.ts';
import { hashSlot } from '../redis/hash-slot.ts';
import { FeedCacheUnavailable, type AddedPost, type FeedCache, type FeedPage, type Timeline } from './port.ts';
import { ADD, BEGIN_BUILD, PAGE, PULL, PULLED, TOKEN_CHARACTERS, WARM, WARM_TOKEN } from './scripts.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** After the last reading: who doesn't read costs nothing. */
const FEED_TIME_TO_LIVE_MS = 7 * DAY_MS;
const TIMELINE_TIME_TO_LIVE_MS = DAY_MS;
/** A feed that is still being built then has lost its builder. */
const FEED_BUILD_MAX_MS = 60_000;
/** Feeds in one script, during which the server does nothing else: some milliseconds. */
const SCRIPT_FEEDS_MAX = 1_000;
const GROUPS = Array.from({ length: 256 }, (_, group) => group.toString(16).padStart(2, '0'));

/** The connection stays the caller's. */
export async function startRedisFeedCache({ redis }: { readonly redis: RedisConnection }): Promise<FeedCache> {
  const outages = <T>(work: () => Promise<T>) => asOutage(FeedCacheUnavailable, work);

  return {
    page: (reader, { before, limit }) =>
      outages(async () => pageFrom(await redis.run(PAGE, keysOf(reader), [String(FEED_TIME_TO_LIVE_MS), String(limit), before ?? '']))),
    add: (post, readers) =>
      outages(async () => {
        const added = await Promise.all(callsFor(redis, readers).map((call) => addIn(redis, post, call)));
        return { warm: added.reduce((sum, { warm }) => sum + warm, 0), newFor: added.flatMap(({ newFor }) => newFor) };
      }),
    pull: (author, readers) =>
      outages(async () => {
        const pulled = await Promise.all(
          callsFor(redis, readers).map(async (call) => {
            const { keys, counts } = keysIn(call);
            return (await redis.run(PULL, keys, [author, ...counts])) as number;
          }),
        );
        return pulled.reduce((sum, warm) => sum + warm, 0);
      }),
    beginBuild: (reader) =>
      outages(async () => {
        const token = randomName(TOKEN_CHARACTERS);
        await redis.run(BEGIN_BUILD, keysOf(reader), [newGeneration(), token, String(FEED_BUILD_MAX_MS)]);
        return token;
      }),
    warm: (reader, token, { posts, floor, pulled = [] }) =>
      outages(async () => {
        const members = [...posts, ...pulled.map((author) => PULLED + author)];
        await redis.run(WARM, keysOf(reader), [String(FEED_TIME_TO_LIVE_MS), token, floor ?? '', ...members]);
      }),
    warmToken: (reader) => outages(async () => ((await redis.run(WARM_TOKEN, keysOf(reader), [String(FEED_TIME_TO_LIVE_MS)])) as string | null) ?? undefined),
    invalidate: (readers) =>
      outages(async () => void (await Promise.all(readers.map((reader) => redis.command(feedKey(reader), ['UNLINK', feedKey(reader)]))))),
    invalidateAll: () =>
      outages(async () => {
        const generation = newGeneration();
        await Promise.all(GROUPS.map((group) => redis.command(generationKey(group), ['SET', generationKey(group), generation])));
      }),
    timelines: (authors) =>
      outages(() =>
        Promise.all(
          authors.map(async (author) => {
            const kept = await redis.command(timelineKey(author), ['GET', timelineKey(author)]);
            return typeof kept === 'string' ? (JSON.parse(kept) as Timeline) : undefined;
          }),
        ),
      ),
    keepTimeline: (author, timeline) =>
      outages(
        async () =>
          void (await redis.command(timelineKey(author), ['SET', timelineKey(author), JSON.stringify(timeline), 'PX', String(TIMELINE_TIME_TO_LIVE_MS)])),
      ),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** Ids of people begin with hexadecimal digits that are spread evenly. The braces put a group into one slot of a cluster. */
const groupOf = (reader: PersonId): string => (/^[0-9a-f]{2}/.test(reader) ? reader.slice(0, 2) : '00');
const generationKey = (group: string): string => `feed:{${group}}`;
const feedKey = (reader: PersonId): string => `feed:{${groupOf(reader)}}:${reader}`;
const timelineKey = (author: PersonId): string => `timeline:{${author}}`;
const keysOf = (reader: PersonId): [string, string] => [generationKey(groupOf(reader)), feedKey(reader)];

function pageFrom(answer: unknown): FeedPage | undefined {
  if (answer === null) return undefined;
  const [floor, posts, pulled] = answer as [string, PostId[], string[]];
  return { floor: floor === '' ? null : (floor as PostId), posts, pulled: pulled.map((member) => member.slice(PULLED.length) as PersonId) };
}

/** Readers by their group, whose feeds one script serves. */
type Call = ReadonlyMap<string, readonly PersonId[]>;

/** On a cluster a script serves one slot; a single server serves many groups with one. */
function callsFor({ isCluster }: RedisConnection, readers: readonly PersonId[]): readonly Call[] {
  const bySlot = Map.groupBy(readers, (reader) => (isCluster ? hashSlot(generationKey(groupOf(reader))) : 0));
  return [...bySlot.values()].flatMap((sharing) =>
    Array.from({ length: Math.ceil(sharing.length / SCRIPT_FEEDS_MAX) }, (_, i) =>
      Map.groupBy(sharing.slice(i * SCRIPT_FEEDS_MAX, (i + 1) * SCRIPT_FEEDS_MAX), groupOf),
    ),
  );
}

async function addIn(redis: RedisConnection, post: PostId, call: Call): Promise<AddedPost> {
  const { keys, counts } = keysIn(call);
  const readers = [...call.values()].flat();
  const [warm, indexes] = (await redis.run(ADD, keys, [post, ...counts])) as [number, number[]];
  return { warm, newFor: indexes.flatMap((index) => readers[index] ?? []) };
}

/** Of each group its generation and its feeds, and the number of these. */
function keysIn(call: Call): { readonly keys: readonly [string, ...string[]]; readonly counts: readonly string[] } {
  const [first = '', ...others] = [...call].flatMap(([group, readers]) => [generationKey(group), ...readers.map(feedKey)]);
  return { keys: [first, ...others], counts: [...call.values()].map(({ length }) => String(length)) };
}
