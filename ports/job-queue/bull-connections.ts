/**
 * The connections of the job queue to Redis. Bull's client is `ioredis`, which by itself waits for a server for ever and sends again
 * what nobody answered: here a command fails at once where there is no connection, and when a connection ends or is silent for too long.
 */
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisAddress } from '../redis/connect.ts';
import { reconnectAfterMs, type ClientOptions } from '../redis/node-client.ts';
import { JobQueueUnavailable } from './port.ts';

/** The same as those of the other adapters on Redis: addresses, credentials and TLS mean the same. */
export type BullConnectionOptions = RedisAddress & ClientOptions & { readonly onError: (error: unknown) => void };

export type BullClient = Redis | Cluster;

export type BullConnections = Disposable & {
  /** For all that is answered at once. */
  readonly client: BullClient;
  /** Hears of delayed jobs. */
  readonly subscriber: BullClient;
  /** One more, for a command that blocks for up to so long. The caller disconnects it. */
  connectBlocking(blockMaxMs: number): BullClient;
};

/** So long a connection may be silent before the kernel asks whether its other end is there. */
const KEEP_ALIVE_AFTER_MS = 10_000;
/**
 * A server that owes an answer for so long is taken for gone, and the connection made anew. Whoever asked may have given up before
 * (`within`); but who takes a job should hear of it, however late, or the job waits until its lock has run out.
 */
const OWED_MAX_MS = 10_000;

/** Throws JobQueueUnavailable if nothing answers within `connectTimeoutMs`. */
export async function connectBull(options: BullConnectionOptions): Promise<BullConnections> {
  const { connectTimeoutMs } = options;
  const opened = new DisposableStack();
  const open = (waits: RedisOptions) => {
    const client = connect(options, waits);
    client.setMaxListeners(0); // each queue listens to the shared ones
    client.on('error', options.onError);
    const look = (node: Redis) => {
      forgetDebts(node);
      tellName(node, options.name);
    };
    if (client instanceof Cluster) client.on('+node', look);
    else look(client);
    return client;
  };
  const shared = (waits: RedisOptions) => opened.adopt(open(waits), (client) => client.disconnect());
  const client = shared(failing(OWED_MAX_MS));
  const subscriber = shared({}); // subscriptions wait for the server, and come back with it
  try {
    await within(connectTimeoutMs, async () => {
      await Promise.all([client, subscriber].map(ready));
      await client.ping(); // a server that hangs accepts connections
    });
  } catch (error) {
    opened.dispose();
    throw error;
  }
  return {
    client,
    subscriber,
    connectBlocking: (blockMaxMs) => open(failing(blockMaxMs + OWED_MAX_MS)),
    [Symbol.dispose]: () => opened.dispose(),
  };
}

/** What was sent and is not answered when a connection ends has failed; it is not sent again behind the back of whoever asked. */
const failing = (owedMaxMs: number): RedisOptions => ({
  socketTimeout: owedMaxMs,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
});

function connect(options: BullConnectionOptions, waits: RedisOptions): BullClient {
  const { tls, connectTimeoutMs } = options;
  const urls = (options.urls ?? [options.url]).map((url) => new URL(url));
  const [{ protocol, username, password, pathname } = new URL('redis://127.0.0.1')] = urls;
  const redisOptions: RedisOptions = {
    maxRetriesPerRequest: null,
    enableReadyCheck: false, // Bull refuses a client with it; a server that loads answers that it loads
    disableClientInfo: true,
    connectTimeout: connectTimeoutMs,
    keepAlive: KEEP_ALIVE_AFTER_MS,
    retryStrategy: reconnectAfterMs,
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(tls === undefined && protocol !== 'rediss:' ? {} : { tls: tls ?? {} }),
    ...waits,
  };
  const nodes = urls.map(({ hostname, port }) => ({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port === '' ? DEFAULT_PORT : port) }));
  if (options.urls === undefined) return new Redis({ ...redisOptions, ...nodes[0], db: Number(pathname.slice(1)) });
  return new Cluster(nodes, {
    redisOptions,
    clusterRetryStrategy: reconnectAfterMs,
    enableReadyCheck: true,
    enableOfflineQueue: waits.enableOfflineQueue ?? true,
    slotsRefreshTimeout: connectTimeoutMs,
  });
}

/** The client would go on waiting for what was owed over a connection that has ended, and cut the next one for it. */
function forgetDebts(client: Redis): void {
  const owing = client as unknown as { socketTimeoutTimer: NodeJS.Timeout | undefined };
  client.on('close', () => {
    clearTimeout(owing.socketTimeoutTimer);
    owing.socketTimeoutTimer = undefined;
  });
}

/**
 * Not by the client's option `connectionName`: it waits for the answer before it is ready, and where the connection ends before, it
 * takes the next one, which it hasn't made yet, for ready, and makes none ever after.
 */
const tellName = (client: Redis, name: string): void => void client.on('ready', () => void client.client('SETNAME', name).catch(() => undefined));

const DEFAULT_PORT = 6_379;

const ready = (client: BullClient): Promise<void> => new Promise((resolve) => (client.status === 'ready' ? resolve() : client.once('ready', resolve)));

/** An outage, and no answer in time, is JobQueueUnavailable. */
export async function within<T>(timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new JobQueueUnavailable(`Redis does not answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    throw isOutage(error) ? toUnavailable(error) : error;
  } finally {
    clearTimeout(timer);
  }
}

const toUnavailable = (error: unknown): JobQueueUnavailable =>
  error instanceof JobQueueUnavailable ? error : new JobQueueUnavailable('Redis can’t be reached, or can’t serve now', { cause: error });

/** Refusals by which a server says that it can't serve now, whatever it is asked. */
const SERVER_CANNOT =
  /^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|READONLY|TRYAGAIN|MOVED|ASK|OOM|MISCONF|NOREPLICAS|UNKILLABLE|UNBLOCKED|NOAUTH|WRONGPASS|ERR max number of clients)\b/;
/** What Bull says of a job that another worker has taken meanwhile, or that was lost with the server's memory. */
const BULL_SAYS_LOST = /^(Missing (key|lock) for job|Lock mismatch for job|Missing Job|Job .* (is not in the|was locked))/;

export const isLostJob = (error: unknown): boolean => error instanceof Error && BULL_SAYS_LOST.test(error.message);

/** Any other refusal of the server is a bug of ours; what isn't a refusal comes from the connection. */
export const isOutage = (error: unknown): boolean => {
  if (!(error instanceof Error) || isLostJob(error)) return false;
  return error.name !== 'ReplyError' || SERVER_CANNOT.test(error.message);
};
