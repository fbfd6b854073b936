/**
 * The distributed profile on one machine, without Docker: its servers, and any number of processes of any roles, each of which can be
 * killed, stopped, hung and started again by itself. Each cluster has ports, folders and servers of its own.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROLES, type Role } from '../../app/config/settings.ts';
import type { Addresses } from '../client/call-api.ts';
import { startMongoServer } from '../servers/mongodb.ts';
import { startRedisServer } from '../servers/redis.ts';
import type { TestServer } from '../servers/server-process.ts';
import { roomyLimits, temporaryFolder, type LogLine } from '../start-for-test.ts';
import { prepareProcess, type ClusterProcess, type ProcessName } from './cluster-process.ts';
import { isNginxInstalled, startSite, type Site } from './site.ts';

/** As `deploy/redis/feed-cache.conf`, but for its memory. */
const FEED_CACHE_CONFIG = { maxmemory: '64mb', 'maxmemory-policy': 'allkeys-lru', 'zset-max-listpack-entries': '1024' };
const ADMIN_TOKEN = 'the-operator-of-a-cluster';
/** Node processes compile for seconds before they are ready: more at once only wait for one another. */
const STARTED_AT_ONCE = 3;

/** By the name of a process, its roles. */
export type Layout = Readonly<Record<ProcessName, readonly Role[]>>;

const EVERY_ROLE = ROLES.filter((role) => role !== 'event-store');
/** As in production. */
export const TWO_OF_EVERY_ROLE: Layout = Object.fromEntries(EVERY_ROLE.flatMap((role) => [1, 2].map((number) => [`${role}-${number}`, [role]])));
/** As few processes as have two of everything, for tests that are about something else. */
export const TWO_WITH_ALL_ROLES: Layout = { 'all-1': EVERY_ROLE, 'all-2': EVERY_ROLE };

export type ClusterOptions = {
  readonly layout?: Layout;
  /** How many event stores the streams are spread over. */
  readonly logs?: number;
  /** Of every process but the event stores; they win over those of the cluster. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly settingsOf?: (name: ProcessName) => Readonly<Record<string, string>>;
  /** Before `app/main.ts`, such as `--import` of a module that sets the clock wrong. */
  readonly nodeArgumentsOf?: (name: ProcessName) => readonly string[];
  /** What MongoDB has acknowledged outlives a kill; slower. */
  readonly isDurable?: boolean;
  readonly onLine?: (name: ProcessName, line: LogLine) => void;
};

export type ClusterServers = {
  /** Our event store, with an idempotency memory as short as EventStoreDB’s. */
  readonly eventStores: readonly ClusterProcess[];
  readonly mongodb: TestServer;
  readonly redis: TestServer;
  /** It evicts. */
  readonly feedCacheRedis: TestServer;
};

