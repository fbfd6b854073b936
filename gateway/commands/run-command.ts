/** Runs the command of a frame: the same command as the HTTP route's, with the same body, so that a client may ask again there. */
import type { Commands } from '../../commands/commands.ts';
import type { CommandContext, ContextFor } from '../../commands/handling/command-context.ts';
import type { Place } from '../../commands/handling/in-order.ts';
import type { CommandResult } from '../../commands/handling/results.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { contentIn, entitiesIn } from '../../edge/message-content.ts';
import type { CommandFrame, Identity } from '../connection/connection.ts';

export type ChatCommands = {
  readonly commands: Pick<Commands, 'postMessage' | 'editMessage' | 'withdrawMessage' | 'reactToMessage'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

/** `place`: among the frames of the connection that are run together. */
export async function runCommand({ commands, contextFor, clock }: ChatCommands, identity: Identity, frame: CommandFrame, place: Place): Promise<CommandResult> {
  const { type, body, run } = commandOf(commands, identity, frame);
  const made = contextFor({ actor: identity.person, type, key: frame.id, body, at: clock() });
  return made.outcome === 'refused' ? made : run({ ...made.context, place });
}

type FrameCommand = { readonly type: string; readonly body: object; readonly run: (context: CommandContext) => Promise<CommandResult> };

function commandOf(commands: ChatCommands['commands'], { person }: Identity, frame: CommandFrame): FrameCommand {
  const channel = frame.channel as ChannelId;
  switch (frame.type) {
    case 'send': {
      const { text, replyTo, mentions } = frame;
      const optional = { ...(replyTo === undefined ? {} : { replyTo }), ...(mentions === undefined ? {} : { mentions: mentions as PersonId[] }) };
      const message = { text, ...optional, ...contentIn(frame) };
      return {
        type: 'post-message',
        body: { channel, ...message },
        run: (context) => commands.postMessage({ channel, sender: person, clientId: frame.id, ...message }, context),
      };
    }
    case 'edit': {
      const { message, text } = frame;
      const body = { channel, message, text, ...entitiesIn(frame) };
      return { type: 'edit-message', body, run: (context) => commands.editMessage({ person, ...body }, context) };
    }
    case 'withdraw': {
      const { message } = frame;
      return { type: 'withdraw-message', body: { channel, message }, run: (context) => commands.withdrawMessage({ channel, person, message }, context) };
    }
    case 'react': {
      const { message, emoji, change } = frame;
      return {
        type: 'react-to-message',
        body: { channel, message, emoji, change },
        run: (context) => commands.reactToMessage({ channel, person, message, emoji, change }, context),
      };
    }
  }
}
