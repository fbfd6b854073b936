/** What real clients send beside messages: that they are there, and what they have received. A message of which nobody says so is pushed. */
import type { LoadSocket } from './load.ts';

const HEARTBEAT_MS = 8_000;
const FIELD = /"(channel|seq)":("[^"]+"|\d+)/g;

export function sendHeartbeats(sockets: readonly LoadSocket[]): Disposable {
  const heartbeats = setInterval(() => sockets.forEach((socket) => socket.send('{"type":"heartbeat"}')), HEARTBEAT_MS);
  return { [Symbol.dispose]: () => clearInterval(heartbeats) };
}

/** `frame`: a message, as it came. */
export function acknowledge(socket: LoadSocket, frame: Buffer): void {
  const { channel, seq } = Object.fromEntries([...frame.toString().matchAll(FIELD)].map(([, name, value]) => [name, value]));
  socket.send(`{"type":"received","channel":${channel},"seq":${seq}}`);
}
