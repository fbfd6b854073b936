/**
 * Serves the store over EventStoreDB's gRPC protocol, as a single node; official clients should notice no difference.
 * Methods that are not implemented are not advertised and answer UNIMPLEMENTED.
 */
import { isIP } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { EventStore } from '../store.ts';
import { accessControl } from './access/acl.ts';
import { adaptCalls, type Logger } from './calls/calls.ts';
import { handleGetSupportedMethods } from './features.ts';
import { handleGossipRead } from './gossip.ts';
import { startPersistentSubscriptions } from './persistent/service.ts';
import { featuresDefinition, gossipDefinition, persistentSubscriptionsDefinition, streamsDefinition } from './wire/service-definitions.ts';
import { streamsService } from './streams/service.ts';
import { DEFAULT_USERS, authenticateUsers, withoutAuthentication, loginsWithDefaultPassword, type User } from './access/authentication.ts';

export type EventStoreServerConfig = {
  readonly host: string;
  readonly port: number; // 0: any free one
  /** PEM texts. 'insecure': no encryption, and every client may do everything. */
  readonly tls: { readonly certificate: string; readonly key: string } | 'insecure';
  readonly users?: readonly User[];
  /** The address that gossip tells discovering clients; the bound address by default. */
  readonly advertise?: { readonly host: string; readonly port: number };
  readonly keepaliveMs?: number;
  readonly keepaliveTimeoutMs?: number;
  readonly maxAppendBytes?: number; // as the store was opened with
  readonly log?: Logger;
  readonly now?: () => number;
};

export type EventStoreServer = AsyncDisposable & {
  readonly address: { readonly host: string; readonly port: number };
  /** For official clients, `esdb://…`. */
  readonly connectionString: string;
};

const MAX_APPEND_BYTES = 1024 * 1024;
const KEEPALIVE_MS = 10_000;
const RECEIVE_MAX_BYTES = 17 * 1024 * 1024;
/** So long may calls take to end by themselves when the server stops. */
const STOP_TIMEOUT_MS = 5_000;

const SILENT: Logger = { warn: () => {}, error: () => {} };

export async function startEventStoreServer({ store }: { readonly store: EventStore }, config: EventStoreServerConfig): Promise<EventStoreServer> {
  const { log = SILENT, now = Date.now, maxAppendBytes = MAX_APPEND_BYTES, users = DEFAULT_USERS, tls } = config;
  const stopping = new AbortController();
  const calls = adaptCalls({ users: tls === 'insecure' ? withoutAuthentication : authenticateUsers(users), log, stopping: stopping.signal });
  const access = accessControl(store);
  const server = new Server({
    'grpc.keepalive_time_ms': config.keepaliveMs ?? KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': config.keepaliveTimeoutMs ?? KEEPALIVE_MS,
    'grpc.max_receive_message_length': RECEIVE_MAX_BYTES,
    'grpc.max_send_message_length': -1,
  });
  const persistent = startPersistentSubscriptions({ store, access, calls, log, now });
  server.addService(streamsDefinition, streamsService({ store, access, calls, maxAppendBytes, now, log }));
  server.addService(persistentSubscriptionsDefinition, persistent.handlers);
  const served = [streamsDefinition, persistentSubscriptionsDefinition, gossipDefinition, featuresDefinition];
  server.addService(featuresDefinition, { getSupportedMethods: calls.unary(handleGetSupportedMethods(served)) });
  const address = { host: config.host, port: 0 };
  const advertised = () => config.advertise ?? { host: reachable(config.host), port: address.port };
  server.addService(gossipDefinition, { read: calls.unary(handleGossipRead(advertised, now)) });
  address.port = await bind(server, config);
  if (tls !== 'insecure' && loginsWithDefaultPassword(users).length > 0)
    log.warn({ logins: loginsWithDefaultPassword(users) }, 'users have the default password');

  return {
    address,
    connectionString:
      tls === 'insecure' ? `esdb://${hostText(reachable(address.host))}:${address.port}?tls=false` : `esdb://${nameable(address.host)}:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await persistent[Symbol.asyncDispose]();
      await stop(server);
    },
  };
}

function bind(server: Server, { host, port, tls }: EventStoreServerConfig): Promise<number> {
  const credentials =
    tls === 'insecure'
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) }]);
  return new Promise((resolve, reject) => {
    server.bindAsync(`${hostText(host)}:${port}`, credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), STOP_TIMEOUT_MS);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
}

const hostText = (host: string) => (isIP(host) === 6 ? `[${host}]` : host);

/** A client can't connect to the wildcard address. */
const reachable = (host: string) => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);

/** Over TLS the Node client does not accept an IP address as the server's name. */
const nameable = (host: string) => (isIP(host) === 0 ? host : 'localhost');
