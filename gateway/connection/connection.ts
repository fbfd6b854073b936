/** The record of one connection. Fields that only some connections need stay undefined until then: a gateway has thousands of records. */
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import type { CloseName } from '../protocol/close-codes.ts';
import type { ClientFrame, ClientFrameOf } from '../protocol/frames.ts';
import type { Phase } from './connection-states.ts';
import { IN_NO_SLOT, type Timed } from './timing-wheel.ts';

/** A socket that knows its connection, so that all sockets share one set of handlers. */
export class ConnectionSocket extends WebSocket {
  connection: Connection | undefined = undefined;

  /**
   * Frames may be so long from now on. `ws` sets one limit for all sockets of a server, and keeps it in this field of its receiver;
   * `bad-frames.test.ts` tells when a version of it no longer does.
   */
  allowFramesUpTo(bytesMax: number): void {
    (this as unknown as { readonly _receiver: { _maxPayload: number } })._receiver._maxPayload = bytesMax;
  }
}

/** The person and device that a connection speaks for, by its token and its `hello`. `session` is the login session of the token. */
export type Identity = { readonly person: PersonId; readonly device: DeviceId; readonly session: string; readonly expiresAtMs: number };

/** A frame that changes a channel and is answered with `ack` or `refused`. */
export type CommandFrame = ClientFrameOf<'send' | 'edit' | 'withdraw' | 'react'>;

/** A message that a hint brought while a command under its id waited for an answer. */
export type SuppressedEcho = { readonly seq: number; readonly framed: Buffer };

/** `suppressedEchoes`: by the client's id in its one spelling. */
export type InboundQueue = { readonly frames: CommandFrame[]; suppressedEchoes: Map<string, SuppressedEcho> | undefined };

/** Shared by all connections of a gateway, for sending and closing. */
export type Transport = {
  readonly sendQueueBytesMax: number;
  readonly reportRefusal: (code: RefusalCode) => void;
  /** Connections whose send queue is written at the end of this turn of the event loop. */
  unflushed: Connection[];
  framesSent: number;
  socketWrites: number;
  readonly connectionsClosed: Partial<Record<CloseName, number>>;
};

export type Connection = Timed & {
  readonly transport: Transport;
  readonly socket: ConnectionSocket;
  /** The TCP or TLS stream under the WebSocket. */
  readonly rawSocket: Duplex;
  readonly address: string;
  phase: Phase;
  identity: Identity | undefined;
  /** Per open channel, the last seq that was sent: nothing before it is missing. */
  cursors: Map<ChannelId, number> | undefined;
  /** Per channel that was closed again, the last seq that was sent. Most connections don't even have the field. */
  closedCursors?: Map<ChannelId, number>;
  /** `channel/seq` of the connection's own messages whose acknowledgement overtook an earlier message: they are not delivered again. */
  acknowledgedAhead: Set<string> | undefined;
  /** Commands wait here, so that they keep their order. */
  inbound: InboundQueue | undefined;
  /** Until the welcome is sent: frames that came too early, and the channels in which something was posted meanwhile. */
  buffered: { readonly frames: ClientFrame[]; readonly lagging: Map<ChannelId, number> } | undefined;
  /** People whose presence this connection watches. */
  watchedPeople: ReadonlySet<PersonId> | undefined;
  /** Those of them who want to be shown as offline to the person. Most connections don't even have the field. */
  hiddenPeople?: ReadonlySet<PersonId>;
  /** Per announcement channel that it follows, the last seq that it was told of. Most connections don't even have the field. */
  announced?: Map<ChannelId, number>;
  /** The revision of the person's contacts up to which removals of the device were looked for. */
  contactsRevision: number;
  /** Framed, and not yet handed to the raw socket. */
  sendQueue: Buffer[] | undefined;
  sendQueueBytes: number;
  /** Whether anything came since the last ping. */
  isAlive: boolean;
  badFrames: number;
  framesSinceLimitCheck: number;
  limitedUntilMs: number;
};

export const createTransport = ({ sendQueueBytesMax, reportRefusal }: Pick<Transport, 'sendQueueBytesMax' | 'reportRefusal'>): Transport => ({
  sendQueueBytesMax,
  reportRefusal,
  unflushed: [],
  framesSent: 0,
  socketWrites: 0,
  connectionsClosed: {},
});

/** `address`: of the client, for the security log. */
export function createConnection(transport: Transport, socket: ConnectionSocket, rawSocket: Duplex, address = ''): Connection {
  const connection: Connection = {
    transport,
    socket,
    rawSocket,
    address,
    wheelSlot: IN_NO_SLOT,
    phase: 'awaiting-hello',
    identity: undefined,
    cursors: undefined,
    acknowledgedAhead: undefined,
    inbound: undefined,
    buffered: undefined,
    watchedPeople: undefined,
    contactsRevision: -1,
    sendQueue: undefined,
    sendQueueBytes: 0,
    isAlive: true,
    badFrames: 0,
    framesSinceLimitCheck: 0,
    limitedUntilMs: 0,
  };
  socket.connection = connection;
  return connection;
}
