/** The baseline: a bare `ws` server that forwards frames to the members of a room and stores nothing. */
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { collectGarbage } from './collect-garbage.ts';
import { serveParent } from './serve-parent.ts';

type Frame = { readonly join?: string; readonly to?: string };

const rooms = new Map<string, Set<WebSocket>>();
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, clientTracking: false });
await new Promise((resolve) => server.on('listening', resolve));

function onMessage(this: WebSocket, data: Buffer): void {
  const { join, to } = JSON.parse(data.toString()) as Frame;
  if (join !== undefined) rooms.set(join, (rooms.get(join) ?? new Set()).add(this));
  else for (const socket of rooms.get(to ?? '') ?? []) if (socket !== this) socket.send(data, { binary: false });
}

server.on('connection', (socket) => socket.on('message', onMessage));

serveParent({ url: () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, collectGarbage }, () => Promise.resolve());
