/** What is said in a channel. A message is acknowledged when it is in the log; then those who listen are told, as a hint. */
import { channel, directPeerOf, type ChannelState } from '../../domain/chat/channel.ts';
import type { MessagesEvent } from '../../domain/chat/events.ts';
import { messageEntryOf } from '../../domain/chat/message-entry.ts';
import { messages, type MessagesCommand } from '../../domain/chat/messages.ts';
import { relationships, relationBetween } from '../../domain/people/relationships.ts';
import type { Relation } from '../../domain/people/counterpart.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { channelStream, messagesStream, relationshipsStream } from '../../domain/shared/streams.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandDependencies } from '../dependencies.ts';
import type { LoadedState } from '../handling/handle.ts';
import type { CommandResult } from '../handling/results.ts';

export type PostMessage = {
  readonly channel: ChannelId;
  readonly sender: PersonId;
  readonly text: string;
  readonly clientId: string;
  readonly device?: DeviceId;
  readonly replyTo?: number;
  readonly mentions?: readonly PersonId[];
};

type OfMessage = { readonly channel: ChannelId; readonly person: PersonId; readonly message: number };

export const postMessage =
  (dependencies: CommandDependencies) =>
  async ({ channel: id, sender, text, clientId, device, replyTo, mentions }: PostMessage, context: CommandContext): Promise<CommandResult> => {
    const { state: membership, ...place } = await dependencies.loadState(channel, channelStream(id));
    const command = {
      type: 'post',
      channel: id,
      actor: sender,
      membership,
      relation: await relationIn(dependencies, membership, sender),
      text,
      clientId,
      ...(device === undefined ? {} : { device }),
      ...(replyTo === undefined ? {} : { replyTo: await about(dependencies, id, replyTo) }),
      ...(mentions === undefined ? {} : { mentions }),
      at: context.at,
    } as const;
    return say(dependencies, command, { state: membership, ...place }, context);
  };

export const editMessage =
  (dependencies: CommandDependencies) =>
  async ({ channel: id, person, message, text }: OfMessage & { readonly text: string }, context: CommandContext): Promise<CommandResult> =>
    aboutMessage(dependencies, { channel: id, person, message }, (common) => ({ type: 'edit', ...common, text }), context);

export const withdrawMessage =
  (dependencies: CommandDependencies) =>
  async (which: OfMessage, context: CommandContext): Promise<CommandResult> =>
    aboutMessage(dependencies, which, (common) => ({ type: 'withdraw', ...common }), context);

export const reactToMessage =
  (dependencies: CommandDependencies) =>
  async (
    { emoji, change, ...which }: OfMessage & { readonly emoji: string; readonly change: 'added' | 'removed' },
    context: CommandContext,
  ): Promise<CommandResult> =>
    aboutMessage(dependencies, which, (common) => ({ type: 'react', ...common, emoji, change }), context);

/** The event that lies at a revision of what was said; undefined where there is none. */
export async function messageAt({ log, codec }: CommandDependencies, id: ChannelId, seq: number): Promise<Recorded<MessagesEvent> | undefined> {
  for await (const stored of log.readStream(messagesStream(id), { from: seq, limit: 1 })) return (await codec.decode(stored)) as Recorded<MessagesEvent>;
  return undefined;
}

type Common = Omit<Extract<MessagesCommand, { type: 'withdraw' }>, 'type'>;

async function aboutMessage(
  dependencies: CommandDependencies,
  { channel: id, person, message }: OfMessage,
  commandOf: (common: Common) => MessagesCommand,
  context: CommandContext,
): Promise<CommandResult> {
  const [membership, target] = await Promise.all([dependencies.loadState(channel, channelStream(id)), about(dependencies, id, message)]);
  const relation = await relationIn(dependencies, membership.state, person);
  return say(dependencies, commandOf({ channel: id, actor: person, membership: membership.state, relation, ...target }), membership, context);
}

const about = async (dependencies: CommandDependencies, id: ChannelId, message: number) => ({ message, target: await messageAt(dependencies, id, message) });

/** In a direct channel a block of either silences both; a group is its members' own affair. */
async function relationIn({ loadState }: CommandDependencies, membership: ChannelState, sender: PersonId): Promise<Relation> {
  const peer = directPeerOf(membership, sender);
  if (peer === undefined) return 'clear';
  const [mine, theirs] = await Promise.all([loadState(relationships, relationshipsStream(sender)), loadState(relationships, relationshipsStream(peer))]);
  return relationBetween({ person: sender, relationships: mine.state }, { person: peer, relationships: theirs.state });
}

async function say(
  dependencies: CommandDependencies,
  command: MessagesCommand,
  membership: LoadedState<ChannelState>,
  context: CommandContext,
): Promise<CommandResult> {
  const stream = messagesStream(command.channel);
  const handled = await dependencies.handle(messages, stream, command, context, { readRevisions: [membership] });
  if (handled.outcome !== 'appended' || membership.state.status !== 'open') return handled;
  for (const event of handled.events as readonly MessagesEvent[]) {
    const entry = messageEntryOf({ ...event, revision: handled.revision, metadata: { at: context.at } });
    dependencies.broadcast.publish(membership.state.members, { kind: 'message', channel: command.channel, entry } satisfies LiveHint);
  }
  return handled;
}
