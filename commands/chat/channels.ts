/** Opens channels and changes their members. After each change the people concerned get a hint that their inbox changed. */
import { channel, type ChannelCommand } from '../../domain/chat/channel.ts';
import { has } from '../../domain/shared/persistent-map.ts';
import type { ChannelEvent, HistoryAccess } from '../../domain/chat/events.ts';
import type { Arrival } from '../../domain/chat/groups/group-commands.ts';
import { membersOf } from '../../domain/chat/channel-state.ts';
import { messages } from '../../domain/chat/messages.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { channelStream, messagesStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandsDependencies, Uses } from '../handling/dependencies.ts';
import { createdIdOf, directChannelOf } from '../handling/deterministic-ids.ts';
import type { LoadState, StreamRevision } from '../handling/handle.ts';
import type { LogReader } from '../handling/load-stream.ts';
import type { CommandResult, CreateResult } from '../handling/results.ts';
import { counterpartOf } from '../people/relationships.ts';
import { publishChannelHint } from './channel-hints.ts';
import { noteChanges } from './notices.ts';
import { areFriends, loadNewcomers, membersWithRelationships } from './newcomers.ts';

/** What changing a channel takes: its changes are told in its history. */
export type ChangingChannel = Uses<'log' | 'codec' | 'broadcast'>;
type Dependencies = ChangingChannel;
type InChannel = { readonly person: PersonId; readonly channel: ChannelId };

/** A direct channel with a stranger is a message request, until the stranger accepts it. */
export const openDirectChannel =
  (dependencies: Dependencies) =>
  async ({ person, other }: { readonly person: PersonId; readonly other: PersonId }, context: CommandContext): Promise<CreateResult<ChannelId>> => {
    const id = directChannelOf(person, other);
    const [{ counterpart, readRevisions }, friends] = await Promise.all([
      counterpartOf(dependencies, { person, other }),
      areFriends(dependencies.loadState, person, other),
    ]);
    const command = { type: 'open-direct', channel: id, actor: person, other: counterpart, friends, at: context.at } as const;
    return { id, handled: await changeChannel(dependencies, command, context, readRevisions) };
  };

type OpenGroup = {
  readonly person: PersonId;
  readonly members: readonly PersonId[];
  readonly title?: string;
  /** In place of a group. Its people are asked first, for a channel of thousands is nothing to find oneself in. */
  readonly kind?: 'announcement';
  readonly history?: HistoryAccess;
  /** A group that the person and those of `members` who are no friends are in: they need not be asked. */
  readonly sharedGroup?: ChannelId;
};

export const openGroupChannel =
  (dependencies: Dependencies) =>
  async ({ person, members, title, kind, history, sharedGroup }: OpenGroup, context: CommandContext): Promise<CreateResult<ChannelId>> => {
    const id = createdIdOf<ChannelId>(context.command, 'channel');
    const others = [...new Set(members)].filter((member) => member !== person);
    const newcomers = await loadNewcomers(dependencies, { person, others, ...(sharedGroup === undefined ? {} : { sharedGroup }) });
    const command = {
      type: 'open-group',
      channel: id,
      actor: person,
      others: newcomers.map(({ newcomer }) => newcomer),
      ...(title === undefined ? {} : { title }),
      ...(kind === undefined ? {} : { kind }),
      ...(history === undefined ? {} : { history }),
      at: context.at,
    } as const;
    // With a hundred members, the revisions that were read would be longer than the event.
    return { id, handled: await changeChannel(dependencies, command, context) };
  };

export const renameChannel =
  (dependencies: Dependencies) =>
  ({ person, channel: id, title }: InChannel & { readonly title: string }, context: CommandContext) =>
    changeChannel(dependencies, { type: 'rename', channel: id, actor: person, title }, context);

export type AddMemberResult = { readonly handled: CommandResult; readonly membership: 'member' | 'invited' };

export const addMember =
  (dependencies: ChangingChannel & Pick<CommandsDependencies, 'groups'>) =>
  async (
    { person, channel: id, member, sharedGroup }: InChannel & { readonly member: PersonId; readonly sharedGroup?: ChannelId },
    context: CommandContext,
  ): Promise<AddMemberResult> => {
    const { loadState } = dependencies;
    const [[loaded], group, arrival] = await Promise.all([
      loadNewcomers(dependencies, { person, others: [member], ...(sharedGroup === undefined ? {} : { sharedGroup }) }),
      loadState(channel, channelStream(id)),
      arrivalIn(dependencies, id, context.at),
    ]);
    if (loaded === undefined) throw new TypeError('one newcomer was asked for');
    const members = await membersWithRelationships(loadState, group.state);
    const { newcomer, readRevisions } = loaded;
    const command = { type: 'add', channel: id, actor: person, member: newcomer, members, ...arrival } as const;
    const handled = await changeChannel(dependencies, command, context, readRevisions);
    return { handled, membership: (await isInvited(dependencies, handled, id, member)) ? 'invited' : 'member' };
  };

export const leaveChannel =
  (dependencies: Dependencies) =>
  ({ person, channel: id }: InChannel, context: CommandContext) =>
    changeChannel(dependencies, { type: 'leave', channel: id, actor: person }, context);

export const removeMember =
  (dependencies: Dependencies) =>
  ({ person, channel: id, member }: InChannel & { readonly member: PersonId }, context: CommandContext) =>
    changeChannel(dependencies, { type: 'remove', channel: id, actor: person, member }, context);

/** What the decision about somebody who comes in goes by. */
export async function arrivalIn({ loadState, groups }: ChangingChannel & Pick<CommandsDependencies, 'groups'>, id: ChannelId, at: Instant): Promise<Arrival> {
  const { state, revision } = await loadState(messages, messagesStream(id));
  return { messageCount: state.messageCount, messagesRevision: revision, ...groups, at };
}

export async function changeChannel(
  dependencies: Dependencies,
  command: ChannelCommand,
  context: CommandContext,
  readRevisions: readonly StreamRevision[] = [],
): Promise<CommandResult> {
  const { handle, loadState, broadcast } = dependencies;
  const stream = channelStream(command.channel);
  const handled = await handle(channel, stream, command, context, { readRevisions });
  if (handled.outcome !== 'appended' || handled.repeated) return handled;
  const { state } = await loadState(channel, stream);
  for (const event of handled.events as readonly ChannelEvent[]) publishChannelHint(broadcast, { event, channel: command.channel, members: membersOf(state) });
  await noteChanges(dependencies)({ channel: command.channel, revision: handled.revision });
  return handled;
}

/** Whether the person was invited by this command, also where it is repeated later; or is invited, where it changed nothing. */
async function isInvited(
  { log, codec, loadState }: LogReader & { readonly loadState: LoadState },
  handled: CommandResult,
  id: ChannelId,
  member: PersonId,
): Promise<boolean> {
  if (handled.outcome === 'refused') return false;
  if (handled.outcome === 'unchanged') {
    const { state } = await loadState(channel, channelStream(id));
    return state.status === 'open' && has(state.invited, member);
  }
  for await (const stored of log.readStream(channelStream(id), { from: handled.revision, limit: 1 })) {
    return (await codec.decode(stored)).type === 'chat.member-invited.v1';
  }
  return false;
}
