/** The server under every HTTP listener: with TLS where there is a certificate, and able to stop though clients keep silent connections open. */
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { CertificateSource } from './certificate.ts';

/** A client that has connected, and not finished the handshake by then, is disconnected. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

export type HttpListener = {
  readonly server: Server;
  readonly isSecure: boolean;
  /** Closes the connections on which there has been no request: `server.close` would wait for a first one. */
  destroyUnused(): void;
};

/** Without `certificates` the listener speaks plain HTTP. A certificate that is replaced holds for connections from then on. */
export function createHttpListener(options: ServerOptions, handler: RequestListener, certificates?: CertificateSource): HttpListener {
  const server = certificates === undefined ? createServer(options, handler) : createHttps(options, handler, certificates);
  const unused = unusedConnections(server);
  return {
    server,
    isSecure: certificates !== undefined,
    destroyUnused: () => {
      for (const socket of unused.values()) socket.destroy();
    },
  };
}

function createHttps(options: ServerOptions, handler: RequestListener, certificates: CertificateSource): Server {
  const { certificate, key } = certificates.current();
  const server = createSecureServer({ ...options, cert: certificate, key, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_TIMEOUT_MS }, handler);
  const watching = certificates.onReplaced((replaced) => server.setSecureContext({ cert: replaced.certificate, key: replaced.key, minVersion: 'TLSv1.2' }));
  server.once('close', () => watching[Symbol.dispose]());
  return server;
}

/** By the client's end of the connection, which the socket under TLS and the one over it have in common. */
function unusedConnections(server: Server): ReadonlyMap<string, Socket> {
  const unused = new Map<string, Socket>();
  server.on('connection', (socket) => {
    const end = clientEndOf(socket);
    unused.set(end, socket);
    socket.once('close', () => unused.delete(end));
  });
  const use = ({ socket }: { readonly socket: Socket }) => void unused.delete(clientEndOf(socket));
  server.on('request', use);
  server.on('upgrade', use);
  return unused;
}

const clientEndOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
