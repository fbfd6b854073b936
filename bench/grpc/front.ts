/** Starts a gRPC front in a thread of its own; this module is also what the thread runs. */
import { EventStoreDBClient } from '@eventstore/db-client';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { startEventStoreServer } from '../../event-store/grpc/server.ts';
import { openEventStore } from '../../event-store/open.ts';
import { createNullStore } from './null-store.ts';

type Backend = 'store' | 'no store';

if (!isMainThread) await serve(workerData as Backend);

export async function startFront(backend: Backend): Promise<AsyncDisposable & { readonly client: EventStoreDBClient }> {
  const worker = new Worker(new URL(import.meta.url), { workerData: backend });
  const connectionString = await new Promise<string>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const client = EventStoreDBClient.connectionString(connectionString);
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

async function serve(backend: Backend): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-grpc-'));
  const store = backend === 'store' ? await openEventStore(folder) : createNullStore();
  const server = await startEventStoreServer({ store }, { host: '127.0.0.1', port: 0, tls: 'insecure' });
  parentPort?.postMessage(server.connectionString);
  await new Promise((resolve) => parentPort?.once('message', resolve));
  await server[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
}
