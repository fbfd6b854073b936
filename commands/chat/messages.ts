/**
 * Posts, edits and reacts to messages. A message is acknowledged once it is in the log; then the members get it as a live
 * hint. A message that is sent twice is posted once: `handling/idempotency.ts` says how.
 */
import { channel } from '../../domain/chat/channel.ts';
import { directPeerOf, isMember, isRequestTo, membersOf, type ChannelState } from '../../domain/chat/channel-state.ts';
import type { AskedQuote } from '../../domain/chat/content/cut-quote.ts';
import { mentionedIn, type MessageEntity } from '../../domain/chat/content/message-entities.ts';
import type { MessageAttachment } from '../../domain/chat/content/message-media.ts';
import type { MessagesEvent } from '../../domain/chat/events.ts';
import { messageEntryOf } from '../../domain/chat/message-entry.ts';
import { hasDisappeared } from '../../domain/chat/disappearing.ts';
import { reactionKey } from '../../domain/chat/emoji.ts';
import { MENTIONS_MAX, messages, type MessagesCommand } from '../../domain/chat/messages.ts';
import { messageMarks, type MessageMarksState } from '../../domain/chat/message-marks.ts';
import { ATTACHMENTS_MAX } from '../../domain/media/attachments.ts';
import type { Relation } from '../../domain/people/counterpart.ts';
import { relationBetween } from '../../domain/people/relationships.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { channelStream, messageMarksStream, messagesStream } from '../../domain/shared/streams.ts';
import { withFreshCommandId, type CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling, LoadedState, StreamRevision } from '../handling/handle.ts';
import type { CommandResult, RefusedResult } from '../handling/results.ts';
import { loadMedia } from '../media/load-media.ts';
import { changeChannel } from './channels.ts';
import { isClosed, marksOf, referenceTo, relationIn, repliedTo } from './message-references.ts';
import { publishMessage } from './message-hints.ts';
import { withRelationships } from './newcomers.ts';

type Dependencies = Uses<'log' | 'codec' | 'broadcast' | 'told' | 'messagesKeptSeconds'>;

export type PostMessage = {
  readonly channel: ChannelId;
  readonly sender: PersonId;
  readonly text: string;
  readonly clientId: string;
  readonly replyTo?: number;
  readonly mentions?: readonly PersonId[];
  readonly entities?: readonly MessageEntity[];
  readonly media?: readonly MessageAttachment[];
  /** Of the message that it replies to. */
  readonly quote?: AskedQuote;
};

type ChangeMessage = { readonly channel: ChannelId; readonly person: PersonId; readonly message: number };

export const postMessage =
  (dependencies: Dependencies) =>
  async (asked: PostMessage, context: CommandContext): Promise<CommandResult> => {
    const { channel: id, sender } = asked;
    const { command, membership, readRevisions } = await prepareMessage(dependencies, asked, context);
    if (membership.state.status !== 'open' || !isRequestTo(membership.state, sender))
      return appendAndPublish(dependencies, command, membership, context, readRevisions);

    // Answering a message request accepts it. A message that would be refused accepts nothing.
    const decision = messages.decide(messages.initialState, command);
    if (decision.outcome === 'refused') return decision;
    await changeChannel(dependencies, { type: 'accept-request', channel: id, actor: sender }, withFreshCommandId(context));
    return appendAndPublish(dependencies, command, await dependencies.loadState(channel, channelStream(id)), context, readRevisions);
  };

/** What posting a message is decided on. */
export async function prepareMessage(dependencies: Uses<'log' | 'codec' | 'messagesKeptSeconds'>, asked: PostMessage, { at }: Pick<CommandContext, 'at'>) {
  const { channel: id, sender, text, clientId, mentions = [], entities, media } = asked;
  const { membership, relation } = await loadMembership(dependencies, { channel: id, sender });
  const named = entities === undefined ? mentions : [...mentions, ...mentionedIn(entities)];
  const loaded = media === undefined ? undefined : await loadMedia(dependencies, media.slice(0, ATTACHMENTS_MAX + 1));
  const command = {
    type: 'post',
    channel: id,
    actor: sender,
    membership: membership.state,
    relation,
    text,
    clientId,
    ...(await repliedTo(dependencies, id, { ...asked, at })),
    ...(named.length === 0 ? {} : { mentions, blockedMentions: await blockedAmong(dependencies, membership.state, { sender, mentions: named }) }),
    ...(entities === undefined ? {} : { entities }),
    ...(loaded === undefined ? {} : { media: loaded.attachments }),
    keptSeconds: dependencies.messagesKeptSeconds,
    at,
  } as const;
  return { command, membership, ...(loaded !== undefined && { readRevisions: loaded.readRevisions }) };
}

