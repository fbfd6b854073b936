/**
 * The messages of a channel, with their edits, withdrawals and reactions. `seq` is the revision in this stream and counts all of
 * these, so that no reader can miss an edit. A channel's history grows for ever, so only its last event is known here; the message
 * that a command is about comes with the command.
 */
import type { Relation } from '../people/counterpart.ts';
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import { refusalOfText } from '../shared/text.ts';
import { isMember, type ChannelState } from './channel-state.ts';
import { EMOJI_LENGTH_MAX_CHARACTERS, emojiOf, mayBeOlderReaction, reactionKey } from './emoji.ts';
import type { MessagesEvent } from './events.ts';

export const MESSAGE_LENGTH_MAX_CHARACTERS = 100_000;
export const MENTIONS_MAX = 50;

/**
 * `last` is the stream's last event without its text. An earlier withdrawal isn't known here: an edit of such a message is appended,
 * and every reader goes by the withdrawal.
 */
export type MessagesState = { readonly messageCount: number; readonly last?: LastEvent };
type LastEvent =
  | { readonly type: 'posted' | 'edited' }
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
type MessageReference = { readonly message: number; readonly target: MessagesEvent | undefined };

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
      readonly at: Instant;
    })
  | (MessageContext & MessageReference & { readonly type: 'edit'; readonly text: string })
  | (MessageContext & MessageReference & { readonly type: 'withdraw' })
  | (MessageContext & MessageReference & { readonly type: 'react'; readonly emoji: string; readonly change: 'added' | 'removed' });

type Command<Type extends MessagesCommand['type']> = Extract<MessagesCommand, { type: Type }>;

export const messages: Decider<MessagesState, MessagesCommand, MessagesEvent> = {
  reads: 'tail',
  initialState: { messageCount: 0 },

  evolve: (_, event) => {
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
    }
  },

  decide: (state, command) => {
    const { membership } = command;
    if (!isMember(membership, command.actor)) return refuse('channel-unknown');
    if (command.relation === 'blocked' && !isTakingBack(command)) return refuse('blocked');
    switch (command.type) {
      case 'post':
        return post(state, command);
      case 'edit':
        return edit(state, command);
      case 'withdraw':
        return withdraw(state, command);
      case 'react':
        return react(state, command);
    }
  },
};

/** Taking back one's own message or reaction is allowed across a block. */
const isTakingBack = (command: MessagesCommand): boolean => command.type === 'withdraw' || (command.type === 'react' && command.change === 'removed');

function post({ messageCount }: MessagesState, command: Command<'post'>): Decision<MessagesEvent> {
  const { channel, actor, membership, text, clientId, replyTo, mentions = [], blockedMentions, at } = command;
  if (replyTo !== undefined && !isPostedMessage(replyTo.target)) return refuse('message-unknown');
  const mentioned = [...new Set(mentions)].filter((person) => isMember(membership, person) && blockedMentions?.has(person) !== true);
  if (mentioned.length > MENTIONS_MAX) return refuse('too-many-mentions', { max: MENTIONS_MAX });
  const data = {
    channel,
    sender: actor,
    text,
    clientId,
    ...(replyTo !== undefined && { replyTo: replyTo.message }),
    ...(mentioned.length > 0 && { mentions: mentioned }),
    at,
    messageCount: messageCount + 1,
  };
  return refusalOfMessageText(text) ?? accept({ type: 'chat.message-posted.v1', data });
}

function edit(state: MessagesState, command: Command<'edit'>): Decision<MessagesEvent> {
  const { channel, message, actor: sender, text } = command;
  const refusal = refusalAsSender(command) ?? (isJustWithdrawn(state, message) ? refuse('message-withdrawn') : refusalOfMessageText(text));
  return refusal ?? accept({ type: 'chat.message-edited.v1', data: { channel, message, sender, text, messageCount: state.messageCount } });
}

function withdraw(state: MessagesState, command: Command<'withdraw'>): Decision<MessagesEvent> {
  const { channel, message, target, actor: by } = command;
  const refusal = refusalAsSender(command);
  if (refusal !== undefined) return refusal;
  if (isJustWithdrawn(state, message)) return accept();
  const mentions = target?.type === 'chat.message-posted.v1' ? target.data.mentions : undefined;
  return accept({
    type: 'chat.message-withdrawn.v1',
    data: { channel, message, by, ...(mentions !== undefined && { mentions }), messageCount: state.messageCount },
  });
}

function react({ messageCount, last }: MessagesState, command: Command<'react'>): Decision<MessagesEvent> {
  const { channel, message, target, actor: person, change } = command;
  if (!isPostedMessage(target)) return refuse('message-unknown');
  if (!isReaction(command)) return refuse('emoji-invalid', { max: EMOJI_LENGTH_MAX_CHARACTERS });
  if (last?.type === 'withdrawn' && last.message === message) return refuse('message-withdrawn');
  const emoji = reactionKey(command.emoji);
  const isSame = last?.type === 'reacted' && last.message === message && last.person === person && last.emoji === emoji && last.change === change;
  return isSame ? accept() : accept({ type: 'chat.message-reacted.v1', data: { channel, message, person, emoji, change, messageCount } });
}

const isReaction = ({ emoji, change }: Command<'react'>): boolean => emojiOf(emoji) !== undefined || (change === 'removed' && mayBeOlderReaction(emoji));

const isPostedMessage = (target: MessagesEvent | undefined) => target?.type === 'chat.message-posted.v1';

function refusalAsSender({ target, actor }: Command<'edit' | 'withdraw'>): Decision<never> | undefined {
  if (target?.type !== 'chat.message-posted.v1') return refuse('message-unknown');
  return target.data.sender === actor ? undefined : refuse('not-the-sender');
}

const isJustWithdrawn = ({ last }: MessagesState, message: number) => last?.type === 'withdrawn' && last.message === message;

const refusalOfMessageText = (text: string) =>
  refusalOfText(text, { maxCharacters: MESSAGE_LENGTH_MAX_CHARACTERS, blank: 'message-empty', tooLong: 'message-too-long', lines: 'many' });
