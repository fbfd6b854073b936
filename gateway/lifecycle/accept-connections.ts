/** Accepts WebSockets: one set of handlers serves all of them, and nothing is kept of the request for the upgrade. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { GuardedListener } from '../../edge/http/listener/guarded-listener.ts';
import { refuseConnection } from '../../edge/http/listener/refuse-connection.ts';
import { clientKeyOf } from '../../edge/network/addresses.ts';
import { createClientAddress } from '../../edge/network/client-address.ts';
import { isAllowedOrigin } from '../../edge/network/origins.ts';
import { limitAtOnce } from '../../edge/overload/at-once.ts';
import type { UnsentBytes } from '../../edge/overload/unsent-bytes.ts';
import type { GatewaySettings } from '../config.ts';
import { applyInput } from '../connection/apply-input.ts';
import { ConnectionSocket, createConnection, type Connection, type Transport } from '../connection/connection.ts';
import { UNAUTHENTICATED_FRAME_BYTES_MAX } from '../protocol/frames.ts';
import { forgetConnection, type ForgetDependencies } from './forget-connection.ts';
import { handleMessage, type InboundDependencies } from './inbound-frames.ts';
import { awaitHello, type Keepalive } from './keepalive.ts';

/** A client that doesn't answer a close within this time is cut. */
const CLOSE_ANSWER_MS = 5 * SECOND_MS;
/** So many closing handshakes are under way at once when all connections are closed. */
const CLOSING_AT_ONCE_MAX = 200;
const RETRY_AFTER_SECONDS = 5;
const TOO_MANY_OF_ADDRESS = { limit: 'connections-of-address', retryAfterSeconds: RETRY_AFTER_SECONDS };
/** For a client that asks for another version of the protocol (RFC 6455, 4.4). */
const VERSION = { 'Sec-WebSocket-Version': '13' };

export type AcceptDependencies = {
  readonly transport: Transport;
  readonly keepalive: Keepalive;
  readonly inbound: InboundDependencies;
  readonly forget: ForgetDependencies;
};

export type AcceptedConnections = {
  readonly connections: Set<Connection>;
  /** Called when the connection is gone, where `closeAllConnections` waits for it. */
  readonly onGone: Map<Connection, () => void>;
  isAccepting: boolean;
};

type AcceptConfig = Pick<GatewaySettings, 'connectionsMax' | 'addressConnectionsMax' | 'trustedProxies' | 'ownConnections' | 'origins'>;

export function acceptConnections(
  { server, isAnswering }: Pick<GuardedListener, 'server' | 'isAnswering'>,
  { transport, keepalive, inbound, forget }: AcceptDependencies,
  { connectionsMax, addressConnectionsMax, trustedProxies, ownConnections, origins }: AcceptConfig,
): AcceptedConnections {
  const accepted: AcceptedConnections = { connections: new Set(), onGone: new Map(), isAccepting: true };
  const sockets = new WebSocketServer(SOCKET_OPTIONS);
  const clientAddressOf = createClientAddress(trustedProxies, ownConnections);
  const ofAddress = limitAtOnce(addressConnectionsMax);

  function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
    const connection = connectionOf(this);
    if (connection === undefined) return;
    if (isBinary) applyInput(connection, 'unreadable');
    else handleMessage(inbound, connection, (data as Buffer).toString());
  }
  function onPong(this: WebSocket): void {
    const connection = connectionOf(this);
    if (connection !== undefined) connection.isAlive = true;
  }
  function onClose(this: WebSocket, code: number): void {
    const connection = connectionOf(this);
    if (connection === undefined) return;
    accepted.connections.delete(connection);
    forgetConnection(forget, connection, code);
    accepted.onGone.get(connection)?.();
    accepted.onGone.delete(connection);
  }

  const open = (socket: ConnectionSocket, rawSocket: Duplex, address: string) => {
    const connection = createConnection(transport, socket, rawSocket, address);
    accepted.connections.add(connection);
    socket.on('message', onMessage);
    socket.on('pong', onPong);
    socket.on('close', onClose);
    socket.on('error', ignore);
    awaitHello(keepalive, connection);
  };

  sockets.on('wsClientError', (error, rawSocket) => refuseConnection(rawSocket, { code: 'bad-request', facts: { detail: error.message } }, VERSION));
  server.on('upgrade', (request: IncomingMessage, rawSocket: Duplex, head: Buffer) => {
    if (isAnswering(rawSocket as Socket)) return void rawSocket.destroy(); // a WebSocket would begin in the middle of that response
    const { origin } = request.headers;
    if (origin !== undefined && !isAllowedOrigin(origins, origin)) return refuseConnection(rawSocket, { code: 'origin-not-allowed' });
    if (!accepted.isAccepting || accepted.connections.size >= connectionsMax)
      return refuseConnection(rawSocket, { code: 'gateway-full', facts: { retryAfterSeconds: RETRY_AFTER_SECONDS } });
    const address = clientAddressOf(request);
    const counted = ofAddress.begin(clientKeyOf(address));
    if (counted === undefined) return refuseConnection(rawSocket, { code: 'rate-limited', facts: TOO_MANY_OF_ADDRESS });
    rawSocket.once('close', () => counted[Symbol.dispose]());
    sockets.handleUpgrade(request, rawSocket, head, (socket) => open(socket, rawSocket, address));
  });
  return accepted;
}

/** Where too many bytes wait for all clients of the process, the slowest connections are ended; they resume. */
export function watchUnsent(unsentBytes: UnsentBytes, { connections }: Pick<AcceptedConnections, 'connections'>): Disposable {
  return unsentBytes.watch<Connection>({
    connections: () => connections,
    unsentBytesOf: ({ rawSocket, sendQueueBytes }) => rawSocket.writableLength + sendQueueBytes,
    takenBytesOf: ({ rawSocket }) => (rawSocket as Socket).bytesWritten - rawSocket.writableLength,
    cut: (connection) => {
      applyInput(connection, 'send-queue-full');
      connection.rawSocket.destroy(); // what waits is freed at once
    },
  });
}

/** Upgrades are refused from now on: clients are told to try again later. */
export const stopAccepting = (accepted: AcceptedConnections): void => void (accepted.isAccepting = false);

/** Tells all clients to reconnect elsewhere; resolves when all connections are gone. */
export async function closeAllConnections({ connections, onGone }: AcceptedConnections): Promise<void> {
  const open = connections.values();
  const closeInTurn = async () => {
    for (const connection of open) {
      const isGone = new Promise<void>((resolve) => onGone.set(connection, resolve));
      applyInput(connection, 'shutting-down');
      await isGone;
    }
  };
  await Promise.all(Array.from({ length: CLOSING_AT_ONCE_MAX }, closeInTurn));
}

const SOCKET_OPTIONS = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: UNAUTHENTICATED_FRAME_BYTES_MAX,
  closeTimeout: CLOSE_ANSWER_MS,
  WebSocket: ConnectionSocket,
};

const connectionOf = (socket: WebSocket): Connection | undefined => (socket instanceof ConnectionSocket ? socket.connection : undefined);

/** A socket that fails is closed as well, and its close is handled. */
function ignore(): void {}
