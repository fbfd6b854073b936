/** The floor: a bare `ws` server that passes frames on by a name and stores nothing. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { answer } from './serve-parent.ts';

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

answer(
  {
    url: () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    collect: async () => {
      globalThis.gc?.();
      await delay(200);
      globalThis.gc?.();
    },
  },
  () => Promise.resolve(),
);