/** The channel, and how the two people of a direct one stand to each other: read together where it is known who they were. */
async function loadMembership(
  dependencies: Pick<CommandHandling, 'loadState' | 'recallState'>,
  { channel: id, sender }: { readonly channel: ChannelId; readonly sender: PersonId },
): Promise<{ readonly membership: LoadedState<ChannelState>; readonly relation: Relation }> {
  const stream = channelStream(id);
  const recalled = dependencies.recallState(channel, stream)?.state;
  const [membership, relation] = await Promise.all([dependencies.loadState(channel, stream), recalled && relationIn(dependencies, recalled, sender)]);
  const isOfToday = recalled !== undefined && directPeerOf(recalled, sender) === directPeerOf(membership.state, sender);
  return { membership, relation: relation !== undefined && isOfToday ? relation : await relationIn(dependencies, membership.state, sender) };
}

export const editMessage =
  (dependencies: Dependencies) =>
  async (
    { text, entities, ...change }: ChangeMessage & { readonly text: string; readonly entities?: readonly MessageEntity[] },
    context: CommandContext,
  ): Promise<CommandResult> =>
    changeMessage(dependencies, change, (common) => ({ type: 'edit', ...common, text, ...(entities === undefined ? {} : { entities }) }), context);

export const reactToMessage =
  (dependencies: Dependencies) =>
  async (
    { emoji, change, ...reaction }: ChangeMessage & { readonly emoji: string; readonly change: 'added' | 'removed' },
    context: CommandContext,
  ): Promise<CommandResult> =>
    changeMessage(dependencies, reaction, (common) => ({ type: 'react', ...common, emoji, change }), context);

type CommonFields = Omit<Extract<MessagesCommand, { type: 'withdraw' }>, 'type'>;

async function changeMessage(
  dependencies: Dependencies,
  { channel: id, person, message }: ChangeMessage,
  commandWith: (common: CommonFields) => MessagesCommand,
  context: CommandContext,
): Promise<CommandResult> {
  const [membership, reference, marks] = await Promise.all([
    dependencies.loadState(channel, channelStream(id)),
    referenceTo(dependencies, id, message),
    marksOf(dependencies, id, message),
  ]);
  const relation = await relationIn(dependencies, membership.state, person);
  const command = commandWith({
    channel: id,
    actor: person,
    membership: membership.state,
    relation,
    ...reference,
    isClosed: isClosed(marks),
    hasDisappeared: hasDisappeared(reference.target, context.at),
  });
  return (await takeKind(dependencies, command, marks, context)) ?? appendAndPublish(dependencies, command, membership, context);
}

/** A new kind of reaction takes its place before the reaction is appended. A reaction that would be refused takes none. */
async function takeKind(
  dependencies: Dependencies,
  command: MessagesCommand,
  { kinds }: MessageMarksState,
  context: CommandContext,
): Promise<RefusedResult | undefined> {
  if (command.type !== 'react' || command.change === 'removed') return undefined;
  const { channel, message } = command;
  const emoji = reactionKey(command.emoji);
  if (kinds.includes(emoji)) return undefined;
  const decision = messages.decide(messages.initialState, command);
  if (decision.outcome === 'refused') return decision;
  const handled = await dependencies.handle(
    messageMarks,
    messageMarksStream(channel, message),
    { type: 'use-kind', channel, message, emoji },
    withFreshCommandId(context),
  );
  return handled.outcome === 'refused' ? handled : undefined;
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

/** Who has come in meanwhile was not told. The readers of an announcement channel are told again in any case, once what they fetch is there. */
const isCurrent = ({ recallState }: CommandHandling, { stream, revision }: LoadedState<ChannelState>): boolean =>
  recallState(channel, stream)?.revision === revision;

export async function appendAndPublish(
  dependencies: Dependencies,
  command: MessagesCommand,
  membership: LoadedState<ChannelState>,
  context: CommandContext,
  readRevisions: readonly StreamRevision[] = [],
): Promise<CommandResult> {
  const stream = messagesStream(command.channel);
  const handled = await dependencies.handle(messages, stream, command, context, { readRevisions: [membership, ...readRevisions] });
  if (handled.outcome !== 'appended') return handled;
  for (const event of handled.events as readonly MessagesEvent[]) {
    const entry = messageEntryOf({ ...event, revision: handled.revision, metadata: { at: context.at } });
    const { state } = membership;
    if (state.status !== 'open') continue;
    publishMessage(dependencies.broadcast, { channel: command.channel, kind: state.kind, members: membersOf(state), entry });
    if (state.kind !== 'announcement' && isCurrent(dependencies, membership)) dependencies.told?.remember({ stream, position: handled.position });
  }
  return handled;
}
