/** What is kept of one connection. Everything that only some connections need is absent until it is needed. */
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { ClientFrame, ClientFrameOf } from '../protocol/frames.ts';
import { TRANSITIONS, type Effect, type Input, type Phase } from './connection-states.ts';
import { IN_NO_SLOT, type Timed } from './timing-wheel.ts';

/** A socket that knows its session, so that all sockets share one set of handlers. */
export class GatewaySocket extends WebSocket {
  connection: Connection | undefined = undefined;
}

export type Who = { readonly person: PersonId; readonly device: DeviceId; readonly session: string; readonly expiresAtMs: number };

/** A frame that changes a channel and is answered with `ack` or `refused`. */
export type CommandFrame = ClientFrameOf<'send' | 'edit' | 'withdraw' | 'react'>;

/** `withheld`: of what was said here and not answered yet, the seqs as which it came round and was not sent. */
export type QueuedFrames = { readonly frames: CommandFrame[]; suppressedEchoes: Map<string, number> | undefined };

export type Connection = Timed & {
  readonly socket: GatewaySocket;
  readonly stream: Duplex;
  phase: Phase;
  who: Who | undefined;
  /** Of each open channel, up to where it was sent: never with a gap. */
  cursors: Map<ChannelId, number> | undefined;
  /** Of channels that are open no more, up to where they were sent. Most connections have not even the field. */
  dropped?: Map<ChannelId, number>;
  /** `channel/seq` of what this connection sent and was acknowledged before its turn came: no echo is due. */
  acknowledged: Set<string> | undefined;
  /** What it says waits in line here, so that it keeps its order. */
  inbound: QueuedFrames | undefined;
  /** Frames that came before the welcome was out, and the channels of which something was said meanwhile. */
  buffered: { readonly frames: ClientFrame[]; readonly lagging: Map<ChannelId, number> } | undefined;
  watched: ReadonlySet<PersonId> | undefined;
  /** The revision up to which it is known what became of the device in the person's `contacts-`. */
  contactsRevision: number;
  /** Framed and not yet handed to the socket. */
  queue: Buffer[] | undefined;
  queuedBytes: number;
  /** Whether anything came since the last ping. */
  isAlive: boolean;
  badFrames: number;
  framesSinceTaken: number;
  limitedUntilMs: number;
};

export function createConnection(socket: GatewaySocket, stream: Duplex): Connection {
  const connection: Connection = {
    socket,
    stream,
    wheelSlot: IN_NO_SLOT,
    phase: 'awaiting-hello',
    who: undefined,
    cursors: undefined,
    acknowledged: undefined,
    inbound: undefined,
    buffered: undefined,
    watched: undefined,
    contactsRevision: -1,
    queue: undefined,
    queuedBytes: 0,
    isAlive: true,
    badFrames: 0,
    framesSinceTaken: 0,
    limitedUntilMs: 0,
  };
  socket.connection = connection;
  return connection;
}

/** Goes by the table; the caller does what the effect says. */
export function step(connection: Connection, input: Input): Effect {
  const { to, effect } = TRANSITIONS[connection.phase][input];
  connection.phase = to;
  return effect;
}
