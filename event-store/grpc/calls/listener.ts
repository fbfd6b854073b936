/**
 * The TCP listener in front of the gRPC server. It knows every connection, so that stopping ends them all: grpc-js waits for ever for a
 * client that has connected and says nothing.
 */
import { ServerCredentials, type Server } from '@grpc/grpc-js';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export type ListenerConfig = {
  readonly host: string;
  readonly port: number; // 0: any free one
  readonly tls: Certificates | 'insecure';
};

/** PEM texts. */
type Certificate = { readonly certificate: string; readonly key: string };

/** `onReplaced`: calls with another certificate, which new connections get from then on. */
export type Certificates = Certificate & { readonly onReplaced?: (listener: (replaced: Certificate) => void) => Disposable };

export type Listener = {
  readonly port: number;
  /** Accepts nothing more, tells clients to go, and resolves when all are gone; after `graceMs` it disconnects those that are not. */
  stop(graceMs: number): Promise<void>;
};

export async function startListener(server: Server, { host, port, tls }: ListenerConfig): Promise<Listener> {
  const credentials = tls === 'insecure' ? ServerCredentials.createInsecure() : secureCredentials(tls);
  // grpc-js offers this to its own providers of certificates only, which take files or are experimental.
  const watching =
    tls === 'insecure'
      ? undefined
      : tls.onReplaced?.((replaced) => credentials['updateSecureContextOptions']({ cert: replaced.certificate, key: replaced.key }));
  const injector = server.createConnectionInjector(credentials);
  const sockets = new Set<Socket>();
  const listening = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    injector.injectConnection(socket);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject).listen({ host, port }, () => resolve(void listening.off('error', reject)));
    });
  } catch (error) {
    server.forceShutdown();
    throw error;
  }
  return {
    port: (listening.address() as AddressInfo).port,
    stop: async (graceMs) => {
      watching?.[Symbol.dispose]();
      const closed = new Promise((resolve) => listening.close(resolve)); // when the last connection has ended
      injector.drain(graceMs);
      const force = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(force);
      injector.destroy();
      server.forceShutdown();
    },
  };
}

function secureCredentials({ certificate, key }: Certificate): ServerCredentials {
  return ServerCredentials.createSsl(null, [{ private_key: Buffer.from(key), cert_chain: Buffer.from(certificate) }]);
}
