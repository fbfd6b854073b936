/** Pins messages of a channel, and takes pins away. The history tells of both. */
import { channel } from '../../domain/chat/channel.ts';
import { hasDisappeared } from '../../domain/chat/disappearing.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { channelStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandResult } from '../handling/results.ts';
import { changeChannel, type ChangingChannel } from './channels.ts';
import { isClosed, marksOf, messageAt, relationIn } from './message-references.ts';

type Pinning = { readonly person: PersonId; readonly channel: ChannelId; readonly message: number };

export const pinMessage =
  (dependencies: ChangingChannel) =>
  async ({ person: actor, channel: id, message }: Pinning, context: CommandContext): Promise<CommandResult> => {
    const [relation, target, marks] = await Promise.all([
      relationOf(dependencies, id, actor),
      messageAt(dependencies, id, message),
      marksOf(dependencies, id, message),
    ]);
    const { at } = context;
    const state = { target, isClosed: isClosed(marks), hasDisappeared: hasDisappeared(target, at) };
    return changeChannel(dependencies, { type: 'pin', channel: id, actor, message, relation, ...state, at }, context);
  };

export const unpinMessage =
  (dependencies: ChangingChannel) =>
  async ({ person: actor, channel: id, message }: Pinning, context: CommandContext): Promise<CommandResult> =>
    changeChannel(dependencies, { type: 'unpin', channel: id, actor, message, relation: await relationOf(dependencies, id, actor) }, context);

/** As the log says at this moment, of a direct channel; in others nobody is silenced. */
export const relationOf = async ({ loadState }: Pick<ChangingChannel, 'loadState'>, id: ChannelId, person: PersonId) =>
  relationIn({ loadState }, (await loadState(channel, channelStream(id))).state, person);
