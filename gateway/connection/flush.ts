/** Writes send queues to their sockets: once a turn of the event loop, so that a burst of frames is one write. */
import type { Connection, Transport } from './connection.ts';

/** Up to here copying into one buffer costs less than handing the socket many. */
const JOINED_BYTES_MAX = 64 * 1024;

export function flush(connection: Connection): void {
  const { sendQueue, socket, transport } = connection;
  connection.sendQueue = undefined;
  connection.sendQueueBytes = 0;
  if (sendQueue === undefined || socket.readyState !== socket.OPEN) return;
  transport.framesSent += sendQueue.length;
  transport.socketWrites++;
  write(connection, sendQueue);
}

/** At the end of this turn of the event loop. */
export function flushLater(connection: Connection): void {
  const { transport } = connection;
  if (transport.unflushed.push(connection) === 1) setImmediate(flushAll, transport);
}

function flushAll(transport: Transport): void {
  const connections = transport.unflushed;
  transport.unflushed = [];
  for (const connection of connections) flush(connection);
}

function write({ rawSocket }: Connection, frames: readonly Buffer[]): void {
  const [first] = frames;
  if (frames.length === 1 && first !== undefined) return void rawSocket.write(first);
  const bytes = frames.reduce((sum, framed) => sum + framed.length, 0);
  if (bytes <= JOINED_BYTES_MAX) return void rawSocket.write(Buffer.concat(frames, bytes));
  rawSocket.cork();
  for (const framed of frames) rawSocket.write(framed);
  rawSocket.uncork();
}
