/**
 * What waits to be sent to each connection: bounded in bytes, written once a turn of the event loop, so that a burst is one write.
 * Frames come framed already (`ws-frame.ts`) and are shared between connections; between them `ws` writes its pings and closes.
 */
import { CLOSE_CODES, type CloseName } from '../protocol/close-codes.ts';
import type { Connection } from './connection.ts';

/** What is queued here and in the socket together; over it the connection is cut, and resumes. */
const QUEUE_BYTES_MAX = 1024 * 1024;
/** Up to here copying into one buffer costs less than handing the socket many. */
const JOINED_BYTES_MAX = 64 * 1024;
/** Who has not taken more than that of what was sent is not sent what can wait. */
const UNTAKEN_BYTES_MAX = 256 * 1024;

export type SendQueue = {
  readonly send: (connection: Connection, framed: Buffer) => void;
  /** Whether the socket has taken most of what it was given; what waits is written first. */
  readonly hasCapacity: (connection: Connection) => boolean;
  /** Writes what waits for this one, unless it is too slow for that, and begins the closing handshake. */
  readonly end: (connection: Connection, as: CloseName) => void;
  readonly stats: () => { readonly framesSent: number; readonly socketWrites: number };
};

export function createSendQueue({ overflow }: { readonly overflow: (connection: Connection) => void }): SendQueue {
  let waiting: Connection[] = [];
  let framesSent = 0;
  let socketWrites = 0;

  const flush = (connection: Connection) => {
    const { queue, socket } = connection;
    connection.queue = undefined;
    connection.queuedBytes = 0;
    if (queue === undefined || socket.readyState !== socket.OPEN) return;
    framesSent += queue.length;
    socketWrites++;
    write(connection, queue);
  };
  const flushAll = () => {
    const connections = waiting;
    waiting = [];
    for (const connection of connections) flush(connection);
  };

  return {
    send: (connection, framed) => {
      if (connection.phase === 'closing') return;
      if (isTooMuch(connection, framed) && connection.stream.writableLength === 0) flush(connection); // of this turn's burst the socket was not offered a byte yet
      if (isTooMuch(connection, framed)) return overflow(connection);
      if (connection.queue === undefined) {
        connection.queue = [framed];
        if (waiting.push(connection) === 1) setImmediate(flushAll);
      } else connection.queue.push(framed);
      connection.queuedBytes += framed.length;
    },
    hasCapacity: (connection) => {
      flush(connection);
      return connection.stream.writableLength <= UNTAKEN_BYTES_MAX;
    },
    end: (connection, as) => {
      if (as === 'slow') connection.queue = undefined;
      flush(connection);
      connection.socket.close(CLOSE_CODES[as].code, as);
    },
    stats: () => ({ framesSent, socketWrites }),
  };
}

const isTooMuch = ({ queuedBytes, stream }: Connection, framed: Buffer): boolean => queuedBytes + framed.length + stream.writableLength > QUEUE_BYTES_MAX;

function write({ stream }: Connection, queue: readonly Buffer[]): void {
  const [first] = queue;
  if (queue.length === 1 && first !== undefined) return void stream.write(first);
  const bytes = queue.reduce((sum, framed) => sum + framed.length, 0);
  if (bytes <= JOINED_BYTES_MAX) return void stream.write(Buffer.concat(queue, bytes));
  stream.cork();
  for (const framed of queue) stream.write(framed);
  stream.uncork();
}
