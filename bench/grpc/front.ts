/** Starts a gRPC front in a thread of its own; this module is also what the thread runs. */
import { EventStoreDBClient } from '@eventstore/db-client';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { makeCertificates } from '../../event-store/grpc/certificates.ts';
import { startEventStoreServer } from '../../event-store/grpc/server.ts';
import { openEventStore } from '../../event-store/open.ts';
import { createNullStore } from './null-store.ts';

type Backend = 'store' | 'no store';
type Transport = 'TLS' | 'insecure';
type FrontOptions = { readonly backend: Backend; readonly transport: Transport };
/** `authority`: PEM, for the client to trust. */
type Listening = { readonly host: string; readonly port: number; readonly authority: string };

const ADMIN = { username: 'admin', password: 'changeit' };

if (!isMainThread) await serve(workerData as FrontOptions);

export async function startFront(backend: Backend, transport: Transport = 'insecure'): Promise<AsyncDisposable & { readonly client: EventStoreDBClient }> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { backend, transport } satisfies FrontOptions });
  const { host, port, authority } = await new Promise<Listening>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const security = transport === 'insecure' ? { insecure: true } : { rootCertificate: Buffer.from(authority) };
  const client = new EventStoreDBClient({ endpoint: { address: host, port } }, security, transport === 'TLS' ? ADMIN : undefined);
  return {
    client,
    [Symbol.asyncDispose]: async () => {
      await client.dispose();
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      worker.postMessage('stop');
      await exited;
    },
  };
}

async function serve({ backend, transport }: FrontOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-grpc-'));
  const store = backend === 'store' ? await openEventStore(folder) : createNullStore();
  const certificates = makeCertificates(['localhost', '127.0.0.1'], Date.now());
  const tls = transport === 'TLS' ? certificates : 'insecure';
  const server = await startEventStoreServer({ store }, { host: '127.0.0.1', port: 0, tls, initialEvents: 'omit' });
  const listening: Listening = { host: transport === 'TLS' ? 'localhost' : '127.0.0.1', port: server.address.port, authority: certificates.authority };
  parentPort?.postMessage(listening);
  await new Promise((resolve) => parentPort?.once('message', resolve));
  await server[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
}
