/**
 * Posts, edits, withdraws and reacts to messages. A message is acknowledged once it is in the log; then the members get it as a live
 * hint. A message that is sent twice is posted once: `handling/idempotency.ts` says how.
 */
import { channel } from '../../domain/chat/channel.ts';
import { directPeerOf, isMember, isRequestTo, membersOf, type ChannelState } from '../../domain/chat/channel-state.ts';
import type { MessagesEvent } from '../../domain/chat/events.ts';
import { messageEntryOf } from '../../domain/chat/message-entry.ts';
import { reactionKey } from '../../domain/chat/emoji.ts';
import { MENTIONS_MAX, messages, type MessagesCommand } from '../../domain/chat/messages.ts';
import { reactionKinds } from '../../domain/chat/reaction-kinds.ts';
import { relationships, relationBetween } from '../../domain/people/relationships.ts';
import type { Relation } from '../../domain/people/counterpart.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { channelStream, messagesStream, reactionKindsStream, relationshipsStream } from '../../domain/shared/streams.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import { withFreshCommandId, type CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling, LoadedState } from '../handling/handle.ts';
import type { LogReader } from '../handling/load-stream.ts';
import type { CommandResult, RefusedResult } from '../handling/results.ts';
import { changeChannel } from './channels.ts';
import { withRelationships } from './newcomers.ts';

type Dependencies = Uses<'log' | 'codec' | 'broadcast'>;

export type PostMessage = {
  readonly channel: ChannelId;
  readonly sender: PersonId;
  readonly text: string;
  readonly clientId: string;
  readonly replyTo?: number;
  readonly mentions?: readonly PersonId[];
};

type ChangeMessage = { readonly channel: ChannelId; readonly person: PersonId; readonly message: number };

export const postMessage =
  (dependencies: Dependencies) =>
  async ({ channel: id, sender, text, clientId, replyTo, mentions }: PostMessage, context: CommandContext): Promise<CommandResult> => {
    const membership = await dependencies.loadState(channel, channelStream(id));
    const command = {
      type: 'post',
      channel: id,
      actor: sender,
      membership: membership.state,
      relation: await relationIn(dependencies, membership.state, sender),
      text,
      clientId,
      ...(replyTo === undefined ? {} : { replyTo: await referenceTo(dependencies, id, replyTo) }),
      ...(mentions === undefined ? {} : { mentions, blockedMentions: await blockedAmong(dependencies, membership.state, { sender, mentions }) }),
      at: context.at,
    } as const;
    if (membership.state.status !== 'open' || !isRequestTo(membership.state, sender)) return appendAndPublish(dependencies, command, membership, context);

    // Answering a message request accepts it. A message that would be refused accepts nothing.
    const decision = messages.decide(messages.initialState, command);
    if (decision.outcome === 'refused') return decision;
    await changeChannel(dependencies, { type: 'accept-request', channel: id, actor: sender }, withFreshCommandId(context));
    return appendAndPublish(dependencies, command, await dependencies.loadState(channel, channelStream(id)), context);
  };

export const editMessage =
  (dependencies: Dependencies) =>
  async ({ text, ...change }: ChangeMessage & { readonly text: string }, context: CommandContext): Promise<CommandResult> =>
    changeMessage(dependencies, change, (common) => ({ type: 'edit', ...common, text }), context);

export const withdrawMessage =
  (dependencies: Dependencies) =>
  async (change: ChangeMessage, context: CommandContext): Promise<CommandResult> =>
    changeMessage(dependencies, change, (common) => ({ type: 'withdraw', ...common }), context);

export const reactToMessage =
  (dependencies: Dependencies) =>
  async (
    { emoji, change, ...reaction }: ChangeMessage & { readonly emoji: string; readonly change: 'added' | 'removed' },
    context: CommandContext,
  ): Promise<CommandResult> =>
    changeMessage(dependencies, reaction, (common) => ({ type: 'react', ...common, emoji, change }), context);

