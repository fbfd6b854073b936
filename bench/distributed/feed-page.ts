/**
 * A warm page of the feed from MongoDB and Redis, beside the same reads by the bare drivers: what one page reads is recorded, and read
 * again in the same order, at once where the page reads at once. Then what a query takes of the reading process's CPU, for one document and
 * for a page of them: which is what decides whether keeping documents there would pay.
 */
import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { createClient } from 'redis';
import type { PersonId } from '../../domain/shared/ids.ts';
import { startRedisFeedCache } from '../../ports/feed-cache/redis.ts';
import { connectMongo } from '../../ports/mongodb/connect.ts';
import { connectRedis, type RedisConnection } from '../../ports/redis/connect.ts';
import { mongoQuery } from '../../ports/views/mongodb/query.ts';
import { startMongoViews } from '../../ports/views/mongodb.ts';
import type { DocumentQuery, ViewStore } from '../../ports/views/port.ts';
import { activeViews } from '../../projections/view-access/active-views.ts';
import { createFeed } from '../../read-api/feed/create-feed.ts';
import { startMongoServer } from '../../tests/servers/mongodb.ts';
import { startRedisServer } from '../../tests/servers/redis.ts';
import { fillViews, physicalCollectionOf } from '../feed/fill-views.ts';
import { PAGE_LIMIT, timeEach } from '../feed/page-times.ts';
import { quantile } from '../shared/statistics.ts';
import type { Report } from './report.ts';
import type { Sizes } from './sizes.ts';
import { clock } from './system.ts';

const GOAL_RATIO = 1.5;
const TIMEOUT_MS = 30_000;
const DATABASE = 'feed';
/** The two take turns, so that whatever else the machine does meets both. */
const ROUNDS = 5;

export async function benchFeedPage(report: Report, { feedPages, feedAuthors: authors }: Sizes): Promise<void> {
  await using mongodb = await startMongoServer();
  await using redisServer = await startRedisServer();
  await using connection = await connectMongo({ url: mongodb.url, name: 'bench', database: DATABASE, answerTimeoutMs: TIMEOUT_MS });
  const redisOptions = { url: redisServer.url, name: 'bench', connectTimeoutMs: TIMEOUT_MS, commandTimeoutMs: TIMEOUT_MS, onError: () => undefined };
  await using redis = await connectRedis(redisOptions);
  const stored = await startMongoViews(connection);
  const reader = randomUUID() as PersonId;
  report.progress(`filling views: ${authors} authors`);
  await fillViews(stored, { reader, authors, now: clock() });

  const recorder = createRecorder();
  const views = activeViews({ views: recordingViews(stored, recorder), versions: { physicalCollectionOf } });
  const feedCache = await startRedisFeedCache({ redis: recordingRedis(redis, recorder) });
  const caughtUp = {
    feedLag: { postsMissing: async () => [] },
    waitForViews: async () => true,
    logFacts: { isBlockedBy: async () => false, areFriends: async () => true },
  };
  const read = createFeed({ views, feedCache, clock, ...caughtUp });
  const readPage = async () => {
    const { posts } = await read({ reader, limit: PAGE_LIMIT });
    if (posts.length !== PAGE_LIMIT) throw new Error(`The page has ${posts.length} posts.`);
  };
  await readPage(); // builds the feed
  const waves = await recorder.record(readPage);
  report.progress(`a page reads ${waves.map((wave) => wave.map(({ name }) => name).join(' + ')).join(' → ')}`);

  await using bare = await connectBare(mongodb.url, redisServer.url);
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const pages = Math.ceil(feedPages / ROUNDS);
    ours.push(...(await timeEach(pages, readPage)));
    theirs.push(...(await timeEach(pages, () => bare.readAgain(waves))));
  }
  for (const share of [0.5, 0.99]) {
    report.figure({
      name: `warm page of ${PAGE_LIMIT}, p${share * 100}`,
      value: quantile(ours, share),
      unit: 'ms',
      peer: { name: 'the same reads by the bare drivers', value: quantile(theirs, share) },
      ...(share === 0.5 ? { goal: { of: 'ratio', most: GOAL_RATIO } as const } : {}),
    });
  }
  await benchQueries(report, stored, feedPages);
}

