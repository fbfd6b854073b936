/**
 * Runs the commands of each connection in their order, so that messages are in the log in the order in which they were written. Messages
 * to one channel that wait together, as those of a client that was offline, are run together, and so are one append.
 * A command is answered once it is in the log, or refused. The queue of a connection that is gone is run to its end all the
 * same: the client asks again under the same ids.
 */
import type { Refusal } from '../../domain/shared/decider.ts';
import { canonicalUuid, type ChannelId } from '../../domain/shared/ids.ts';
import { placesInOrder, type PlaceInOrder } from '../../commands/handling/in-order.ts';
import type { CommandResult } from '../../commands/handling/results.ts';
import type { PositionTokens } from '../../edge/position-tokens.ts';
import { refusalOfError } from '../../edge/problem.ts';
import type { CommandFrame, Connection, Identity, InboundQueue } from '../connection/connection.ts';
import { advanceByAcknowledgement } from '../connection/cursors.ts';
import { send, sendFrame } from '../connection/send-queue.ts';
import { refusedFrameOf, sendRefusal } from '../connection/send-refusal.ts';
import type { ClientFrame, ClientFrameOf } from '../protocol/frames.ts';
import { runCommand, type ChatCommands } from './run-command.ts';

/** At most so many frames wait in one queue, and so much of what people write: a longer frame is queued only where nothing else waits. */
const QUEUED_FRAMES_MAX = 64;
const QUEUED_CHARACTERS_MAX = 1_000_000;
/** An id, a kind and two places. */
const PART_CHARACTERS = 50;

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
  while (frames.length > 0) {
    const nextPlace = placesInOrder();
    const together = leadingFramesToRunTogether(frames).map((frame) => ({ frame, running: run(queues, identity, frame, nextPlace()) }));
    for (const { frame, running } of together) {
      answer(queues, connection, frame, await running);
      frames.shift(); // only now: while a frame is in the queue, its echo is suppressed
      connection.inbound?.suppressedEchoes?.delete(canonicalUuid(frame.id));
    }
  }
  connection.inbound = undefined;
}

/** The first frame, and where it is a message, those right behind it that are messages to the same channel. */
function leadingFramesToRunTogether(frames: readonly CommandFrame[]): readonly CommandFrame[] {
  const [first] = frames;
  const end = first?.type === 'send' ? frames.findIndex(({ type, channel }) => type !== 'send' || channel !== first.channel) : 1;
  return end < 0 ? frames.slice() : frames.slice(0, end);
}

type Ran = CommandResult | { readonly outcome: 'failed'; readonly error: unknown };

async function run(queues: InboundQueues, identity: Identity, frame: CommandFrame, place: PlaceInOrder): Promise<Ran> {
  try {
    return await runCommand(queues, identity, frame, place);
  } catch (error) {
    return { outcome: 'failed', error };
  } finally {
    place.leave();
  }
}

function answer(queues: InboundQueues, connection: Connection, frame: CommandFrame, result: Ran): void {
  if (result.outcome === 'failed') {
    queues.reportError(result.error);
    return answerRefusal(queues, connection, frame, refusalOfError(result.error));
  }
  if (result.outcome === 'refused') return answerRefusal(queues, connection, frame, result.refusal);
  queues.commandsAcknowledged++;
  if (frame.type === 'send') advanceByAcknowledgement(connection, frame.channel as ChannelId, result.revision);
  sendFrame(connection, {
    type: 'ack',
    id: frame.id,
    seq: result.revision,
    position: result.position === undefined ? null : queues.positions.tokenOf(result.position),
  });
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

/** Of the text and of what stands beside it: an entity, a mention or a picture counts as a few characters, and with its own words. */
function charactersOf(frame: ClientFrame): number {
  const {
    text = '',
    mentions = [],
    entities = [],
    media = [],
  }: Partial<Pick<ClientFrameOf<'send'>, 'text' | 'mentions' | 'entities' | 'media'>> = frame.type === 'send' || frame.type === 'edit' ? frame : {};
  let characters = text.length + PART_CHARACTERS * (mentions.length + entities.length + media.length);
  for (const entity of entities) if (entity.kind === 'link') characters += entity.url.length;
  for (const { alt = '', name = '' } of media) characters += alt.length + name.length;
  return characters;
}