/** The event of a channel's messages at a revision; undefined where there is none. */
export async function messageAt({ log, codec }: LogReader, id: ChannelId, seq: number): Promise<Recorded<MessagesEvent> | undefined> {
  for await (const stored of log.readStream(messagesStream(id), { from: seq, limit: 1 })) return (await codec.decode(stored)) as Recorded<MessagesEvent>;
  return undefined;
}

type CommonFields = Omit<Extract<MessagesCommand, { type: 'withdraw' }>, 'type'>;

async function changeMessage(
  dependencies: Dependencies,
  { channel: id, person, message }: ChangeMessage,
  commandWith: (common: CommonFields) => MessagesCommand,
  context: CommandContext,
): Promise<CommandResult> {
  const [membership, reference] = await Promise.all([dependencies.loadState(channel, channelStream(id)), referenceTo(dependencies, id, message)]);
  const relation = await relationIn(dependencies, membership.state, person);
  const command = commandWith({ channel: id, actor: person, membership: membership.state, relation, ...reference });
  return (await takeKind(dependencies, command, context)) ?? appendAndPublish(dependencies, command, membership, context);
}

/** A new kind of reaction takes its place before the reaction is appended. A reaction that would be refused takes none. */
async function takeKind(dependencies: Dependencies, command: MessagesCommand, context: CommandContext): Promise<RefusedResult | undefined> {
  if (command.type !== 'react' || command.change === 'removed') return undefined;
  const { channel, message } = command;
  const stream = reactionKindsStream(channel, message);
  const emoji = reactionKey(command.emoji);
  const { state } = await dependencies.loadState(reactionKinds, stream);
  if (state.kinds.includes(emoji)) return undefined;
  const decision = messages.decide(messages.initialState, command);
  if (decision.outcome === 'refused') return decision;
  const handled = await dependencies.handle(reactionKinds, stream, { type: 'use', channel, message, emoji }, withFreshCommandId(context));
  return handled.outcome === 'refused' ? handled : undefined;
}

const referenceTo = async (dependencies: LogReader, id: ChannelId, message: number) => ({
  message,
  target: await messageAt(dependencies, id, message),
});

/** In a direct channel a block by either person silences both; in a group it does not. */
async function relationIn({ loadState }: CommandHandling, membership: ChannelState, sender: PersonId): Promise<Relation> {
  const peer = directPeerOf(membership, sender);
  if (peer === undefined) return 'clear';
  const [mine, theirs] = await Promise.all([loadState(relationships, relationshipsStream(sender)), loadState(relationships, relationshipsStream(peer))]);
  return relationBetween({ person: sender, relationships: mine.state }, { person: peer, relationships: theirs.state });
}

/** Those of the mentioned members with whom a block stands. More than may be mentioned are not looked up: the message is refused. */
async function blockedAmong(
  { loadState }: CommandHandling,
  membership: ChannelState,
  { sender, mentions }: { readonly sender: PersonId; readonly mentions: readonly PersonId[] },
): Promise<ReadonlySet<PersonId>> {
  const mentioned = [...new Set(mentions)].filter((person) => isMember(membership, person));
  if (mentioned.length === 0 || mentioned.length > MENTIONS_MAX) return new Set();
  const self = await withRelationships(loadState, sender);
  const others = await Promise.all(mentioned.map((person) => withRelationships(loadState, person)));
  return new Set(others.filter((other) => relationBetween(self, other) === 'blocked').map(({ person }) => person));
}

async function appendAndPublish(
  dependencies: Dependencies,
  command: MessagesCommand,
  membership: LoadedState<ChannelState>,
  context: CommandContext,
): Promise<CommandResult> {
  const stream = messagesStream(command.channel);
  const handled = await dependencies.handle(messages, stream, command, context, { readRevisions: [membership] });
  if (handled.outcome !== 'appended') return handled;
  for (const event of handled.events as readonly MessagesEvent[]) {
    const entry = messageEntryOf({ ...event, revision: handled.revision, metadata: { at: context.at } });
    dependencies.broadcast.publish(membersOf(membership.state), { kind: 'message', channel: command.channel, entry } satisfies LiveHint);
  }
  return handled;
}