export type Cluster = AsyncDisposable & {
  /** All but the event stores, running or not. */
  readonly processes: readonly ClusterProcess[];
  /** Throws where there is none. */
  process(name: ProcessName): ClusterProcess;
  withRole(role: Role): readonly ClusterProcess[];
  readonly servers: ClusterServers;
  /** What every process is told; for one more, or for the command line. */
  readonly settings: Readonly<Record<string, string>>;
  readonly adminToken: string;
  /** nginx before all APIs and gateways; undefined where it isn't installed. */
  readonly site: Site | undefined;
  /** Of the APIs: of nginx, or of another running process at each call. */
  readonly addresses: () => Promise<Addresses>;
  /** The same without nginx. */
  readonly directAddresses: () => Promise<Addresses>;
  /** Adds one more, and starts it. nginx doesn't know it. */
  add(name: ProcessName, roles: readonly Role[], settings?: Readonly<Record<string, string>>): Promise<ClusterProcess>;
  /** Asks every process to stop, in the order in which clients come to them, and waits until all have. */
  stop(): Promise<void>;
};

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { layout = TWO_OF_EVERY_ROLE, logs = 1, isDurable = false, onLine } = options;
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder()).path;
  const servers = starting.use(await startServers({ folder, logs, isDurable, ...(onLine === undefined ? {} : { onLine }) }));
  const settings = { ...(await settingsFor(servers, folder)), ...options.settings };
  const processes: ClusterProcess[] = [];
  const ofProcesses = starting.use(new AsyncDisposableStack());
  const prepare = async (name: ProcessName, roles: readonly Role[], more: Readonly<Record<string, string>> = {}) => {
    const own = { ...settings, ...options.settingsOf?.(name), ...more };
    const nodeArguments = options.nodeArgumentsOf?.(name) ?? [];
    const one = ofProcesses.use(await prepareProcess({ name, roles, settings: own, nodeArguments, ...(onLine === undefined ? {} : { onLine }) }));
    processes.push(one);
    return one;
  };
  const site = isNginxInstalled() ? starting.use(await startSite({ folder })) : undefined;
  for (const [name, roles] of Object.entries(layout)) await prepare(name, roles, site === undefined ? {} : { TIDINGS_GATEWAY_URL: site.gatewayUrl(name) });
  await startAll(processes);
  await site?.route(processes);

  const withRole = (role: Role) => processes.filter(({ roles }) => roles.includes(role));
  let turn = 0;
  const anyUrl = (role: 'write-api' | 'read-api', running = withRole(role).filter((one) => one.isRunning())) =>
    running[turn++ % running.length]?.urls[role] ?? '';
  const operations = () => processes.find((one) => one.isRunning())?.urls.operations ?? '';
  const directAddresses = async () => ({ write: anyUrl('write-api'), read: anyUrl('read-api'), ops: operations() });
  const started = starting.move();
  return {
    processes,
    process: (name) => {
      const found = processes.find((one) => one.name === name);
      if (found === undefined) throw new Error(`There is no process ${name} in this cluster.`);
      return found;
    },
    withRole,
    servers,
    settings,
    adminToken: ADMIN_TOKEN,
    site,
    addresses: async () => (site === undefined ? await directAddresses() : { write: site.url, read: site.url, ops: operations() }),
    directAddresses,
    add: async (name, roles, more) => {
      const one = await prepare(name, roles, more);
      await one.start();
      return one;
    },
    stop: async () => {
      for (const role of ROLES) await Promise.all(withRole(role).map((one) => one.stop()));
      await Promise.all(servers.eventStores.map((store) => store.stop()));
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

type ServersOptions = Pick<ClusterOptions, 'onLine'> & { readonly folder: string; readonly logs: number; readonly isDurable: boolean };

async function startServers({ folder, logs, isDurable, onLine }: ServersOptions): Promise<ClusterServers & AsyncDisposable> {
  await using starting = new AsyncDisposableStack();
  const mongodb = starting.use(await startMongoServer({ isDurable }));
  const redis = starting.use(await startRedisServer());
  const feedCacheRedis = starting.use(await startRedisServer({ config: FEED_CACHE_CONFIG }));
  const eventStores: ClusterProcess[] = [];
  for (let log = 0; log < logs; log++) {
    const settings = {
      TIDINGS_DATA: join(folder, `event-store-${log}`),
      TIDINGS_EVENT_STORE_TLS: 'insecure',
      TIDINGS_EVENT_STORE_IDEMPOTENCY: 'eventstoredb',
    };
    const store = await prepareProcess({ name: `event-store-${log}`, roles: ['event-store'], settings, ...(onLine === undefined ? {} : { onLine }) });
    eventStores.push(starting.use(store));
    await store.start();
  }
  const started = starting.move();
  return { mongodb, redis, feedCacheRedis, eventStores, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

async function settingsFor({ eventStores, mongodb, redis, feedCacheRedis }: ClusterServers, folder: string): Promise<Readonly<Record<string, string>>> {
  const keys = join(folder, 'vault-keys');
  await writeFile(keys, `first ${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  return {
    TIDINGS_PROFILE: 'distributed',
    TIDINGS_MEDIA_FOLDER: join(folder, 'media'),
    TIDINGS_EVENTSTORE_URLS: eventStores.map(({ urls }) => `${urls['event-store'] ?? ''}?tls=false`).join(','),
    TIDINGS_MONGODB_URL: mongodb.url,
    TIDINGS_REDIS_URL: redis.url,
    TIDINGS_FEED_CACHE_REDIS_URL: feedCacheRedis.url,
    TIDINGS_VAULT_KEY_FILE: keys,
    TIDINGS_ADMIN_TOKEN: ADMIN_TOKEN,
    TIDINGS_TRUSTED_PROXIES: '127.0.0.1',
    TIDINGS_RATE_LIMITS: roomyLimits(),
  };
}

async function startAll(processes: readonly ClusterProcess[]): Promise<void> {
  const left = processes.values();
  const startInTurn = async () => {
    for (const one of left) await one.start();
  };
  await Promise.all(Array.from({ length: STARTED_AT_ONCE }, startInTurn));
}
