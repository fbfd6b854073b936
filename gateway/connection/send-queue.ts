/**
 * The send queue of each connection, bounded in bytes: a client that reads too slowly is closed, and resumes. Frames come framed
 * already (`ws-frame.ts`) and are shared between connections; between them `ws` writes its pings and closes.
 */
import type { ServerFrame } from '../protocol/frames.ts';
import { encodeFrame } from '../protocol/ws-frame.ts';
import { applyInput } from './apply-input.ts';
import type { Connection } from './connection.ts';
import { flush, flushLater } from './flush.ts';

/** A client that has this much left to take is sent nothing that can wait. */
export const UNTAKEN_BYTES_MAX = 256 * 1024;

export const sendFrame = (connection: Connection, frame: ServerFrame): void => send(connection, encodeFrame(frame));

/** The bytes of a frame that several connections are sent. */
export function send(connection: Connection, framed: Buffer): void {
  if (connection.phase === 'closing') return;
  // The socket was not offered a byte of this turn's burst yet: it is offered the burst before it is called slow.
  if (isOverflow(connection, framed) && connection.rawSocket.writableLength === 0) flush(connection);
  if (isOverflow(connection, framed)) return void applyInput(connection, 'send-queue-full');
  if (connection.sendQueue === undefined) {
    connection.sendQueue = [framed];
    flushLater(connection);
  } else connection.sendQueue.push(framed);
  connection.sendQueueBytes += framed.length;
}

/** Whether the socket has taken most of what it was given. Writes what is queued first. */
export function hasCapacity(connection: Connection): boolean {
  flush(connection);
  return connection.rawSocket.writableLength <= UNTAKEN_BYTES_MAX;
}

/** The bound holds for what is queued here and in the raw socket together. */
const isOverflow = ({ sendQueueBytes, rawSocket, transport }: Connection, framed: Buffer): boolean =>
  sendQueueBytes + framed.length + rawSocket.writableLength > transport.sendQueueBytesMax;
