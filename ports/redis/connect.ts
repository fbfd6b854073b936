/** A connection to Redis, a single server or a cluster, that every adapter on Redis takes. It comes back by itself, with jitter. */
import { createClient, createCluster, type RedisClusterType } from 'redis';
import { isMoved, isUnknownScript, RedisUnavailable, toRedisError } from './errors.ts';
import { hashSlot } from './hash-slot.ts';
import { askNode, clientOptions, endClient, keepAlive, within, type ClientOptions, type NodeClient } from './node-client.ts';
import type { RedisScript } from './script.ts';
import { subscribe, type Subscriber } from './subscription.ts';

/** One URL is a single server; several are nodes of a cluster, which name the others. */
export type RedisAddress = { readonly url: string; readonly urls?: never } | { readonly urls: readonly [string, ...string[]]; readonly url?: never };

export type RedisServers = RedisAddress & ClientOptions;

/**
 * `url`: `redis[s]://[[user]:password@]host[:port][/database]`; the nodes of a cluster share credentials and TLS of the first.
 * `name`: what the server's list of clients calls the connection. `onError`: each loss and each attempt in vain.
 */
export type RedisOptions = RedisServers & { readonly onError: (error: unknown) => void };

/**
 * Nothing waits for a server that is gone: a command fails at once where there is no connection, and within `commandTimeoutMs` where
 * no answer comes; it may have been carried out all the same. Outages are RedisUnavailable, and adapters throw them as their port's
 * own (`asOutage`); any other rejection is a refusal of what was asked.
 */
export type RedisConnection = AsyncDisposable & {
  readonly isCluster: boolean;
  /** One command, on the node that holds the key. Numbers are numbers and bulk strings are strings in the answer. */
  command(key: string, args: readonly string[]): Promise<unknown>;
  /** A script, on the node that holds its keys: on a cluster they share a slot. Servers that have forgotten it get its text again. */
  run(script: RedisScript, keys: readonly [string, ...string[]], args: readonly string[]): Promise<unknown>;
  /** One command without keys on every node that holds data. Rejects where one of them can't be asked. */
  everywhere(args: readonly string[]): Promise<readonly unknown[]>;
  /** Over a connection of its own, to the node that holds the channel's slot; for each connection there may be another channel. */
  subscribe(nextChannel: () => string, subscriber: Subscriber): AsyncDisposable;
  /** Another one like it. */
  duplicate(): Promise<RedisConnection>;
};

/** Rejects with RedisUnavailable if nothing answers within `connectTimeoutMs`. */
export async function connectRedis(options: RedisOptions): Promise<RedisConnection> {
  const nodes = options.urls === undefined ? connectSingle(options, options.url) : connectCluster(options, options.urls);
  const stopping = new AbortController();
  try {
    await within(options.connectTimeoutMs, nodes.connected);
  } catch (error) {
    nodes.close();
    throw toRedisError(error);
  }
  void keepAlive(nodes.clients, { commandTimeoutMs: options.commandTimeoutMs, signal: stopping.signal });

  const command = (key: string, args: readonly string[]) => nodes.ask(hashSlot(key), key, args);
  return {
    isCluster: options.urls !== undefined,
    command,
    run: async ({ digest, lua }, keys, args) => {
      const rest = [String(keys.length), ...keys, ...args];
      try {
        return await command(keys[0], ['EVALSHA', digest, ...rest]);
      } catch (error) {
        if (!isUnknownScript(error)) throw error;
        return await command(keys[0], ['EVAL', lua, ...rest]);
      }
    },
    everywhere: (args) => nodes.everywhere(args),
    subscribe: (nextChannel, subscriber) =>
      subscribe({
        options,
        nextChannel,
        subscriber,
        urlOf: (channel) => nodes.urlOf(hashSlot(channel)),
        recheck: (channel) => command(channel, ['EXISTS', channel]),
      }),
    duplicate: () => connectRedis(options),
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      nodes.close();
    },
  };
}

