/** Records what the first link of a message leads to, and tells the members. */
import { channel } from '../../../domain/chat/channel.ts';
import type { LinkPreview } from '../../../domain/media/link-preview.ts';
import type { ChannelId } from '../../../domain/shared/ids.ts';
import { channelStream } from '../../../domain/shared/streams.ts';
import type { CommandContext } from '../../handling/command-context.ts';
import type { Uses } from '../../handling/dependencies.ts';
import type { CommandResult } from '../../handling/results.ts';
import { isClosed, marksOf, messageAt } from '../message-references.ts';
import { appendAndPublish } from '../messages.ts';

type AddMessagePreview = { readonly channel: ChannelId; readonly message: number; readonly of: number; readonly preview: LinkPreview };

/** Given by a worker. `of`: the seq of the event whose text has the link. */
export const addMessagePreview =
  (dependencies: Uses<'log' | 'codec' | 'broadcast'>) =>
  async ({ channel: id, message, of, preview }: AddMessagePreview, context: CommandContext): Promise<CommandResult> => {
    const [membership, target, marks] = await Promise.all([
      dependencies.loadState(channel, channelStream(id)),
      messageAt(dependencies, id, message),
      marksOf(dependencies, id, message),
    ]);
    return appendAndPublish(dependencies, { type: 'preview', channel: id, message, target, isClosed: isClosed(marks), of, preview }, membership, context);
  };
