/** Begins to keep a channel's messages ready to be searched. */
import { channel } from '../../domain/chat/channel.ts';
import { indexing } from '../../domain/chat/search/indexing.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { channelStream, indexingStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandHandling } from '../handling/handle.ts';

export const beginIndexing =
  ({ handle, loadState }: CommandHandling) =>
  async ({ channel: id, person }: { readonly channel: ChannelId; readonly person: PersonId }, context: CommandContext) => {
    const membership = await loadState(channel, channelStream(id));
    return handle(indexing, indexingStream(id), { type: 'begin', channel: id, actor: person, membership: membership.state, at: context.at }, context, {
      readRevisions: [membership],
    });
  };
