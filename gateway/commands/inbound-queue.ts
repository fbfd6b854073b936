/**
 * Runs the commands of each connection one after the other, so that messages are in the log in the order in which they were written.
 * A command is answered once it is in the log, or refused. The queue of a connection that is gone is run to its end all the
 * same: the client asks again under the same ids.
 */
import type { Refusal } from '../../domain/shared/decider.ts';
import { canonicalUuid, type ChannelId } from '../../domain/shared/ids.ts';
import type { PositionTokens } from '../../edge/position-tokens.ts';
import { refusalOfError } from '../../edge/problem.ts';
import type { CommandFrame, Connection, Identity, InboundQueue } from '../connection/connection.ts';
import { advanceByAcknowledgement } from '../connection/cursors.ts';
import { send, sendFrame } from '../connection/send-queue.ts';
import { refusedFrameOf, sendRefusal } from '../connection/send-refusal.ts';
import type { ClientFrame } from '../protocol/frames.ts';
import { runCommand, type ChatCommands } from './run-command.ts';

/** At most so many frames wait in one queue, and so much text: a longer text is queued only where nothing else waits. */
const QUEUED_FRAMES_MAX = 64;
const QUEUED_CHARACTERS_MAX = 1_000_000;

export type InboundQueuesDependencies = ChatCommands & { readonly positions: Pick<PositionTokens, 'tokenOf'>; readonly reportError: (error: unknown) => void };

/** Shared by the inbound queues of all connections. */
export type InboundQueues = InboundQueuesDependencies & {
  /** Those with commands under way. */
  readonly running: Set<Promise<void>>;
  commandsAcknowledged: number;
  commandsRefused: number;
};

export const createInboundQueues = (dependencies: InboundQueuesDependencies): InboundQueues => ({
  ...dependencies,
  running: new Set(),
  commandsAcknowledged: 0,
  commandsRefused: 0,
});

export function enqueue(queues: InboundQueues, connection: Connection, identity: Identity, frame: CommandFrame): void {
  if (connection.inbound !== undefined) {
    if (hasRoomFor(frame, connection.inbound.frames)) connection.inbound.frames.push(frame);
    else sendRefusal(connection, { code: 'queue-full', facts: { retryAfterSeconds: 1 } }, refusedFrameOf(frame));
    return;
  }
  connection.inbound = { frames: [frame], suppressedEchoes: undefined };
  const emptied = runQueued(queues, connection, identity, connection.inbound).finally(() => queues.running.delete(emptied));
  queues.running.add(emptied);
}

/** Resolves when no command waits any more. */
export async function untilEmpty({ running }: InboundQueues): Promise<void> {
  await Promise.all(running);
}

/** The bound of an inbound queue, and of the frames that come before the connection is welcomed. */
export function hasRoomFor(frame: ClientFrame, queued: readonly ClientFrame[]): boolean {
  if (queued.length >= QUEUED_FRAMES_MAX) return false;
  return queued.reduce((sum, waiting) => sum + charactersOf(waiting), charactersOf(frame)) <= QUEUED_CHARACTERS_MAX;
}

async function runQueued(queues: InboundQueues, connection: Connection, identity: Identity, { frames }: InboundQueue): Promise<void> {
  for (let frame = frames[0]; frame !== undefined; frame = frames[0]) {
    await runAndAnswer(queues, connection, identity, frame);
    frames.shift(); // only now: while a frame is in the queue, its echo is suppressed
    connection.inbound?.suppressedEchoes?.delete(canonicalUuid(frame.id));
  }
  connection.inbound = undefined;
}

async function runAndAnswer(queues: InboundQueues, connection: Connection, identity: Identity, frame: CommandFrame): Promise<void> {
  try {
    const result = await runCommand(queues, identity, frame);
    if (result.outcome === 'refused') return answerRefusal(queues, connection, frame, result.refusal);
    queues.commandsAcknowledged++;
    if (frame.type === 'send') advanceByAcknowledgement(connection, frame.channel as ChannelId, result.revision);
    sendFrame(connection, {
      type: 'ack',
      id: frame.id,
      seq: result.revision,
      position: result.position === undefined ? null : queues.positions.tokenOf(result.position),
    });
  } catch (error) {
    queues.reportError(error);
    answerRefusal(queues, connection, frame, refusalOfError(error));
  }
}

/**
 * A message whose echo was suppressed is in the log, whatever its command was answered: the client learns of it only here. Where the
 * id was used for another message, it is that one which is in the log, and this one is not.
 */
function answerRefusal(queues: InboundQueues, connection: Connection, frame: CommandFrame, refusal: Refusal): void {
  const echo = connection.inbound?.suppressedEchoes?.get(canonicalUuid(frame.id));
  if (echo !== undefined && refusal.code !== 'idempotency-key-reused') {
    queues.commandsAcknowledged++;
    return sendFrame(connection, { type: 'ack', id: frame.id, seq: echo.seq, position: null });
  }
  if (echo !== undefined) send(connection, echo.framed);
  queues.commandsRefused++;
  sendRefusal(connection, refusal, refusedFrameOf(frame));
}

const charactersOf = (frame: ClientFrame): number => ('text' in frame ? frame.text.length : 0);
