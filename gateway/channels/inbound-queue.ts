/**
 * What a connection says, one after the other, so that what was written first is first in the log. It is answered once it is in the
 * log, or refused. A connection that is gone has its line worked off all the same: the client asks again under the same ids.
 */
import type { Commands } from '../../commands/commands.ts';
import type { CommandContext, ContextFor } from '../../commands/handling/context.ts';
import type { Handled } from '../../commands/handling/handle.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { refusalOfError } from '../../edge/problem.ts';
import { acknowledge } from '../connection/cursors.ts';
import type { ClientFrame, ServerFrame } from '../protocol/frames.ts';
import type { QueuedFrames, CommandFrame, Connection, Who } from '../connection/connection.ts';

/** So many may wait in one connection's line, and so much text: what is longer is said only where nothing else waits. */
const WAITING_FRAMES_MAX = 64;
const WAITING_CHARACTERS_MAX = 1_000_000;

export type InboundQueueDependencies = {
  readonly commands: Pick<Commands, 'postMessage' | 'editMessage' | 'withdrawMessage' | 'reactToMessage'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
  readonly answer: (connection: Connection, frame: ServerFrame) => void;
  readonly refuse: (connection: Connection, refusal: Refusal, about: { readonly about: string; readonly id?: string }) => void;
  readonly failed: (error: unknown) => void;
};

export type InboundQueue = {
  enqueue(connection: Connection, who: Who, frame: CommandFrame): void;
  /** Resolves when nothing waits any more. */
  whenEmpty(): Promise<void>;
  stats(): { readonly commandsAcknowledged: number; readonly commandsRefused: number };
};

export function createInboundQueue({ commands, contextFor, clock, answer, refuse, failed }: InboundQueueDependencies): InboundQueue {
  const lines = new Set<Promise<void>>();
  let commandsAcknowledged = 0;
  let commandsRefused = 0;

  const handleOne = async (who: Who, frame: CommandFrame): Promise<Handled> => {
    const { type, body, act } = commandOf(commands, who, frame);
    const made = contextFor({ actor: who.person, type, key: frame.id, body, at: clock() });
    return made.outcome === 'refused' ? made : act(made.context);
  };

  const handleAndAnswer = async (connection: Connection, who: Who, frame: CommandFrame) => {
    try {
      const handled = await handleOne(who, frame);
      if (handled.outcome === 'refused') return refuseOne(connection, frame, handled.refusal);
      commandsAcknowledged++;
      if (frame.type === 'send') acknowledge(connection, frame.channel as ChannelId, handled.revision);
      answer(connection, { type: 'ack', id: frame.id, seq: handled.revision, position: handled.position ?? null });
    } catch (error) {
      failed(error);
      refuseOne(connection, frame, refusalOfError(error));
    }
  };

  /** What came round is in the log, whatever the command was told: it was withheld from this connection, which learns of it only here. */
  const refuseOne = (connection: Connection, frame: CommandFrame, refusal: Refusal) => {
    const seq = connection.inbound?.suppressedEchoes?.get(frame.id);
    if (seq !== undefined) {
      commandsAcknowledged++;
      return answer(connection, { type: 'ack', id: frame.id, seq, position: null });
    }
    commandsRefused++;
    refuse(connection, refusal, { about: frame.type, id: frame.id });
  };

  const drain = async (connection: Connection, who: Who, { frames }: QueuedFrames) => {
    for (let frame = frames[0]; frame !== undefined; frame = frames[0]) {
      await handleAndAnswer(connection, who, frame);
      frames.shift(); // only now: while it is in the line, its acknowledgement is on its way
      connection.inbound?.suppressedEchoes?.delete(frame.id);
    }
    connection.inbound = undefined;
  };

  return {
    enqueue: (connection, who, frame) => {
      if (connection.inbound !== undefined) {
        if (hasRoomFor(frame, connection.inbound.frames)) connection.inbound.frames.push(frame);
        else refuse(connection, { code: 'queue-full', facts: { retryAfterSeconds: 1 } }, { about: frame.type, id: frame.id });
        return;
      }
      connection.inbound = { frames: [frame], suppressedEchoes: undefined };
      const line = drain(connection, who, connection.inbound).finally(() => lines.delete(line));
      lines.add(line);
    },
    whenEmpty: async () => {
      await Promise.all(lines);
    },
    stats: () => ({ commandsAcknowledged, commandsRefused }),
  };
}

/** Of what waits to be said, and of what came before the connection is welcomed: no more is kept of the one than of the other. */
export function hasRoomFor(frame: ClientFrame, line: readonly ClientFrame[]): boolean {
  if (line.length >= WAITING_FRAMES_MAX) return false;
  return line.reduce((sum, waiting) => sum + charactersOf(waiting), charactersOf(frame)) <= WAITING_CHARACTERS_MAX;
}

const charactersOf = (frame: ClientFrame): number => ('text' in frame ? frame.text.length : 0);

type Act = { readonly type: string; readonly body: object; readonly act: (context: CommandContext) => Promise<Handled> };

/** The body is what the HTTP route for the same thing takes, so that a client may ask again there. */
function commandOf(commands: InboundQueueDependencies['commands'], { person, device }: Who, frame: CommandFrame): Act {
  const channel = frame.channel as ChannelId;
  switch (frame.type) {
    case 'send': {
      const { text, replyTo, mentions } = frame;
      const said = { text, ...(replyTo === undefined ? {} : { replyTo }), ...(mentions === undefined ? {} : { mentions: mentions as PersonId[] }) };
      return {
        type: 'post-message',
        body: { channel, ...said },
        act: (context) => commands.postMessage({ channel, sender: person, clientId: frame.id, device, ...said }, context),
      };
    }
    case 'edit': {
      const { message, text } = frame;
      return { type: 'edit-message', body: { channel, message, text }, act: (context) => commands.editMessage({ channel, person, message, text }, context) };
    }
    case 'withdraw': {
      const { message } = frame;
      return { type: 'withdraw-message', body: { channel, message }, act: (context) => commands.withdrawMessage({ channel, person, message }, context) };
    }
    case 'react': {
      const { message, emoji, change } = frame;
      return {
        type: 'react-to-message',
        body: { channel, message, emoji, change },
        act: (context) => commands.reactToMessage({ channel, person, message, emoji, change }, context),
      };
    }
  }
}
