/**
 * The messages of a channel, with their edits, withdrawals and reactions. `seq` is the revision in this stream and counts all of
 * these, so that no reader can miss an edit. A channel's history grows for ever, so only its last event is known here; the message
 * that a command is about comes with the command, and whether it was closed (`message-marks.ts`).
 */
import type { LinkPreview } from '../media/link-preview.ts';
import type { Relation } from '../people/counterpart.ts';
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import { refusalOfText } from '../shared/text/text.ts';
import { isMember, readsFrom, type ChannelState } from './channel-state.ts';
import { mentionedIn, keptEntities, refusalOfEntities, type MessageEntity } from './content/message-entities.ts';
import type { MessageAttachmentTarget } from './content/message-media.ts';
import { contentOf } from './content/post-content.ts';
import type { QuoteTarget } from './content/cut-quote.ts';
import { endsOf, expiryIn } from './disappearing.ts';
import { EMOJI_LENGTH_MAX_CHARACTERS, emojiOf, mayBeOlderReaction, reactionKey } from './emoji.ts';
import type { MessagesEvent } from './events.ts';
import { importMessages, type ImportMessages } from './imported-messages.ts';
import type { Notice } from './groups/notices.ts';
import { refusalByRole } from './groups/roles.ts';

export const MESSAGE_LENGTH_MAX_CHARACTERS = 100_000;
export const MENTIONS_MAX = 50;

/**
 * `last` is the stream's last event without its text. An edit that was under way while its message was closed may follow the withdrawal
 * here; every reader goes by the withdrawal.
 */
export type MessagesState = {
  readonly messageCount: number;
  readonly last?: LastEvent;
  /** The channel's newest change that has a notice. */ readonly noted?: number;
};
type LastEvent =
  | { readonly type: 'posted' | 'edited' | 'previewed' | 'notice' }
  | { readonly type: 'withdrawn'; readonly message: number }
  | { readonly type: 'reacted'; readonly message: number; readonly person: PersonId; readonly emoji: string; readonly change: 'added' | 'removed' };

/** The channel with its members, and the actor. */
type MessageContext = {
  readonly channel: ChannelId;
  readonly actor: PersonId;
  readonly membership: ChannelState;
  /** In a direct channel, whether a block stands between its two people; in a group a block doesn't silence anybody, so `clear`. */
  readonly relation: Relation;
};
/** A message's id, and the event at that revision, if there is one. */
type MessageReference = {
  readonly message: number;
  readonly target: MessagesEvent | undefined;
  /** It is withdrawn, or about to be. */ readonly isClosed?: boolean;
  /** Its time has come. */ readonly hasDisappeared?: boolean;
};

export type MessagesCommand =
  | (MessageContext & {
      readonly type: 'post';
      readonly text: string;
      readonly clientId: string;
      readonly replyTo?: MessageReference;
      /** People who are not members, and people across a block, are left out. */
      readonly mentions?: readonly PersonId[];
      /** Those of `mentions` with whom a block stands. */
      readonly blockedMentions?: ReadonlySet<PersonId>;
      readonly entities?: readonly MessageEntity[];
      readonly media?: readonly MessageAttachmentTarget[];
      /** A part of the message that it replies to. */
      readonly quote?: QuoteTarget;
      readonly keptSeconds?: number | undefined;
      readonly at: Instant;
    })
  | (MessageContext & MessageReference & { readonly type: 'edit'; readonly text: string; readonly entities?: readonly MessageEntity[] })
  | (MessageContext & MessageReference & { readonly type: 'withdraw' })
  | (MessageContext & MessageReference & { readonly type: 'react'; readonly emoji: string; readonly change: 'added' | 'removed' })
  /** Of a worker that has looked where the first link of the text leads; `of` is the seq of the event that brought the text. */
  | (MessageReference & { readonly type: 'preview'; readonly channel: ChannelId; readonly of: number; readonly preview: LinkPreview })
  | ImportMessages
  /** Follows a change of the channel. */
  | { readonly type: 'note'; readonly channel: ChannelId; readonly notice: Notice };

type Command<Type extends MessagesCommand['type']> = Extract<MessagesCommand, { type: Type }>;

export const messages: Decider<MessagesState, MessagesCommand, MessagesEvent> = {
  reads: 'tail',
  initialState: { messageCount: 0 },

  evolve: (_, event) => {
    const { noted } = event.data;
    return { ...evolved(event), ...(noted !== undefined && { noted }) };
  },

  decide: (state, command) => {
    const decision = command.type === 'note' ? note(state, command) : command.type === 'add-imported' ? importMessages(state, command) : decide(state, command);
    return decision.outcome === 'refused' || state.noted === undefined ? decision : accept(...decision.events.map((event) => noting(event, state.noted)));
  },
};

