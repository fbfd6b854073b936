/**
 * A listener that is guarded against clients that take what others need: many connections of one address, requests sent ahead of their
 * responses, responses that are not read. Every HTTP listener of ours is one, that of the gateway too.
 */
import type { RequestListener, ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { clientKeyOf } from '../../network/addresses.ts';
import type { CertificateSource } from '../../network/certificate.ts';
import { createProxyCheck } from '../../network/client-address.ts';
import type { OwnConnections } from '../../network/own-connections.ts';
import { createHttpListener, type HttpListener } from '../../network/http-listener.ts';
import { answerInTurn, type Exchange } from '../../overload/answer-in-turn.ts';
import { limitAtOnce } from '../../overload/at-once.ts';
import type { UnsentBytes } from '../../overload/unsent-bytes.ts';
import type { CutReason } from '../../telemetry-events.ts';
import { refuseUnreadable } from './refuse-connection.ts';

/** Of one address, at one listener. Connections of trusted proxies don't count. */
export const ADDRESS_CONNECTIONS_MAX = 2_000;

export type GuardDependencies = { readonly unsentBytes: UnsentBytes; readonly reportCut: (reason: CutReason) => void };
export type GuardConfig = {
  readonly server: ServerOptions & { readonly maxHeaderSize: number };
  readonly certificates?: CertificateSource | undefined;
  readonly addressConnectionsMax?: number | undefined;
  readonly trustedProxies?: readonly string[] | undefined;
  readonly ownConnections?: Pick<OwnConnections, 'has'> | undefined;
};

export type GuardedListener = HttpListener &
  Disposable & {
    /** A response on this connection is not sent yet. */
    isAnswering(socket: Socket): boolean;
    /** Connections that wait for nothing but their client: for a whole request, or until it reads what it was answered. */
    waitingForClient(): readonly Socket[];
  };

export function createGuardedListener(handle: RequestListener, { unsentBytes, reportCut }: GuardDependencies, config: GuardConfig): GuardedListener {
  const turns = answerInTurn(handle, { onFlood: () => reportCut('pipelined') });
  const answering = turns.answering as ReadonlyMap<Socket, { readonly current: Exchange }>;
  const listener = createHttpListener(config.server, turns.listener, config.certificates);
  const { server } = listener;
  server.on('checkExpectation', turns.listener); // other values of `Expect` are ignored
  const { maxHeaderSize: headerBytesMax } = config.server;
  refuseUnreadable(server, { headerBytesMax, isAwaited: (stream) => isAwaited(turns.answering.get(stream)?.current) });
  const connections = trackConnections(server, reportCut, config);
  const watch = unsentBytes.watch<Socket>({
    connections: () => answering.keys(),
    unsentBytesOf: ({ writableLength }) => writableLength,
    takenBytesOf: ({ bytesWritten, writableLength }) => bytesWritten - writableLength,
    cut: (socket, reason) => {
      reportCut(reason);
      socket.destroy();
    },
  });
  return {
    ...listener,
    isAnswering: (socket) => answering.has(socket),
    waitingForClient: () => {
      const current = new Map(Array.from(answering, ([socket, turn]) => [clientEndOf(socket), turn.current]));
      return Array.from(connections).flatMap(([end, socket]) => (isWaitingForClient(current.get(end)) ? [socket] : []));
    },
    [Symbol.dispose]: () => watch[Symbol.dispose](),
  };
}

/** The open connections by the client's end, which the socket under TLS and the one over it have in common. */
function trackConnections(
  server: HttpListener['server'],
  reportCut: GuardDependencies['reportCut'],
  {
    addressConnectionsMax = ADDRESS_CONNECTIONS_MAX,
    trustedProxies,
    ownConnections,
  }: Pick<GuardConfig, 'addressConnectionsMax' | 'trustedProxies' | 'ownConnections'>,
): ReadonlyMap<string, Socket> {
  const connections = new Map<string, Socket>();
  const isProxy = createProxyCheck(trustedProxies);
  const ofAddress = limitAtOnce(addressConnectionsMax);
  const count = (socket: Socket): void => {
    const { remoteAddress = '' } = socket;
    if (socket.destroyed || isProxy(remoteAddress) || ownConnections?.has(socket) === true) return;
    const counted = ofAddress.begin(clientKeyOf(remoteAddress));
    if (counted !== undefined) return void socket.once('close', () => counted[Symbol.dispose]());
    reportCut('address-connections');
    socket.destroy();
  };
  server.on('connection', (socket) => {
    const end = clientEndOf(socket);
    connections.set(end, socket);
    socket.once('close', () => connections.delete(end));
    // The other end of one of our own may learn a moment later that it is open.
    if (ownConnections === undefined) count(socket);
    else setImmediate(() => count(socket));
  });
  return connections;
}

const clientEndOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/** A response to a whole request, or a part of one, is not sent yet: a refusal would be taken for it. */
const isAwaited = (current: Exchange | undefined): boolean => current !== undefined && (current.request.complete || current.response.headersSent);

const isWaitingForClient = (current: Exchange | undefined): boolean => current === undefined || !current.request.complete || current.response.writableEnded;
