/**
 * The chat server: holds people's WebSockets, brings what is said into the log and out to everyone concerned, and knows who is there.
 * What it holds of a connection is soft: whoever loses one resumes from the log, here or at another gateway.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SECOND_MS } from '../domain/shared/instant.ts';
import { refuseUnreadable } from '../edge/http/refuse-connection.ts';
import { acceptConnections } from './lifecycle/accept-connections.ts';
import { httpHandler, type HttpDependencies } from './http.ts';
import { wireGateway, type GatewayDependencies as PartsDependencies } from './wire-gateway.ts';
import { createRegistration } from './registration.ts';
import type { GatewayStats } from './stats.ts';
import { startTimers } from './timers.ts';

/** A process may hold 20,000 file descriptors; what isn't a connection needs some of them. */
const CONNECTIONS_MAX = 19_000;
/** Connections beside these: what asks for health and metrics, and what has not asked for an upgrade yet. */
const OTHER_CONNECTIONS_MAX = 500;
const HEADER_BYTES_MAX = 16 * 1_024;
/** Who connects asks for something within that time, or makes room. */
const HEADERS_TIMEOUT_MS = 10 * SECOND_MS;

export type GatewayDependencies = PartsDependencies & {
  readonly registry: Parameters<typeof createRegistration>[0]['registry'];
  readonly metrics: HttpDependencies['metrics'];
};

export type GatewayConfig = {
  /** A name of its own for each start: the log says by it who was here when it was lost. */
  readonly id: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** What clients are told to connect to, where it is not the address that is listened on. */
  readonly publicUrl?: string | undefined;
  readonly region: string;
  readonly connectionsMax?: number;
  /** What counts as a second for pings, sweeps and batches. */
  readonly tickMs?: number;
};

export type Gateway = AsyncDisposable & {
  /** ws://…, what was really bound. */
  readonly url: string;
  /** Takes nobody in any more, and sends everyone elsewhere; resolves when all are gone and what they said is written. */
  drain(): Promise<void>;
  /** Whether it takes no more connections, and closes those it has. */
  isDraining(): boolean;
  stats(): GatewayStats;
};

export async function startGateway(dependencies: GatewayDependencies, config: GatewayConfig): Promise<Gateway> {
  const { id, region, connectionsMax = CONNECTIONS_MAX, tickMs = SECOND_MS } = config;
  const { clock, registry, metrics, failed } = dependencies;
  let drained: Promise<void> | undefined;
  const isDraining = () => drained !== undefined;

  const parts = wireGateway(dependencies, { gateway: id, tickMs });
  const server = createServer(
    { keepAlive: true, maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 2 },
    httpHandler({ notReady: () => (isDraining() ? 'draining' : undefined), metrics, failed }),
  );
  server.maxConnections = connectionsMax + OTHER_CONNECTIONS_MAX;
  refuseUnreadable(server, { headerBytesMax: HEADER_BYTES_MAX });
  const connections = acceptConnections({ server, ...parts.events }, { connectionsMax });
  const url = await listen(server, config);
  const registration = createRegistration(
    { registry, clock, load: () => ({ connections: connections.connections.size, draining: isDraining() }), recordGatewayLoss: parts.recordGatewayLoss },
    { id, url: config.publicUrl ?? url, region, capacity: connectionsMax },
  );
  const ticking = startTimers(
    { parts, registration: { announce: () => (isDraining() ? Promise.resolve() : registration.announce()), sweep: registration.sweep }, failed },
    { tickMs },
  );
  await registration.announce();

  const drain = async () => {
    connections.refuseMore();
    await registration.withdraw().catch(failed);
    await connections.closeAll(parts.disconnectForShutdown);
    await parts.finish();
  };

  const stop = async () => {
    await (drained ??= drain());
    ticking[Symbol.dispose]();
    await parts.recordGatewayLoss({ gateway: id, lastSeenAt: clock() }).catch(failed); // whoever doesn't come back elsewhere is offline from now on
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  let stopped: Promise<void> | undefined;

  return {
    url,
    drain: () => (drained ??= drain()),
    isDraining,
    stats: () => ({ connections: connections.connections.size, ...parts.stats() }),
    [Symbol.asyncDispose]: () => (stopped ??= stop()),
  };
}

async function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { address, family, port: bound } = server.address() as AddressInfo;
  return `ws://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
}
