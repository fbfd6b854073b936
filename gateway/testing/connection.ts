/** A connection for tests without a network: frames that reach its raw socket are read back, and the socket may be slow. */
import type { Duplex } from 'node:stream';
import { createConnection, createTransport, type Connection, type ConnectionSocket, type Transport } from '../connection/connection.ts';
import { flush } from '../connection/flush.ts';
import type { ServerFrame } from '../protocol/frames.ts';

export type TestConnection = {
  readonly connection: Connection;
  /** Every frame that was written or waits to be; writes the latter. */
  readonly frames: () => readonly ServerFrame[];
  /** Sizes of the writes to the raw socket. */
  readonly writtenBytes: readonly number[];
  /** Names under which the connection was closed. */
  readonly closes: readonly string[];
  readonly pings: () => number;
  /** What the client has not taken yet; the test sets it. */
  readonly rawSocket: { writableLength: number };
};

export const transportForTest = (overrides: Partial<Transport> = {}): Transport => ({
  ...createTransport({ sendQueueBytesMax: Infinity, reportRefusal: () => undefined }),
  ...overrides,
});

export function connectionForTest({ transport = transportForTest(), ...fields }: Partial<Connection> = {}): TestConnection {
  const written: Buffer[] = [];
  const writtenBytes: number[] = [];
  const closes: string[] = [];
  let pings = 0;
  const rawSocket = {
    writableLength: 0,
    write: (bytes: Buffer) => {
      written.push(bytes);
      writtenBytes.push(bytes.length);
    },
    cork: () => undefined,
    uncork: () => undefined,
  };
  const socket = { readyState: 1, OPEN: 1, ping: () => pings++, close: (_code: number, name: string) => void closes.push(name) };
  const connection = Object.assign(createConnection(transport, socket as unknown as ConnectionSocket, rawSocket as unknown as Duplex), fields);
  const frames = () => {
    flush(connection);
    return framesIn(Buffer.concat(written));
  };
  return { connection, frames, writtenBytes, closes, pings: () => pings, rawSocket };
}

/** The texts of unmasked WebSocket frames (RFC 6455, 5.2). */
function framesIn(bytes: Buffer): readonly ServerFrame[] {
  const frames: ServerFrame[] = [];
  for (let at = 0; at < bytes.length;) {
    const short = bytes[at + 1] ?? 0;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    frames.push(JSON.parse(bytes.toString('utf8', at + header, at + header + length)) as ServerFrame);
    at += header + length;
  }
  return frames;
}
