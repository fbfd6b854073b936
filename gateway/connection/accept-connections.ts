/** Takes in WebSockets: one set of handlers for all of them, and nothing kept of the request that asked for it. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import { refuseConnection } from '../../edge/http/refuse-connection.ts';
import { FRAME_BYTES_MAX } from '../protocol/frames.ts';
import { createSession, GatewaySocket, type Session } from './connection.ts';

/** How long a client has to answer a close, before it is cut. */
const CLOSE_ANSWER_MS = 5 * SECOND_MS;
/** How many closing handshakes may be under way when everyone is sent away. */
const CLOSING_AT_ONCE_MAX = 200;
const RETRY_AFTER_SECONDS = 5;
/** What is said to who asks for another one (RFC 6455, 4.4). */
const VERSION = { 'Sec-WebSocket-Version': '13' };

export type ConnectionsDependencies = {
  readonly server: Server;
  readonly opened: (session: Session) => void;
  /** Undefined: binary, which no frame is. */
  readonly heard: (session: Session, text: string | undefined) => void;
  readonly gone: (session: Session, closeCode: number) => void;
};

export type Connections = {
  readonly sessions: ReadonlySet<Session>;
  /** Whoever comes now is told to come again later. */
  refuseMore(): void;
  /** `close` begins the closing of one; resolves when all are gone. */
  closeAll(close: (session: Session) => void): Promise<void>;
};

export function acceptConnections(
  { server, opened, heard, gone }: ConnectionsDependencies,
  { connectionsMax }: { readonly connectionsMax: number },
): Connections {
  const sessions = new Set<Session>();
  const awaited = new Map<Session, () => void>();
  const sockets = new WebSocketServer(SOCKET_OPTIONS);
  let accepting = true;

  function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
    const session = sessionOf(this);
    if (session !== undefined) heard(session, isBinary ? undefined : (data as Buffer).toString());
  }
  function onPong(this: WebSocket): void {
    const session = sessionOf(this);
    if (session !== undefined) session.heardFrom = true;
  }
  function onClose(this: WebSocket, code: number): void {
    const session = sessionOf(this);
    if (session === undefined) return;
    sessions.delete(session);
    gone(session, code);
    awaited.get(session)?.();
    awaited.delete(session);
  }

  const open = (socket: GatewaySocket, stream: Duplex) => {
    const session = createSession(socket, stream);
    sessions.add(session);
    socket.on('message', onMessage);
    socket.on('pong', onPong);
    socket.on('close', onClose);
    socket.on('error', ignore);
    opened(session);
  };

  sockets.on('wsClientError', (error, stream) => refuseConnection(stream, { code: 'bad-request', facts: { detail: error.message } }, VERSION));
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (!accepting || sessions.size >= connectionsMax)
      return refuseConnection(stream, { code: 'gateway-full', facts: { retryAfterSeconds: RETRY_AFTER_SECONDS } });
    sockets.handleUpgrade(request, stream, head, (socket) => open(socket, stream));
  });

  return {
    sessions,
    refuseMore: () => void (accepting = false),
    closeAll: async (close) => {
      const all = sessions.values();
      const closeInTurn = async () => {
        for (const session of all) {
          const isGone = new Promise<void>((resolve) => awaited.set(session, resolve));
          close(session);
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

const sessionOf = (socket: WebSocket): Session | undefined => (socket instanceof GatewaySocket ? socket.session : undefined);

/** A socket that fails is closed as well, and that is what counts. */
function ignore(): void {}