async function benchQueries(report: Report, stored: ViewStore, queries: number): Promise<void> {
  const posts = physicalCollectionOf('posts');
  const ids = await stored.pluck(posts, '_id', { order: { _id: -1 }, limit: PAGE_LIMIT });
  const micros = new Map([ids, ids.slice(0, 1)].map((asked) => [asked, 0]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [asked, before] of micros) {
      const cpu = process.cpuUsage();
      await timeEach(Math.ceil(queries / ROUNDS), () => stored.getMany(posts, asked));
      const { user, system } = process.cpuUsage(cpu);
      micros.set(asked, before + user + system);
    }
  }
  const [many = 0, one = 0] = [...micros.values()].map((all) => all / (ROUNDS * Math.ceil(queries / ROUNDS)));
  report.figure({ name: `CPU of a query for ${ids.length} posts`, value: many, unit: 'µs', peer: { name: 'for one', value: one } });
}

type Read =
  | { readonly of: 'redis'; readonly name: string; readonly args: readonly string[] }
  | { readonly of: 'mongodb'; readonly name: string; readonly collection: string; readonly ids: readonly string[] }
  | { readonly of: 'mongodb'; readonly name: string; readonly collection: string; readonly query: DocumentQuery; readonly fields: readonly string[] };
/** One after the other; the reads of a wave are under way at once. */
type Waves = readonly (readonly Read[])[];

type Recorder = {
  readonly record: (work: () => Promise<void>) => Promise<Waves>;
  readonly during: <Answer>(read: Read, work: () => Promise<Answer>) => Promise<Answer>;
};

function createRecorder(): Recorder {
  let waves: Read[][] | undefined;
  let underWay = 0;
  return {
    record: async (work) => {
      const recorded: Read[][] = (waves = []);
      await work();
      waves = undefined;
      return recorded;
    },
    during: async (read, work) => {
      if (waves === undefined) return await work();
      if (underWay === 0) waves.push([]);
      waves.at(-1)?.push(read);
      underWay++;
      try {
        return await work();
      } finally {
        underWay--;
      }
    },
  };
}

function recordingViews(views: ViewStore, { during }: Recorder): ViewStore {
  const named = (collection: string) => ({ of: 'mongodb', name: collection, collection }) as const;
  const fieldsOf = ({ where = {}, order = {} }: DocumentQuery) =>
    [...new Set([...Object.keys(where), ...Object.keys(order)])].filter((field) => field !== '_id');
  return {
    ...views,
    get: (collection, id) => during({ ...named(collection), ids: [id] }, () => views.get(collection, id)),
    getMany: (collection, ids) => during({ ...named(collection), ids }, () => views.getMany(collection, ids)),
    getFirst: (collection, ids, bytesMax) => during({ ...named(collection), ids }, () => views.getFirst(collection, ids, bytesMax)),
    find: (collection, query) => during({ ...named(collection), query, fields: fieldsOf(query) }, () => views.find(collection, query)),
    pluck: (collection, field, query) =>
      during({ ...named(collection), query, fields: [...fieldsOf(query), ...(field === '_id' ? [] : [field])] }, () => views.pluck(collection, field, query)),
  };
}

const recordingRedis = (redis: RedisConnection, { during }: Recorder): RedisConnection => ({
  ...redis,
  run: (script, keys, args) =>
    during({ of: 'redis', name: 'feed cache', args: ['EVALSHA', script.digest, String(keys.length), ...keys, ...args] }, () => redis.run(script, keys, args)),
});

async function connectBare(mongodbUrl: string, redisUrl: string) {
  await using starting = new AsyncDisposableStack();
  const mongodb = new MongoClient(mongodbUrl);
  starting.defer(() => mongodb.close());
  const redis = createClient({ url: redisUrl });
  redis.on('error', () => undefined); // a call rejects as well
  await redis.connect();
  starting.defer(() => redis.destroy());
  const database = mongodb.db(DATABASE);
  const readOne = async (read: Read): Promise<unknown> => {
    if (read.of === 'redis') return await redis.sendCommand([...read.args]);
    const rows = database.collection<{ readonly _id: string }>(read.collection);
    if ('ids' in read) return await rows.find({ _id: { $in: read.ids } }, { projection: { json: 1 } }).toArray();
    const { filter, sort, limit } = mongoQuery({ collection: read.collection, fields: read.fields }, read.query);
    return await rows.find(filter as object, { projection: { json: 1 }, sort, limit }).toArray();
  };
  const started = starting.move();
  return {
    readAgain: async (waves: Waves): Promise<void> => {
      for (const wave of waves) await Promise.all(wave.map(readOne));
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