function evolved(event: MessagesEvent): Omit<MessagesState, 'noted'> {
  const { messageCount } = event.data;
  switch (event.type) {
    case 'chat.message-posted.v1':
      return { messageCount, last: { type: 'posted' } };
    case 'chat.message-edited.v1':
      return { messageCount, last: { type: 'edited' } };
    case 'chat.message-withdrawn.v1':
      return { messageCount, last: { type: 'withdrawn', message: event.data.message } };
    case 'chat.message-reacted.v1': {
      const { message, person, emoji, change } = event.data;
      return { messageCount, last: { type: 'reacted', message, person, emoji: reactionKey(emoji), change } };
    }
    case 'chat.message-previewed.v1':
      return { messageCount, last: { type: 'previewed' } };
    case 'chat.notice-added.v1':
      return { messageCount, last: { type: 'notice' } };
  }
}

/** Every event repeats how far the notices have come, whichever it is. */
const noting = (event: MessagesEvent, noted: number | undefined): MessagesEvent =>
  noted === undefined || event.data.noted !== undefined ? event : ({ ...event, data: { ...event.data, noted } } as MessagesEvent);

function decide(state: MessagesState, command: Exclude<MessagesCommand, { type: 'note' | 'add-imported' }>): Decision<MessagesEvent> {
  if (command.type === 'preview') return addPreview(state, command);
  const { membership } = command;
  // One's own words are one's own to take back, also behind a door that has closed.
  if (command.type === 'withdraw') return withdraw(state, command);
  if (!isMember(membership, command.actor)) return refuse('channel-unknown');
  if (command.relation === 'blocked' && !isTakingBack(command)) return refuse('blocked');
  switch (command.type) {
    case 'post':
      return post(state, command);
    case 'edit':
      return edit(state, command);
    case 'react':
      return react(state, command);
  }
}

/** Each change has one notice, and none is added behind that of a later change. */
const note = ({ messageCount, noted = -1 }: MessagesState, { channel, notice }: Command<'note'>): Decision<MessagesEvent> =>
  notice.noted <= noted ? accept() : accept({ type: 'chat.notice-added.v1', data: { channel, ...notice, messageCount } });

/** Taking back one's own reaction is allowed across a block, as taking back a message is. */
const isTakingBack = (command: Exclude<MessagesCommand, { type: 'preview' | 'note' | 'withdraw' }>): boolean =>
  command.type === 'react' && command.change === 'removed';

function post({ messageCount }: MessagesState, command: Command<'post'>): Decision<MessagesEvent> {
  const { channel, actor, membership, text, clientId, replyTo, mentions = [], blockedMentions, entities = [], media = [], keptSeconds, at } = command;
  const silenced = membership.status === 'open' ? refusalByRole(membership, actor, 'write') : undefined;
  if (silenced !== undefined) return silenced;
  if (replyTo !== undefined && !mayReadIn(membership, actor, replyTo)) return refuse('message-unknown');
  const named = new Set([...mentions, ...mentionedIn(entities)]);
  const mentioned = [...named].filter((person) => isMember(membership, person) && blockedMentions?.has(person) !== true);
  if (mentioned.length > MENTIONS_MAX) return refuse('too-many-mentions', { max: MENTIONS_MAX });
  const refusal = refusalOfMessageText(text, { mayBeBlank: media.length > 0 });
  if (refusal !== undefined) return refusal;
  const content = contentOf(command, mentioned);
  if ('outcome' in content) return content;
  const data = {
    channel,
    sender: actor,
    text,
    clientId,
    ...(replyTo !== undefined && { replyTo: replyTo.message }),
    ...(mentioned.length > 0 && { mentions: mentioned }),
    ...content,
    at,
    ...endsOf({ membership, at, keptSeconds, quoted: content.quote === undefined ? undefined : replyTo?.target }),
    messageCount: messageCount + 1,
  };
  return accept({ type: 'chat.message-posted.v1', data });
}

