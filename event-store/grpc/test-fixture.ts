/**
 * A server on a store in a temporary folder, with EventStoreDB's idempotency, and the official client connected to it.
 * Tests that use it must be serial within a file: all instances of the client share their pending appends, and disposing of one fails them all.
 */
import { EventStoreDBClient } from '@eventstore/db-client';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStore } from '../open.ts';
import type { EventStore, EventStoreOptions } from '../store.ts';
import { makeCertificates, type Certificates } from './certificates.ts';
import { startEventStoreServer, type EventStoreServer, type EventStoreServerConfig } from './server.ts';

export type TestServer = AsyncDisposable & {
  readonly store: EventStore;
  readonly server: EventStoreServer;
  readonly client: EventStoreDBClient;
  /** Another client; over TLS with these credentials, or without any. */
  connect(credentials?: { readonly username: string; readonly password: string }): EventStoreDBClient;
};

let certificates: Certificates | undefined;

/** Made once per test process, since generating keys is slow. */
export const testCertificates = (): Certificates => (certificates ??= makeCertificates(['localhost', '127.0.0.1'], Date.now()));

export const ADMIN = { username: 'admin', password: 'changeit' };

/** Over TLS the client has the administrator's credentials; in insecure mode none. */
export async function startTestServer(
  config: Partial<EventStoreServerConfig> = {},
  options: EventStoreOptions = { idempotency: 'eventstoredb' },
): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'event-store-grpc-'));
  const store = await openEventStore(folder, options);
  const server = await startEventStoreServer({ store }, { host: '127.0.0.1', port: 0, tls: 'insecure', initialEvents: 'omit', ...config });
  const isInsecure = (config.tls ?? 'insecure') === 'insecure';
  const clients: EventStoreDBClient[] = [];
  const connect: TestServer['connect'] = (credentials) => {
    const channel = isInsecure ? { insecure: true } : { insecure: false, rootCertificate: Buffer.from(testCertificates().authority) };
    const client = new EventStoreDBClient(
      { endpoint: { address: isInsecure ? server.address.host : 'localhost', port: server.address.port } },
      channel,
      credentials,
    );
    clients.push(client);
    return client;
  };
  return {
    store,
    server,
    client: connect(isInsecure ? undefined : ADMIN),
    connect,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(clients.map((client) => client.dispose()));
      await server[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const overTls = (): Pick<EventStoreServerConfig, 'tls'> => ({ tls: testCertificates() });

const EPHEMERAL_FROM = 32_768;
const REGISTERED_FROM = 10_000;

/**
 * A free port below the ephemeral range, for a server that restarts on its port: meanwhile the system assigns it
 * neither to another test's listener nor to a client's end of a connection.
 */
export async function portToKeep(): Promise<number> {
  for (;;) {
    const port = randomInt(REGISTERED_FROM, EPHEMERAL_FROM);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)));
    if (!isFree) continue;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
}
