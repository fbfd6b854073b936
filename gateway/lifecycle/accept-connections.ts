/** Takes in WebSockets: one set of handlers for all of them, and nothing kept of the request that asked for it. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import { refuseConnection } from '../../edge/http/refuse-connection.ts';
import { FRAME_BYTES_MAX } from '../protocol/frames.ts';
import { createConnection, GatewaySocket, type Connection } from '../connection/connection.ts';

/** How long a client has to answer a close, before it is cut. */
const CLOSE_ANSWER_MS = 5 * SECOND_MS;
/** How many closing handshakes may be under way when everyone is sent away. */
const CLOSING_AT_ONCE_MAX = 200;
const RETRY_AFTER_SECONDS = 5;
/** What is said to who asks for another one (RFC 6455, 4.4). */
const VERSION = { 'Sec-WebSocket-Version': '13' };

export type AcceptDependencies = {
  readonly server: Server;
  readonly opened: (connection: Connection) => void;
  /** Undefined: binary, which no frame is. */
  readonly heard: (connection: Connection, text: string | undefined) => void;
  readonly gone: (connection: Connection, closeCode: number) => void;
};

export type AcceptedConnections = {
  readonly connections: ReadonlySet<Connection>;
  /** Whoever comes now is told to come again later. */
  refuseMore(): void;
  /** `close` begins the closing of one; resolves when all are gone. */
  closeAll(close: (connection: Connection) => void): Promise<void>;
};

export function acceptConnections(
  { server, opened, heard, gone }: AcceptDependencies,
  { connectionsMax }: { readonly connectionsMax: number },
): AcceptedConnections {
  const connections = new Set<Connection>();
  const awaited = new Map<Connection, () => void>();
  const sockets = new WebSocketServer(SOCKET_OPTIONS);
  let accepting = true;

  function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
    const connection = sessionOf(this);
    if (connection !== undefined) heard(connection, isBinary ? undefined : (data as Buffer).toString());
  }
  function onPong(this: WebSocket): void {
    const connection = sessionOf(this);
    if (connection !== undefined) connection.isAlive = true;
  }
  function onClose(this: WebSocket, code: number): void {
    const connection = sessionOf(this);
    if (connection === undefined) return;
    connections.delete(connection);
    gone(connection, code);
    awaited.get(connection)?.();
    awaited.delete(connection);
  }

  const open = (socket: GatewaySocket, stream: Duplex) => {
    const connection = createConnection(socket, stream);
    connections.add(connection);
    socket.on('message', onMessage);
    socket.on('pong', onPong);
    socket.on('close', onClose);
    socket.on('error', ignore);
    opened(connection);
  };

  sockets.on('wsClientError', (error, stream) => refuseConnection(stream, { code: 'bad-request', facts: { detail: error.message } }, VERSION));
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (!accepting || connections.size >= connectionsMax)
      return refuseConnection(stream, { code: 'gateway-full', facts: { retryAfterSeconds: RETRY_AFTER_SECONDS } });
    sockets.handleUpgrade(request, stream, head, (socket) => open(socket, stream));
  });

  return {
    connections: connections,
    refuseMore: () => void (accepting = false),
    closeAll: async (close) => {
      const all = connections.values();
      const closeInTurn = async () => {
        for (const connection of all) {
          const isGone = new Promise<void>((resolve) => awaited.set(connection, resolve));
          close(connection);
          await isGone;
        }
      };
      await Promise.all(Array.from({ length: CLOSING_AT_ONCE_MAX }, closeInTurn));
    },
  };
}

const SOCKET_OPTIONS = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: FRAME_BYTES_MAX,
  closeTimeout: CLOSE_ANSWER_MS,
  WebSocket: GatewaySocket,
};

const sessionOf = (socket: WebSocket): Connection | undefined => (socket instanceof GatewaySocket ? socket.connection : undefined);

/** A socket that fails is closed as well, and that is what counts. */
function ignore(): void {}