function edit(state: MessagesState, command: Command<'edit'>): Decision<MessagesEvent> {
  const { channel, message, membership, target, actor: sender, text, entities = [] } = command;
  const hasMedia = target?.type === 'chat.message-posted.v1' && target.data.mediaCount !== undefined;
  const silenced = membership.status === 'open' ? refusalByRole(membership, sender, 'write') : undefined;
  const refusal =
    refusalAsSender(command) ??
    silenced ??
    refusalIfDisappeared(command) ??
    (isWithdrawn(state, command) ? refuse('message-withdrawn') : refusalOfMessageText(text, { mayBeBlank: hasMedia })) ??
    refusalOfEntities(entities, text);
  if (refusal !== undefined) return refusal;
  const kept = keptEntities(
    entities,
    mentionedIn(entities).filter((person) => isMember(membership, person)),
  );
  const expiresAt = expiryIn(target);
  const optional = { ...(kept.length > 0 && { entities: kept }), ...(expiresAt !== undefined && { expiresAt }) };
  const data = { channel, message, sender, text, ...optional, messageCount: state.messageCount };
  return accept({ type: 'chat.message-edited.v1', data });
}

function withdraw(state: MessagesState, command: Command<'withdraw'>): Decision<MessagesEvent> {
  const { channel, message, membership, target, actor: by } = command;
  const refusal = refusalAsSender(command);
  if (refusal !== undefined) return isMember(membership, by) ? refusal : refuse('channel-unknown');
  if (isJustWithdrawn(state, message)) return accept();
  const { mentions, mediaCount } = target?.type === 'chat.message-posted.v1' ? target.data : {};
  const optional = { ...(mentions !== undefined && { mentions }), ...(mediaCount !== undefined && { mediaCount }) };
  return accept({ type: 'chat.message-withdrawn.v1', data: { channel, message, by, ...optional, messageCount: state.messageCount } });
}

function react(state: MessagesState, command: Command<'react'>): Decision<MessagesEvent> {
  const { messageCount, last } = state;
  const { channel, message, target, actor: person, change } = command;
  if (!mayReadIn(command.membership, person, { message, target })) return refuse('message-unknown');
  if (!isReaction(command)) return refuse('emoji-invalid', { max: EMOJI_LENGTH_MAX_CHARACTERS });
  if (isWithdrawn(state, command)) return refuse('message-withdrawn');
  if (command.hasDisappeared === true) return refuse('message-disappeared');
  const emoji = reactionKey(command.emoji);
  const isSame = last?.type === 'reacted' && last.message === message && last.person === person && last.emoji === emoji && last.change === change;
  return isSame ? accept() : accept({ type: 'chat.message-reacted.v1', data: { channel, message, person, emoji, change, messageCount } });
}

/** Of a message that can't be read any more it is worth nothing. */
function addPreview(state: MessagesState, { channel, message, target, isClosed, of, preview }: Command<'preview'>): Decision<MessagesEvent> {
  if (target?.type !== 'chat.message-posted.v1' || isWithdrawn(state, { message, target, isClosed: isClosed === true })) return accept();
  const { sender, expiresAt } = target.data;
  const data = { channel, message, sender, of, preview, ...(expiresAt !== undefined && { expiresAt }), messageCount: state.messageCount };
  return accept({ type: 'chat.message-previewed.v1', data });
}

const isReaction = ({ emoji, change }: Command<'react'>): boolean => emojiOf(emoji) !== undefined || (change === 'removed' && mayBeOlderReaction(emoji));

/** Of a message that was said before the person may read, nothing is said to the person, and nothing by them. */
const mayReadIn = (membership: ChannelState, actor: PersonId, { message, target }: MessageReference): boolean =>
  isPostedMessage(target) && message >= (readsFrom(membership, actor) ?? Infinity);

const isPostedMessage = (target: MessagesEvent | undefined) => target?.type === 'chat.message-posted.v1';

function refusalAsSender({ membership, message, target, actor }: Command<'edit' | 'withdraw'>): Decision<never> | undefined {
  if (target?.type === 'chat.message-posted.v1' && target.data.sender === actor) return undefined;
  return refuse(mayReadIn(membership, actor, { message, target }) ? 'not-the-sender' : 'message-unknown');
}

const refusalIfDisappeared = ({ hasDisappeared }: MessageReference): Decision<never> | undefined =>
  hasDisappeared === true ? refuse('message-disappeared') : undefined;

const isWithdrawn = (state: MessagesState, { message, isClosed }: MessageReference): boolean => isClosed === true || isJustWithdrawn(state, message);

const isJustWithdrawn = ({ last }: MessagesState, message: number) => last?.type === 'withdrawn' && last.message === message;

const refusalOfMessageText = (text: string, { mayBeBlank }: { readonly mayBeBlank: boolean }) =>
  refusalOfText(text, {
    maxCharacters: MESSAGE_LENGTH_MAX_CHARACTERS,
    ...(!mayBeBlank && { blank: 'message-empty' }),
    tooLong: 'message-too-long',
    lines: 'many',
  });
