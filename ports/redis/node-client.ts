/**
 * One connection to one server. The package's own time-out covers a command only until it is written, and a server that hangs looks
 * to it like one that is idle: here every command has a deadline, and a connection on which an answer is overdue is made anew.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { createClient, RedisClientOptions } from 'redis';
import { RedisUnavailable, toRedisError } from './errors.ts';

/** What is asked of a client of the package, be it alone or of a node of a cluster. */
export type NodeClient = Pick<ReturnType<typeof createClient>, 'isReady' | 'destroy'> & {
  connect(): Promise<unknown>;
  on(event: 'connect', listener: () => void): unknown;
  sendCommand(args: readonly string[]): Promise<unknown>;
};

export type RedisTls = { readonly ca?: string; readonly cert?: string; readonly key?: string };

export type RedisTimeouts = {
  /** Until a connection to a server is there. */
  readonly connectTimeoutMs: number;
  /** Until a command is answered. */
  readonly commandTimeoutMs: number;
};

/** So often a connection is asked for a sign of life, whether or not it is used. */
export const PING_EVERY_MS = 2_000;
/** Above the time between two pings, or a connection that is idle and well would be cut: it ends one that hangs before it is ready. */
const SILENCE_MAX_MS = 5_000;
const RECONNECT_MIN_MS = 50;
const RECONNECT_MAX_MS = 2_000;
/** Commands that wait for their answers on one connection; beyond that they fail. */
const WAITING_COMMANDS_MAX = 100_000;

/** Full jitter, so that processes which lost a server together don't come back together. */
export const reconnectAfterMs = (attempts: number): number =>
  RECONNECT_MIN_MS + Math.random() * Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** Math.min(attempts, 10));

export type ClientOptions = RedisTimeouts & { readonly name: string; readonly tls?: RedisTls };

/** For the package: nothing waits for a server that isn't there. */
export function clientOptions({ name, tls, connectTimeoutMs }: ClientOptions) {
  return {
    name,
    disableOfflineQueue: true,
    commandsQueueMaxLength: WAITING_COMMANDS_MAX,
    commandOptions: { timeout: 0 },
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: connectTimeoutMs,
      socketTimeout: Math.max(SILENCE_MAX_MS, connectTimeoutMs),
      reconnectStrategy: reconnectAfterMs,
      ...(tls === undefined ? {} : { tls: true, ...tls }),
    },
  } satisfies RedisClientOptions;
}

/**
 * Rejects with RedisUnavailable at once where there is no connection, and within `commandTimeoutMs` where no answer comes. Answers come
 * in the order of the commands: where one is overdue, so is all that follows on its connection, which is made anew.
 */
export async function askNode(client: NodeClient, args: readonly string[], commandTimeoutMs: number): Promise<unknown> {
  try {
    return await answerOf(client, args, commandTimeoutMs);
  } catch (error) {
    if (error instanceof Overdue && client.isReady) {
      client.destroy();
      client.connect().catch(() => undefined); // its error events tell
    }
    throw error;
  }
}

/** As `askNode`, and leaves the connection as it is. */
export async function answerOf(client: NodeClient, args: readonly string[], commandTimeoutMs: number): Promise<unknown> {
  if (!client.isReady) throw new RedisUnavailable('Redis can’t be reached');
  try {
    return await within(commandTimeoutMs, client.sendCommand(args));
  } catch (error) {
    throw toRedisError(error);
  }
}

/** For good: the package lets a connection that is being made come about even so. */
export function endClient(client: NodeClient): void {
  client.on('connect', () => client.destroy());
  client.destroy();
}

/** Rejects with an Overdue once the time is over. A process that was busy meanwhile first reads what has arrived. */
export function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const overdue = () => reject(new Overdue('Redis did not answer in time'));
    const timer = setTimeout(() => setImmediate(overdue), timeoutMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export class Overdue extends RedisUnavailable {}

/** Asks for a sign of life until it is aborted, so that a connection nobody uses is known to hang as well. */
export async function keepAlive(
  clients: () => Iterable<NodeClient>,
  { commandTimeoutMs, signal }: { readonly commandTimeoutMs: number; readonly signal: AbortSignal },
) {
  while (!signal.aborted) {
    await delay(PING_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    for (const client of clients()) {
      if (client.isReady && !signal.aborted) askNode(client, ['PING'], commandTimeoutMs).catch(() => undefined); // it is made anew then
    }
  }
}
