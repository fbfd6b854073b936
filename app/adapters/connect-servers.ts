/** Connects to the servers of the distributed profile, and refuses those that can't keep what is entrusted to them. */
import { readFileSync } from 'node:fs';
import { connectMongo, type MongoConnection } from '../../ports/mongodb/connect.ts';
import { Outage } from '../../ports/outage.ts';
import { assertNoEviction, assertVersion } from '../../ports/redis/checks.ts';
import { connectRedis, type RedisAddress, type RedisConnection } from '../../ports/redis/connect.ts';
import type { ClientOptions } from '../../ports/redis/node-client.ts';
import { parseSealingKeys, type SealingKeys } from '../../ports/vault/sealing-keys.ts';
import { CannotStart } from '../cannot-start.ts';
import type { RedisConfig, ServersConfig } from '../config/config.ts';

export type Servers = AsyncDisposable & {
  readonly mongodb: MongoConnection;
  /** Evicts nothing. */
  readonly redis: RedisConnection;
  readonly feedCacheRedis: RedisConnection;
};

/** `name`: what servers call this process's connections. */
type ConnectOptions = { readonly name: string; readonly onError: (component: string) => (error: unknown) => void };

const NAME_CHARACTERS_MAX = 100;
const REDIS = 'TIDINGS_REDIS_URL';

/** Throws `CannotStart`. */
export async function connectServers(servers: ServersConfig, { name, onError }: ConnectOptions): Promise<Servers> {
  await using starting = new AsyncDisposableStack();
  const mongodb = starting.use(await connectMongoServer(servers, name));
  const connect = async (what: string, setting: string, config: RedisConfig) => {
    const connection = starting.use(await orCannotStart(what, setting, connectRedis({ ...redisOptionsOf(config, name), onError: onError('redis') })));
    await orCannotStart(what, setting, assertVersion(connection));
    return connection;
  };
  const redis = await connect('Redis', REDIS, servers.redis);
  await orCannotStart('Redis', REDIS, assertNoEviction(redis));
  const feedCacheRedis = await connect('The Redis of the feed cache', 'TIDINGS_FEED_CACHE_REDIS_URL', servers.feedCacheRedis);
  const started = starting.move();
  return { mongodb, redis, feedCacheRedis, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** Throws `CannotStart`. */
export async function connectMongoServer({ mongodb }: Pick<ServersConfig, 'mongodb'>, name: string): Promise<MongoConnection> {
  const { url, database, poolMax, connectTimeoutMs, commandTimeoutMs } = mongodb;
  const options = {
    url,
    name: name.slice(0, NAME_CHARACTERS_MAX),
    poolMax,
    connectTimeoutMs,
    selectionTimeoutMs: connectTimeoutMs,
    answerTimeoutMs: commandTimeoutMs,
    ...(database === undefined ? {} : { database }),
  };
  return await orCannotStart('MongoDB', 'TIDINGS_MONGODB_URL', connectMongo(options));
}

/** As every client of a Redis takes them. Throws `CannotStart` where the authority can't be read. */
export function redisOptionsOf({ urls, tlsCaFile, connectTimeoutMs, commandTimeoutMs }: RedisConfig, name: string): RedisAddress & ClientOptions {
  const [first = '', ...others] = urls;
  const tls = tlsCaFile === undefined ? {} : { tls: { ca: readOrCannotStart('The authority of Redis', 'TIDINGS_REDIS_TLS_CA_FILE', tlsCaFile) } };
  const settings = { name, connectTimeoutMs, commandTimeoutMs, ...tls };
  return others.length === 0 ? { ...settings, url: first } : { ...settings, urls: [first, ...others] };
}

/** Throws `CannotStart`, whose message shows nothing of the file. */
export function readVaultKeys(file: string): SealingKeys {
  const text = readOrCannotStart('The file of the vault’s keys', 'TIDINGS_VAULT_KEY_FILE', file);
  try {
    return parseSealingKeys(text);
  } catch (error) {
    throw new CannotStart(`${error instanceof Error ? error.message : ''} See TIDINGS_VAULT_KEY_FILE.`, { cause: error });
  }
}

function readOrCannotStart(what: string, setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CannotStart(`${what} can’t be read. See ${setting}.`, { cause: error });
  }
}

/** An outage is one of the server; any other error says itself what is wrong with it. */
export async function orCannotStart<Opened>(what: string, setting: string, opening: Promise<Opened>): Promise<Opened> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof Outage) throw new CannotStart(`${what} can’t be reached. See ${setting}.`, { cause: error });
    throw new CannotStart(`${error instanceof Error ? error.message : String(error)} See ${setting}.`, { cause: error });
  }
}
