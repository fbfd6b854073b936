/** The adapters of the distributed profile: everything that lasts is on servers, which any number of processes share. */
import { startRedisAdvisoryLocks } from '../../ports/advisory-locks/redis.ts';
import { startRedisBroadcast } from '../../ports/broadcast/redis.ts';
import { startRedisFeedCache } from '../../ports/feed-cache/redis.ts';
import { startBullJobQueue } from '../../ports/job-queue/bull.ts';
import { startRedisGatewayRegistry } from '../../ports/presence/redis-registry.ts';
import { startRedisPresence } from '../../ports/presence/redis.ts';
import { startRedisRateLimit } from '../../ports/rate-limit/redis.ts';
import { startMongoOutbox } from '../../ports/sender/outbox/mongodb.ts';
import { startMongoVault } from '../../ports/vault/mongodb.ts';
import { startMongoViews } from '../../ports/views/mongodb.ts';
import type { RedisConnection } from '../../ports/redis/connect.ts';
import type { ServersConfig } from '../config/config.ts';
import { queuesCheck } from '../health/checks.ts';
import { watchStores, type Check } from '../health/watched-ports.ts';
import { openRemoteLog } from '../open-event-log.ts';
import type { Adapters, AdaptersConfig, AdaptersDependencies } from './adapters.ts';
import { connectServers, orCannotStart, readVaultKeys, redisOptionsOf } from './connect-servers.ts';
import { startMedia } from './start-media.ts';
import { startSenders } from './start-senders.ts';

/** `name`: what servers call this process's connections. */
type DistributedConfig = Omit<AdaptersConfig, 'eventStore'> & { readonly servers: ServersConfig; readonly name: string };

const VIEWS_AND_VAULT = 'TIDINGS_MONGODB_URL';
const JOBS = 'TIDINGS_REDIS_URL';

/** Every server has answered once when it resolves. Throws `CannotStart`. */
export async function startDistributedAdapters(
  { clock, failureReporter }: AdaptersDependencies,
  { servers, eventStoreUrls, eventStoreDeadlines, capacity, name, media: mediaConfig, ...config }: DistributedConfig,
): Promise<Adapters> {
  await using starting = new AsyncDisposableStack();
  const keys = readVaultKeys(servers.vaultKeyFile);
  const { mongodb, redis, feedCacheRedis } = starting.use(await connectServers(servers, { name, onError: failureReporter }));
  const vault = starting.use(
    await orCannotStart('The vault', 'TIDINGS_VAULT_KEY_FILE', startMongoVault({ connection: mongodb, onError: failureReporter('vault') }, keys)),
  );
  const log = starting.use(await openRemoteLog({ vault, onReconnect: failureReporter('event-log') }, { eventStoreUrls, eventStoreDeadlines }));
  await orCannotStart('EventStoreDB', 'TIDINGS_EVENTSTORE_URLS', Promise.all(log.logs.map((one) => log.head(one))));
  const views = starting.use(await orCannotStart('MongoDB', VIEWS_AND_VAULT, startMongoViews(mongodb)));
  const outbox = starting.use(
    await orCannotStart(
      'MongoDB',
      VIEWS_AND_VAULT,
      startMongoOutbox({ connection: mongodb, clock, onError: failureReporter('outbox') }, { keptMax: capacity.outboxMessagesMax }),
    ),
  );
  const media = starting.use(await startMedia(mediaConfig));
  const { senders } = starting.use(await startSenders({ outbox, clock }, config));
  const feedCache = starting.use(await startRedisFeedCache({ redis: feedCacheRedis }));
  const presence = starting.use(await startRedisPresence(redis));
  const registry = starting.use(await startRedisGatewayRegistry(redis));
  const broadcast = starting.use(await startRedisBroadcast(redis, { onListenerError: failureReporter('broadcast'), onError: failureReporter('broadcast') }));
  const rateLimit = starting.use(await startRedisRateLimit(redis));
  const locks = starting.use(await startRedisAdvisoryLocks(redis));
  const jobs = starting.use(
    await orCannotStart(
      'Redis',
      JOBS,
      startBullJobQueue({
        ...redisOptionsOf(servers.redis, name),
        waitingMax: capacity.queuedJobsMax,
        onDropped: (queue, _, error) => failureReporter(`queue ${queue}`)(error), // a sweep adds the job again
        onError: failureReporter('job-queue'),
      }),
    ),
  );
  const { stores, checks } = watchStores({ log, vault, views });
  const started = starting.move();
  return {
    eventStore: undefined,
    ...stores,
    feedCache,
    presence,
    registry,
    broadcast,
    rateLimit,
    locks,
    jobs,
    outbox,
    media,
    senders,
    checks: {
      ...checks,
      queues: queuesCheck(jobs, { waitingMax: capacity.queuedJobsMax }),
      redis: answers(redis),
      'feed-cache': answers(feedCacheRedis),
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

const answers =
  (redis: RedisConnection): Check =>
  async () =>
    void (await redis.everywhere(['PING']));
