/** A server for clients that aren't the Node one: they are told of it by a connection string, and trust its authority through a file. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '../../event-store/grpc/certificates.ts';
import { startEventStoreServer } from '../../event-store/grpc/server.ts';
import { openEventStore } from '../../event-store/open.ts';

export type ForClients = AsyncDisposable & { readonly connectionString: string; readonly authorityFile: string };

export async function startForClients(mode: 'insecure' | 'over TLS'): Promise<ForClients> {
  const folder = await mkdtemp(join(tmpdir(), 'event-store-clients-'));
  const store = await openEventStore(join(folder, 'store'), { idempotency: 'eventstoredb' });
  const certificates = makeCertificates(['localhost', '127.0.0.1'], Date.now());
  const authorityFile = join(folder, 'authority.pem');
  await writeFile(authorityFile, certificates.authority);
  const tls = mode === 'insecure' ? 'insecure' : certificates;
  const server = await startEventStoreServer({ store }, { host: '127.0.0.1', port: 0, tls, initialEvents: 'omit' });
  const { port } = server.address;
  return {
    connectionString:
      mode === 'insecure'
        ? `esdb://127.0.0.1:${port}?tls=false`
        : `esdb://admin:changeit@localhost:${port}?tls=true&tlsCaFile=${encodeURIComponent(authorityFile)}`,
    authorityFile,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
