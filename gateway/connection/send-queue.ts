/**
 * What waits to be sent to each connection: bounded in bytes, written once a turn of the event loop, so that a burst is one write.
 * Frames come framed already (`ws-frame.ts`) and are shared between connections; between them `ws` writes its pings and closes.
 */
import { CLOSE_CODES, type CloseName } from '../protocol/close-codes.ts';
import type { Session } from './connection.ts';

/** What is queued here and in the socket together; over it the connection is cut, and resumes. */
const QUEUE_BYTES_MAX = 1024 * 1024;
/** Up to here copying into one buffer costs less than handing the socket many. */
const JOINED_BYTES_MAX = 64 * 1024;
/** Who has not taken more than that of what was sent is not sent what can wait. */
const UNTAKEN_BYTES_MAX = 256 * 1024;

export type Outbound = {
  readonly send: (session: Session, framed: Buffer) => void;
  /** Whether the socket has taken most of what it was given; what waits is written first. */
  readonly isTaking: (session: Session) => boolean;
  /** Writes what waits for this one, unless it is too slow for that, and begins the closing handshake. */
  readonly end: (session: Session, as: CloseName) => void;
  readonly stats: () => { readonly framesSent: number; readonly writes: number };
};

export function createOutbound({ overflow }: { readonly overflow: (session: Session) => void }): Outbound {
  let waiting: Session[] = [];
  let framesSent = 0;
  let writes = 0;

  const flush = (session: Session) => {
    const { queue, socket } = session;
    session.queue = undefined;
    session.queuedBytes = 0;
    if (queue === undefined || socket.readyState !== socket.OPEN) return;
    framesSent += queue.length;
    writes++;
    write(session, queue);
  };
  const flushAll = () => {
    const sessions = waiting;
    waiting = [];
    for (const session of sessions) flush(session);
  };

  return {
    send: (session, framed) => {
      if (session.phase === 'closing') return;
      if (isTooMuch(session, framed) && session.stream.writableLength === 0) flush(session); // of this turn's burst the socket was not offered a byte yet
      if (isTooMuch(session, framed)) return overflow(session);
      if (session.queue === undefined) {
        session.queue = [framed];
        if (waiting.push(session) === 1) setImmediate(flushAll);
      } else session.queue.push(framed);
      session.queuedBytes += framed.length;
    },
    isTaking: (session) => {
      flush(session);
      return session.stream.writableLength <= UNTAKEN_BYTES_MAX;
    },
    end: (session, as) => {
      if (as === 'slow') session.queue = undefined;
      flush(session);
      session.socket.close(CLOSE_CODES[as].code, as);
    },
    stats: () => ({ framesSent, writes }),
  };
}

const isTooMuch = ({ queuedBytes, stream }: Session, framed: Buffer): boolean => queuedBytes + framed.length + stream.writableLength > QUEUE_BYTES_MAX;

function write({ stream }: Session, queue: readonly Buffer[]): void {
  const [first] = queue;
  if (queue.length === 1 && first !== undefined) return void stream.write(first);
  const bytes = queue.reduce((sum, framed) => sum + framed.length, 0);
  if (bytes <= JOINED_BYTES_MAX) return void stream.write(Buffer.concat(queue, bytes));
  stream.cork();
  for (const framed of queue) stream.write(framed);
  stream.uncork();
}
