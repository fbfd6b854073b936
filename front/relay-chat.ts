/**
 * The WebSocket of a page: passed on to the gateway of this process, with the token of the cookie in its `hello`. The gateway's
 * protocol stays as it is. Frames, pings and close codes go on unchanged in both directions, so that each side notices what the other does;
 * who reads slowly is read from slowly.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { refuseConnection } from '../edge/http/listener/refuse-connection.ts';
import { isOwnOrigin, type OwnOrigin } from './origin.ts';
import { forwardedFor } from './pass-on.ts';
import { sessionTokenIn, TOKEN_IN_COOKIE } from './session-cookie.ts';
import type { Upstream } from './upstream.ts';

export const CHAT_PATH = '/chat/socket';

/** More than the gateway allows, which says so by its own code; this only bounds what is held here. */
const CLIENT_FRAME_BYTES_MAX = 4 * 1_024 * 1_024;
const GATEWAY_FRAME_BYTES_MAX = 16 * 1_024 * 1_024;
/** Beyond, nothing more is read from the other side. */
const BUFFERED_BYTES_MAX = 256 * 1_024;
const OPEN_MS = 10_000;
/** RFC 6455, 7.4.1. */
const GOING_AWAY = 1001;

export type ChatRelay = Disposable & { accept(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> };

export function startChatRelay({ upstream, own }: { readonly upstream: Upstream; readonly own: OwnOrigin }): ChatRelay {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: CLIENT_FRAME_BYTES_MAX, autoPong: false, clientTracking: true });
  return {
    accept: async (request, stream, head) => {
      stream.on('error', () => undefined); // the client may be gone
      const token = sessionTokenIn(request.headers.cookie, own);
      if (!isOwnOrigin(own, request.headers)) return refuseConnection(stream, { code: 'origin-not-allowed' });
      if (token === undefined) return refuseConnection(stream, { code: 'token-missing' });
      const gateway = await opened(upstream, request);
      if (gateway === undefined) return refuseConnection(stream, { code: 'store-unavailable' });
      if (stream.destroyed) return gateway.close();
      sockets.handleUpgrade(request, stream, head, (client) => relay(client, gateway, token));
    },
    [Symbol.dispose]: () => {
      for (const client of sockets.clients) client.close(GOING_AWAY);
      sockets.close();
    },
  };
}

/** Undefined: it takes no more, or is going. */
function opened({ socketOptions, addresses }: Upstream, request: IncomingMessage): Promise<WebSocket | undefined> {
  const headers = { 'x-forwarded-for': forwardedFor(request) };
  const socket = new WebSocket(addresses.gateway, {
    headers,
    perMessageDeflate: false,
    maxPayload: GATEWAY_FRAME_BYTES_MAX,
    handshakeTimeout: OPEN_MS,
    autoPong: false,
    ...socketOptions(),
  });
  return new Promise((resolve) => socket.once('open', () => resolve(socket)).once('error', () => resolve(undefined)));
}

function relay(client: WebSocket, gateway: WebSocket, token: string): void {
  let isGreeted = false;
  const toGateway = (data: RawData, isBinary: boolean): RawData | string => {
    if (isGreeted) return data;
    isGreeted = true;
    return isBinary ? data : withToken(data, token);
  };
  connect(client, gateway, toGateway);
  connect(gateway, client, (data) => data);
}

/** A first frame that is none of ours is the gateway's to refuse. */
function withToken(data: RawData, token: string): RawData | string {
  try {
    const frame: unknown = JSON.parse((data as Buffer).toString());
    const isOurs = typeof frame === 'object' && frame !== null && 'token' in frame && frame.token === TOKEN_IN_COOKIE;
    return isOurs ? JSON.stringify({ ...frame, token }) : data;
  } catch {
    return data;
  }
}

function connect(from: WebSocket, to: WebSocket, change: (data: RawData, isBinary: boolean) => RawData | string): void {
  from.on('message', (data, isBinary) => {
    to.send(change(data, isBinary), { binary: isBinary }, () => to.bufferedAmount <= BUFFERED_BYTES_MAX && from.resume());
    if (to.bufferedAmount > BUFFERED_BYTES_MAX) from.pause();
  });
  from.on('ping', (data) => to.readyState === WebSocket.OPEN && to.ping(data));
  from.on('pong', (data) => to.readyState === WebSocket.OPEN && to.pong(data));
  from.on('error', () => undefined); // `close` follows
  from.on('close', (code, reason) => (isSendable(code) ? to.close(code, reason) : to.terminate()));
}

/** RFC 6455, 7.4: some codes only say that there was none. */
const isSendable = (code: number): boolean => (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code < 5000);
