/**
 * The chat server: holds people's WebSockets, writes their messages into the log and delivers them to everybody concerned, and knows
 * who is online. Its state is soft: a client that loses its connection resumes from the log, here or at another gateway.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SECOND_MS } from '../domain/shared/instant.ts';
import { createGuardedListener } from '../edge/http/listener/guarded-listener.ts';
import { startUnsentBytes } from '../edge/overload/unsent-bytes.ts';
import { untilEmpty } from './commands/inbound-queue.ts';
import { settingsOf, type GatewayConfig } from './config.ts';
import type { GatewayDependencies } from './dependencies.ts';
import { httpHandler } from './http.ts';
import { acceptConnections, closeAllConnections, stopAccepting, watchUnsent } from './lifecycle/accept-connections.ts';
import { startGapChecks } from './lifecycle/gap-checks.ts';
import { flushPresence } from './presence/presence.ts';
import { flushDeliveryReceipts } from './receipts/delivery-receipts.ts';
import { finishReadReceipts } from './receipts/read-receipts.ts';
import { announce, leave, type Registration } from './registration.ts';
import { statsOf, type GatewayStats } from './stats.ts';
import { startTimers } from './timers.ts';
import { wireGateway, type WiredGateway } from './wire-gateway.ts';

/** TCP connections beside the WebSockets: requests for health and metrics, and clients that have not asked for an upgrade yet. */
const OTHER_CONNECTIONS_MAX = 500;
/** Of one address. */
const ADDRESS_OTHER_CONNECTIONS_MAX = 50;
const HEADER_BYTES_MAX = 16 * 1_024;
/** A TCP connection without a request within this time makes room for another. */
const HEADERS_TIMEOUT_MS = 10 * SECOND_MS;
const SERVER_OPTIONS = {
  keepAlive: true,
  maxHeaderSize: HEADER_BYTES_MAX,
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: HEADERS_TIMEOUT_MS,
  connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 5,
};

export type Gateway = AsyncDisposable & {
  /** ws://… or wss://…, the address that was bound. */
  readonly url: string;
  /** Accepts no more connections, and tells all clients to reconnect elsewhere; resolves when all are gone and their messages are written. */
  drain(): Promise<void>;
  isDraining(): boolean;
  stats(): GatewayStats;
};

/** Throws `RangeError` for a configuration that the gateway can't work with. */
export async function startGateway(dependencies: GatewayDependencies, config: GatewayConfig): Promise<Gateway> {
  const settings = settingsOf(config);
  const { id, region, connectionsMax, tickMs } = settings;
  const { clock, ports, reports } = dependencies;
  const { reportError, checks } = reports;
  let drained: Promise<void> | undefined;
  const isDraining = () => drained !== undefined;

  const parts = wireGateway(dependencies, settings);
  const unsentBytes = dependencies.unsentBytes ?? startUnsentBytes();
  const listener = createGuardedListener(
    httpHandler({ isDraining, checks, reportError }),
    { unsentBytes, reportCut: reports.reportCut ?? (() => undefined) },
    { ...settings, server: SERVER_OPTIONS, addressConnectionsMax: settings.addressConnectionsMax + ADDRESS_OTHER_CONNECTIONS_MAX },
  );
  const { server } = listener;
  server.maxConnections = connectionsMax + OTHER_CONNECTIONS_MAX;
  const accepted = acceptConnections(listener, parts.accept, settings);
  const watch = watchUnsent(unsentBytes, accepted);
  const url = `${listener.isSecure ? 'wss' : 'ws'}://${await listen(server, settings)}`;
  const self = { id, url: settings.publicUrl ?? url, region, capacity: connectionsMax };
  const registration: Registration = { registry: ports.registry, recorder: parts.recorder, clock, self };
  const timers = startTimers({ parts, registration, accepted, reportError }, { tickMs });
  const gapChecks = startGapChecks({ broadcast: ports.broadcast, connections: accepted.connections, checks: parts.checks, reportError }, { tickMs });
  await announce(registration, { connections: 0, draining: false }).catch(reportError); // a registry that is away is told a few seconds later

  const drain = async () => {
    stopAccepting(accepted);
    await announce(registration, { connections: accepted.connections.size, draining: true }).catch(reportError);
    await closeAllConnections(accepted);
    await finishWrites(parts);
  };

  const stop = async () => {
    await (drained ??= drain());
    timers[Symbol.dispose]();
    gapChecks[Symbol.dispose]();
    await leave(registration).catch(reportError);
    server.closeAllConnections();
    listener.destroyUnused();
    await new Promise((resolve) => server.close(resolve));
    listener[Symbol.dispose]();
    watch[Symbol.dispose]();
    if (dependencies.unsentBytes === undefined) unsentBytes[Symbol.dispose]();
  };
  let stopped: Promise<void> | undefined;

  return {
    url,
    drain: () => (drained ??= drain()),
    isDraining,
    stats: () => statsOf(parts, accepted.connections.size),
    [Symbol.asyncDispose]: () => (stopped ??= stop()),
  };
}

/** Every message and receipt is in the log, or was refused. */
async function finishWrites({ queues, readReceipts, deliveryReceipts, presence }: WiredGateway): Promise<void> {
  await untilEmpty(queues);
  await Promise.all([finishReadReceipts(readReceipts), flushDeliveryReceipts(deliveryReceipts), flushPresence(presence)]);
}

async function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { address, family, port: bound } = server.address() as AddressInfo;
  return `${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
}
