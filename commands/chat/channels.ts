/** Opens channels and changes their members. After each change the people concerned get a hint that their inbox changed. */
import { channel, type ChannelCommand } from '../../domain/chat/channel.ts';
import { messages } from '../../domain/chat/messages.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { channelStream, messagesStream } from '../../domain/shared/streams.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { CreateResult } from '../handling/results.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { StreamRevision } from '../handling/handle.ts';
import type { CommandResult } from '../handling/results.ts';
import { createdIdOf, directChannelOf } from '../handling/deterministic-ids.ts';
import { counterpartOf } from '../people/relationships.ts';

type InChannel = { readonly person: PersonId; readonly channel: ChannelId };

export const openDirectChannel =
  (dependencies: Uses<'broadcast'>) =>
  async ({ person, other }: { readonly person: PersonId; readonly other: PersonId }, context: CommandContext): Promise<CreateResult<ChannelId>> => {
    const id = directChannelOf(person, other);
    const { counterpart, readRevisions } = await counterpartOf(dependencies, { person, other });
    return {
      id,
      handled: await changeAndPublish(
        dependencies,
        id,
        { type: 'open-direct', channel: id, actor: person, other: counterpart, at: context.at },
        context,
        readRevisions,
      ),
    };
  };

export const openGroupChannel =
  (dependencies: Uses<'broadcast'>) =>
  async (
    { person, members, title }: { readonly person: PersonId; readonly members: readonly PersonId[]; readonly title?: string },
    context: CommandContext,
  ): Promise<CreateResult<ChannelId>> => {
    const id = createdIdOf<ChannelId>(context.command, 'channel');
    const others = await Promise.all(
      [...new Set(members)].filter((member) => member !== person).map((other) => counterpartOf(dependencies, { person, other })),
    );
    const command = {
      type: 'open-group',
      channel: id,
      actor: person,
      others: others.map(({ counterpart }) => counterpart),
      ...(title === undefined ? {} : { title }),
      at: context.at,
    } as const;
    // With a hundred members, the revisions that were read would be longer than the event.
    return { id, handled: await changeAndPublish(dependencies, id, command, context, []) };
  };

export const renameChannel =
  (dependencies: Uses<'broadcast'>) =>
  ({ person, channel: id, title }: InChannel & { readonly title: string }, context: CommandContext) =>
    changeAndPublish(dependencies, id, { type: 'rename', channel: id, actor: person, title }, context, []);

export const addMember =
  (dependencies: Uses<'broadcast'>) =>
  async ({ person, channel: id, member }: InChannel & { readonly member: PersonId }, context: CommandContext) => {
    const { counterpart, readRevisions } = await counterpartOf(dependencies, { person, other: member });
    const { state } = await dependencies.loadState(messages, messagesStream(id));
    return changeAndPublish(
      dependencies,
      id,
      { type: 'add', channel: id, actor: person, member: counterpart, messageCount: state.messageCount, at: context.at },
      context,
      readRevisions,
    );
  };

export const joinChannel =
  (dependencies: Uses<'broadcast'>) =>
  async ({ person, channel: id }: InChannel, context: CommandContext) => {
    const { state } = await dependencies.loadState(messages, messagesStream(id));
    return changeAndPublish(dependencies, id, { type: 'join', channel: id, actor: person, messageCount: state.messageCount, at: context.at }, context, []);
  };

export const leaveChannel =
  (dependencies: Uses<'broadcast'>) =>
  ({ person, channel: id }: InChannel, context: CommandContext) =>
    changeAndPublish(dependencies, id, { type: 'leave', channel: id, actor: person }, context, []);

export const removeMember =
  (dependencies: Uses<'broadcast'>) =>
  ({ person, channel: id, member }: InChannel & { readonly member: PersonId }, context: CommandContext) =>
    changeAndPublish(dependencies, id, { type: 'remove', channel: id, actor: person, member }, context, []);

async function changeAndPublish(
  { handle, loadState, broadcast }: Uses<'broadcast'>,
  id: ChannelId,
  command: ChannelCommand,
  context: CommandContext,
  readRevisions: readonly StreamRevision[],
): Promise<CommandResult> {
  const handled = await handle(channel, channelStream(id), command, context, { readRevisions });
  if (handled.outcome !== 'appended' || handled.repeated) return handled;
  const { state } = await loadState(channel, channelStream(id));
  const departed = command.type === 'remove' ? [command.member] : command.type === 'leave' ? [command.actor] : [];
  broadcast.publish([...(state.status === 'open' ? state.members : []), ...departed], { kind: 'channel', channel: id } satisfies LiveHint);
  return handled;
}
