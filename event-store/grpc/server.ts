/**
 * Serves the store over EventStoreDB's gRPC protocol, as a single node; official clients should notice no difference.
 * Methods that are not implemented are not advertised and answer UNIMPLEMENTED.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Server } from '@grpc/grpc-js';
import type { EventStore } from '../store.ts';
import { accessControl } from './access/acl.ts';
import { adaptCalls, type Logger } from './calls/calls.ts';
import { limitGuesses } from './access/guess-limit.ts';
import type { SecurityLog } from './access/security-event.ts';
import { startListener } from './calls/listener.ts';
import { writeInitialEvents } from '../system/initial-events.ts';
import type { SystemProjection } from '../system/link-rules.ts';
import { startSystemProjections } from '../system/system-projections.ts';
import { advertisedTo, hostForTls, hostText, reachableHost, type NodeAddress } from './calls/node-address.ts';
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
  /** The address that gossip tells discovering clients. By default the bound one; of a wildcard address, the one that the client itself used. */
  readonly advertised?: NodeAddress;
  readonly keepaliveMs?: number;
  readonly keepaliveTimeoutMs?: number;
  readonly maxAppendBytes?: number; // as the store was opened with
  /** 'write', by default: a store without the events that a fresh EventStoreDB has gets them. */
  readonly initialEvents?: 'write' | 'omit';
  /** Those that run; none by default. */
  readonly systemProjections?: readonly SystemProjection[];
  readonly logger?: Logger;
  /** Told of failed logins, lockouts and denied access. */
  readonly securityEvent?: SecurityLog;
  readonly now?: () => number; // milliseconds since the Unix epoch
  readonly monotonicMs?: () => number; // for durations: it never goes back
};

export type EventStoreServer = AsyncDisposable & {
  readonly address: NodeAddress;
  /** For official clients, `esdb://…`. */
  readonly connectionString: string;
};

const MAX_APPEND_BYTES = 1024 * 1024;
const KEEPALIVE_MS = 10_000;
const RECEIVE_MAX_BYTES = 17 * 1024 * 1024;
/** When the server stops, calls, groups and connections get so long to end by themselves. */
const STOP_GRACE_MS = 1_500;

const SILENT: Logger = { warn: () => {}, error: () => {} };

export async function startEventStoreServer({ store }: { readonly store: EventStore }, config: EventStoreServerConfig): Promise<EventStoreServer> {
  const { logger = SILENT, securityEvent = () => {}, now = Date.now, monotonicMs = () => performance.now(), users = DEFAULT_USERS, tls } = config;
  const stopping = new AbortController();
  const guesses = limitGuesses(monotonicMs);
  const authenticator = tls === 'insecure' ? withoutAuthentication : authenticateUsers(users, { guesses, securityLog: securityEvent });
  const calls = adaptCalls({ authenticator, logger, securityLog: securityEvent, stopping: stopping.signal });
  const server = new Server({
    'grpc.keepalive_time_ms': config.keepaliveMs ?? KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': config.keepaliveTimeoutMs ?? KEEPALIVE_MS,
    'grpc.max_receive_message_length': RECEIVE_MAX_BYTES,
    'grpc.max_send_message_length': -1,
  });
  const address = { host: config.host, port: 0 };
  const addressFor = (authority: string) => advertisedTo(authority, { advertised: config.advertised, bound: address });
  if (config.initialEvents !== 'omit') await writeInitialEvents(store);
  const services = { access: accessControl(store), calls, logger, now, monotonicMs };
  const persistent = startPersistentSubscriptions({ store, ...services });
  try {
    server.addService(streamsDefinition, streamsService({ store, maxAppendBytes: config.maxAppendBytes ?? MAX_APPEND_BYTES, ...services }));
    server.addService(persistentSubscriptionsDefinition, persistent.handlers);
    server.addService(gossipDefinition, { read: calls.unary(handleGossipRead(addressFor, now)) });
    server.addService(featuresDefinition, { getSupportedMethods: calls.unary(handleGetSupportedMethods(SERVED)) });
    const listener = await startListener(server, config);
    address.port = listener.port;
    const projections = startSystemProjections({ store, logger }, config.systemProjections ?? []);
    const withDefault = tls === 'insecure' ? [] : loginsWithDefaultPassword(users);
    if (withDefault.length > 0) logger.warn({ logins: withDefault }, 'users have the default password');
    return {
      address,
      connectionString: connectionString(address, tls),
      [Symbol.asyncDispose]: async () => {
        stopping.abort();
        const grace = sleep(STOP_GRACE_MS, undefined, { ref: false });
        const work = Promise.all([persistent[Symbol.asyncDispose](), projections[Symbol.asyncDispose]()]);
        await Promise.all([listener.stop(STOP_GRACE_MS), Promise.race([work, grace])]);
      },
    };
  } catch (error) {
    await persistent[Symbol.asyncDispose]();
    throw error;
  }
}

const SERVED = [streamsDefinition, persistentSubscriptionsDefinition, gossipDefinition, featuresDefinition];

function connectionString({ host, port }: NodeAddress, tls: EventStoreServerConfig['tls']): string {
  return tls === 'insecure' ? `esdb://${hostText(reachableHost(host))}:${port}?tls=false` : `esdb://${hostForTls(host)}:${port}`;
}
