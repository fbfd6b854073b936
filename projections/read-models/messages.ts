/** Messages and each channel's head. A message costs one document and a change of the channel's head, however many members the channel has. */
import { orErased } from '../../domain/shared/event.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { CHANNEL_MEMBERS_MAX } from '../../domain/chat/channel.ts';
import { reactionKey } from '../../domain/chat/emoji.ts';
import { REACTION_KINDS_MAX } from '../../domain/chat/reaction-kinds.ts';
import type { MessagesEvent } from '../../domain/chat/events.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import type { Projector } from '../projection.ts';

/** Id: `messageId`, which sorts by channel and seq: history is a range of ids. */
export type MessageDocument = {
  readonly channel: ChannelId;
  readonly seq: number;
  readonly sender: PersonId;
  /** Null: withdrawn, or its sender was erased. */
  readonly text: string | null;
  readonly clientId: string;
  readonly at: Instant;
  readonly messageCount: number;
  /** `unreadEntry` of the message: what counting unread messages needs to know of it, in the index. */
  readonly unread: string;
  readonly replyTo?: number;
  readonly mentions?: readonly PersonId[];
  readonly editedAt?: Instant;
  readonly withdrawn?: true;
  /** The people who reacted, by emoji in its one form: at most `REACTION_KINDS_MAX` emoji, with the last `REACTING_KEPT_MAX` people each. */
  readonly reactions?: Readonly<Record<string, readonly PersonId[]>>;
};

/** Id: the channel. `headSeq` counts all events of `messages-`, edits too; `messageCount` only messages. */
export type ChannelHead = {
  readonly channel: ChannelId;
  readonly headSeq: number;
  readonly messageCount: number;
  /** The newest message: its text is in `messages` under `messageId(channel, lastMessage)`. */
  readonly lastMessage: number | null;
  readonly lastSender: PersonId | null;
  readonly lastAt: Instant | null;
};

const SEQ_DIGITS = 12;
/** People who reacted and have left the channel count as well, and there is no end of them. */
export const REACTING_KEPT_MAX = CHANNEL_MEMBERS_MAX;

export const messageId = (channel: ChannelId, seq: number): string => `${channel}:${String(seq).padStart(SEQ_DIGITS, '0')}`;

/** Of an erased sender. */
const NOTHING_TO_READ = '';

/** The seq and the sender of a message, as `parseUnreadEntry` tells them; a withdrawn one is marked, for it still tells that its sender was there. */
const unreadEntry = ({ seq, sender, text }: Pick<MessageDocument, 'seq' | 'sender' | 'text'>): string => `${text === null ? '-' : ''}${seq} ${sender}`;

/** Undefined for a message of an erased sender. */
export function parseUnreadEntry(entry: string): { readonly seq: number; readonly sender: PersonId; readonly withdrawn: boolean } | undefined {
  if (entry === NOTHING_TO_READ) return undefined;
  const withdrawn = entry.startsWith('-');
  const [seq = '', sender = ''] = entry.slice(withdrawn ? 1 : 0).split(' ');
  return { seq: Number(seq), sender: sender as PersonId, withdrawn };
}

type HandledEvent = MessagesEvent | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const messages = {
  kind: 'projector',
  name: 'messages',
  version: 4,
  handles: ['chat.message-posted.v1', 'chat.message-edited.v1', 'chat.message-withdrawn.v1', 'chat.message-reacted.v1', 'people.person-erased.v1'],
  // The second is what unread messages are counted by, without a look at the messages themselves.
  indexes: { messages: [{ fields: ['sender'] }, { fields: ['channel', 'messageCount', 'unread'] }], 'channel-heads': [] },

  project: (event, { messages, 'channel-heads': heads }) => {
    if (event.type === 'people.person-erased.v1') {
      messages.patch({ sender: event.key }, { text: null, unread: NOTHING_TO_READ });
      return;
    }
    const { channel, messageCount } = event.data;
    const message = event.type === 'chat.message-posted.v1' ? event.revision : event.data.message;
    messages.update(messageId(channel, message), event, (before) => changed(before, event));
    heads.update(channel, event, (before = { channel, headSeq: -1, messageCount: 0, lastMessage: null, lastSender: null, lastAt: null }) =>
      event.type === 'chat.message-posted.v1'
        ? { channel, headSeq: event.revision, messageCount, lastMessage: event.revision, lastSender: event.data.sender, lastAt: event.data.at }
        : { ...before, headSeq: event.revision, messageCount },
    );
  },
} as const satisfies Projector<HandledEvent, { messages: MessageDocument; 'channel-heads': ChannelHead }>;

type RecordedMessageEvent = MessagesEvent & { readonly revision: number; readonly metadata: { readonly at: Instant } };

function changed(before: MessageDocument | undefined, event: RecordedMessageEvent): MessageDocument | undefined {
  if (event.type === 'chat.message-posted.v1') return posted(event);
  if (before === undefined || before.withdrawn) return before; // the decider may not have known that the message was withdrawn
  switch (event.type) {
    case 'chat.message-edited.v1':
      return { ...before, text: orErased<string | null>(event.data.text, null), editedAt: event.metadata.at };
    case 'chat.message-withdrawn.v1': {
      const { reactions: _removed, ...rest } = before;
      return { ...rest, text: null, unread: unreadEntry({ ...rest, text: null }), withdrawn: true };
    }
    case 'chat.message-reacted.v1':
      return { ...before, reactions: withReaction(before.reactions ?? {}, event.data) };
  }
}

function posted({ revision, data }: Extract<RecordedMessageEvent, { type: 'chat.message-posted.v1' }>): MessageDocument {
  const { text: sealed, device: _ofOldEvents, ...rest } = data;
  const text = orErased<string | null>(sealed, null);
  return { ...rest, seq: revision, text, unread: text === null ? NOTHING_TO_READ : unreadEntry({ seq: revision, sender: data.sender, text }) };
}

type ReactedData = Extract<MessagesEvent, { type: 'chat.message-reacted.v1' }>['data'];

function withReaction(before: NonNullable<MessageDocument['reactions']>, { emoji, person, change }: ReactedData): NonNullable<MessageDocument['reactions']> {
  const key = reactionKey(emoji);
  // Logs from before reactions were bounded have messages with more.
  if (change === 'added' && before[key] === undefined && Object.keys(before).length >= REACTION_KINDS_MAX) return before;
  const { [key]: people = [], ...rest } = before;
  const others = people.filter((other) => other !== person);
  const reacting = change === 'added' ? [...others, person].slice(-REACTING_KEPT_MAX) : others;
  return reacting.length === 0 ? rest : { ...rest, [key]: reacting };
}
