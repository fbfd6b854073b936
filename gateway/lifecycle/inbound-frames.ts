/** Handles inbound frames: looks the transition up in `connection-states.ts` and performs its effect. */
import { refusalOfError } from '../../edge/problem.ts';
import { enqueue, hasRoomFor, type InboundQueues } from '../commands/inbound-queue.ts';
import { applyInput } from '../connection/apply-input.ts';
import type { Connection, Identity } from '../connection/connection.ts';
import { admitFrame, type FrameLimiter } from '../connection/rate-limit.ts';
import { refusedFrameOf, sendRefusal, type RefusedFrame } from '../connection/send-refusal.ts';
import { beatPresence, type LocalPresence } from '../presence/presence.ts';
import { parseFrame, type ClientFrame, type ClientFrameOf, type ParsedFrame } from '../protocol/frames.ts';
import { handleSignal, type Signals } from '../receipts/signals.ts';
import { admit, type HelloDependencies } from './hello.ts';
import { welcome, type WelcomeDependencies } from './welcome.ts';

/** A client that sends more malformed frames than these is not one of ours, and is closed. */
export const BAD_FRAMES_MAX = 10;

export type InboundDependencies = {
  readonly limiter: FrameLimiter;
  readonly hello: HelloDependencies;
  readonly welcome: WelcomeDependencies;
  readonly queues: InboundQueues;
  readonly signals: Signals;
  readonly presence: LocalPresence;
  readonly reportError: (error: unknown) => void;
};

/** A text message of the WebSocket. */
export function handleMessage(dependencies: InboundDependencies, connection: Connection, text: string): void {
  connection.isAlive = true;
  const admission = admitFrame(dependencies.limiter, connection);
  if (admission.outcome === 'flooded') return void applyInput(connection, 'rate-limited');
  const parsed = parseFrame(text);
  if (parsed.outcome === 'unreadable') return void applyInput(connection, 'unreadable');
  if (admission.outcome === 'limited' && connection.phase === 'live') return sendRefusal(connection, admission.refusal, refusedOf(parsed));
  if (parsed.outcome === 'malformed') return refuseMalformed(connection, parsed);
  handleFrame(dependencies, connection, parsed.frame);
}

function handleFrame(dependencies: InboundDependencies, connection: Connection, frame: ClientFrame): void {
  const effect = applyInput(connection, frame.type === 'hello' ? 'hello' : 'frame');
  switch (effect.does) {
    case 'authenticate':
      if (frame.type === 'hello') void handleHello(dependencies, connection, frame);
      return;
    case 'buffer':
      if (connection.buffered === undefined || !hasRoomFor(frame, connection.buffered.frames)) return void applyInput(connection, 'rate-limited');
      connection.buffered.frames.push(frame);
      return;
    case 'handle':
      if (connection.identity !== undefined) handleLiveFrame(dependencies, connection, connection.identity, frame);
      return;
    case 'close':
    case 'welcome':
    case 'refuse':
    case 'nothing':
      return;
  }
}

async function handleHello(dependencies: InboundDependencies, connection: Connection, hello: ClientFrameOf<'hello'>): Promise<void> {
  connection.buffered = { frames: [], lagging: new Map() };
  try {
    const admitted = await admit(dependencies.hello, connection, hello);
    if (admitted === undefined || applyInput(connection, 'admitted').does !== 'welcome') return;
    const frames = welcome(dependencies.welcome, connection, admitted.identity, admitted.resumed);
    for (const frame of frames) handleFrame(dependencies, connection, frame);
  } catch (error) {
    dependencies.reportError(error);
    applyInput(connection, 'failed');
  }
}

function handleLiveFrame(
  { presence, queues, signals, reportError }: InboundDependencies,
  connection: Connection,
  identity: Identity,
  frame: ClientFrame,
): void {
  beatPresence(presence, identity.person, identity.device);
  switch (frame.type) {
    case 'hello': // closes a live connection, by the table
    case 'heartbeat': // counted above
      return;
    case 'send':
    case 'edit':
    case 'withdraw':
    case 'react':
      return enqueue(queues, connection, identity, frame);
    case 'delivered':
    case 'received':
    case 'read':
    case 'typing':
    case 'watch':
      void handleSignal(signals, connection, identity, frame)
        .catch((error: unknown) => {
          reportError(error);
          return refusalOfError(error).code;
        })
        .then((code) => code !== undefined && sendRefusal(connection, { code }, refusedFrameOf(frame)));
      return;
  }
}

function refuseMalformed(connection: Connection, malformed: Extract<ParsedFrame, { outcome: 'malformed' }>): void {
  sendRefusal(connection, { code: 'bad-frame', facts: { detail: malformed.detail } }, refusedOf(malformed)); // before the connection may be closed
  if (applyInput(connection, 'malformed').does !== 'close' && ++connection.badFrames > BAD_FRAMES_MAX) applyInput(connection, 'unreadable');
}

function refusedOf(parsed: Exclude<ParsedFrame, { outcome: 'unreadable' }>): RefusedFrame {
  return parsed.outcome === 'frame' ? refusedFrameOf(parsed.frame) : { about: parsed.about, ...(parsed.id === undefined ? {} : { id: parsed.id }) };
}