type Nodes = {
  /** Rejects, or never resolves, where no server answers. */
  readonly connected: Promise<unknown>;
  readonly clients: () => Iterable<NodeClient>;
  ask(slot: number, key: string, args: readonly string[]): Promise<unknown>;
  everywhere(args: readonly string[]): Promise<readonly unknown[]>;
  /** Of the node that holds the slot. */
  urlOf(slot: number): string;
  close(): void;
};

function connectSingle(options: RedisOptions, url: string): Nodes {
  const client = createClient({ url, ...withTls(options, url) });
  client.on('error', options.onError);
  const node = client as unknown as NodeClient;
  return {
    connected: client.connect(),
    clients: () => [node],
    ask: (_slot, _key, args) => askNode(node, args, options.commandTimeoutMs),
    everywhere: async (args) => [await askNode(node, args, options.commandTimeoutMs)],
    urlOf: () => url,
    close: () => endClient(node),
  };
}

/** After so long a node that is away may have moved, and the others are asked. */
const TOPOLOGY_REFRESH_AFTER_MS = 1_000;

function connectCluster(options: RedisOptions, urls: readonly [string, ...string[]]): Nodes {
  const { username, password, protocol } = new URL(urls[0]);
  const cluster: RedisClusterType = createCluster({
    rootNodes: urls.map((url) => ({ url })),
    defaults: {
      ...withTls(options, urls[0]),
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    },
    // The package waits for all new nodes before it knows any, and so for ever for one that is gone: each is connected apart.
    minimizeConnections: true,
    topologyRefreshOnReconnectionAttemptStrategy: TOPOLOGY_REFRESH_AFTER_MS,
  });
  cluster.on('error', options.onError).on('node-error', options.onError);
  /** Nodes' clients, and when each was asked for first. */
  const askedAt = new WeakMap<object, number>();

  const clientOf = async (node: (typeof cluster.masters)[number] | undefined): Promise<NodeClient> => {
    if (node === undefined) throw new RedisUnavailable('No node of the cluster holds the slot');
    if (node.client?.isReady === true) return node.client as unknown as NodeClient;
    const since = askedAt.get(node) ?? performance.now();
    askedAt.set(node, since);
    if (performance.now() - since > options.connectTimeoutMs) throw new RedisUnavailable('A node of the cluster can’t be reached');
    return (await within(options.commandTimeoutMs, Promise.resolve(cluster.nodeClient(node)))) as unknown as NodeClient;
  };
  const clients = () => cluster.masters.flatMap(({ client }) => (client === undefined ? [] : [client as unknown as NodeClient]));
  const slotOwner = (slot: number) => cluster.slots[slot]?.master;
  return {
    connected: cluster.connect().then(() => Promise.any(cluster.masters.map(clientOf))),
    clients,
    ask: async (slot, key, args) => {
      try {
        return await askNode(await clientOf(slotOwner(slot)), args, options.commandTimeoutMs);
      } catch (error) {
        if (!(error instanceof RedisUnavailable && isMoved(error.cause))) throw toRedisError(error);
        return await within(options.commandTimeoutMs, cluster.sendCommand(key, false, [...args])).catch((again: unknown) => {
          throw toRedisError(again);
        });
      }
    },
    everywhere: async (args) =>
      await Promise.all(cluster.masters.map(async (node) => await askNode(await clientOf(node), args, options.commandTimeoutMs))).catch((error: unknown) => {
        throw toRedisError(error);
      }),
    urlOf: (slot) => {
      const node = slotOwner(slot);
      if (node === undefined) throw new RedisUnavailable('No node of the cluster holds the slot');
      const url = new URL(`${protocol}//${node.host}:${node.port}`);
      return Object.assign(url, { username, password }).toString();
    },
    close: () => {
      for (const client of clients()) endClient(client);
      cluster.destroy();
    },
  };
}

const withTls = (options: ClientOptions, url: string) => clientOptions(url.startsWith('rediss:') ? { ...options, tls: options.tls ?? {} } : options);
