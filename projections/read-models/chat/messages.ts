/** Messages and each channel's head. A message costs one document and a change of the channel's head, however many members the channel has. */
import { isErased, orErased, type Recorded } from '../../../domain/shared/event.ts';
import type { ChannelId, MediaId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { isExpired } from '../../../domain/chat/disappearing.ts';
import type { MessageEntity } from '../../../domain/chat/content/message-entities.ts';
import type { MessageMedia } from '../../../domain/chat/content/message-media.ts';
import type { MessageQuote } from '../../../domain/chat/content/message-quote.ts';
import { entryNoticeOf, type EntryNotice } from '../../../domain/chat/message-entry.ts';
import type { DisappearanceEvent, MessagesEvent } from '../../../domain/chat/events.ts';
import type { LinkPreview } from '../../../domain/media/link-preview.ts';
import type { UserEvent } from '../../../domain/people/events.ts';
import type { Collection, Collections, Projector } from '../../projection.ts';
import { endingOf, toldBy, UNKNOWN, unknownMessage, type DisappearingDocument, type DisappearingQuoteDocument } from './disappearing.ts';
import { headOf, recordImportedSender, type ImportedSenderDocument } from './imported.ts';
import { withReaction, type Reactions } from './message-reactions.ts';

/** Id: `messageId`, which sorts by channel and seq: history is a range of ids. A notice (`notice`) is no message: it counts for nobody. */
export type MessageDocument = {
  readonly channel: ChannelId;
  readonly seq: number;
  readonly sender: PersonId;
  /** Null: withdrawn, disappeared, or its sender was erased. Where `expiresAt` has come nobody may read it, whether it is null by then or not. */
  readonly text: string | null;
  readonly clientId: string;
  readonly at: Instant;
  /** -1 in a notice, which so is in no count. */
  readonly messageCount: number;
  /** `unreadEntry` of the message: what counting unread messages needs to know of it, in the index. */
  readonly unread: string;
  readonly replyTo?: number;
  readonly mentions?: readonly PersonId[];
  /** Null where its sender was erased. */
  readonly entities?: readonly MessageEntity[] | null;
  readonly media?: readonly MessageMedia[] | null;
  readonly mediaCount?: number;
  /** It quotes a part of the message that it replies to: in `message-quotes`, so that an erased person is found there in few documents. */
  readonly quotes?: true;
  /** When it disappears: `isExpired`. */
  readonly expiresAt?: Instant;
  /** When the quote does, at the latest with the message. */
  readonly quoteExpiresAt?: Instant;
  readonly editedAt?: Instant;
  /** The seq of its last edit, which brought the text. */
  readonly textSeq?: number;
  /** The seqs of its edits, the last `EDITS_KEPT_MAX` of them; `textSeq` is the last. */
  readonly edits?: readonly number[];
  /** What the first link of this text leads to. */
  readonly preview?: LinkPreview | null;
  readonly withdrawn?: true;
  /** Its time has come, and its words are gone from here. */
  readonly disappeared?: true;
  /** What a notice tells but a title: `sender` changed the channel. */
  readonly notice?: Omit<EntryNotice, 'title'>;
  /** The title that a notice tells of; null where whoever gave it was erased. */
  readonly noticeTitle?: string | null;
  readonly reactions?: Reactions;
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
  /** Messages of elsewhere are among its own: a later one may be older. */
  readonly imported?: true;
};

/** Id: `messageId` of the message that quotes; `of`: of that which it quotes. Null: who said it was erased, or took it back, or it has disappeared. */
export type MessageQuoteDocument = { readonly of: string; readonly quotedSender: PersonId; readonly quote: MessageQuote | null };

/** Id: `messageMediaId`. `ended`: the message was withdrawn or has disappeared. */
export type MessageMediaDocument = { readonly media: MediaId; readonly ended: boolean };

const SEQ_DIGITS = 12;
export const EDITS_KEPT_MAX = 100;

export const messageId = (channel: ChannelId, seq: number): string => `${channel}:${String(seq).padStart(SEQ_DIGITS, '0')}`;
export const messageMediaId = (channel: ChannelId, seq: number, place: number): string => `${messageId(channel, seq)}:${place}`;

/** Of an erased sender. */
const NOTHING_TO_READ = '';
const FORGOTTEN = { text: null, entities: null, media: null, preview: null, noticeTitle: null, unread: NOTHING_TO_READ };

/** The seq and the sender of a message, as `parseUnreadEntry` tells them; one that was withdrawn or has disappeared is marked, for it still tells that its sender was there. */
const unreadEntry = ({ seq, sender, text }: Pick<MessageDocument, 'seq' | 'sender' | 'text'>): string => `${text === null ? '-' : ''}${seq} ${sender}`;

/** Undefined for a message of an erased sender. */
export function parseUnreadEntry(entry: string): { readonly seq: number; readonly sender: PersonId; readonly withdrawn: boolean } | undefined {
  if (entry === NOTHING_TO_READ) return undefined;
  const withdrawn = entry.startsWith('-');
  const [seq = '', sender = ''] = entry.slice(withdrawn ? 1 : 0).split(' ');
  return { seq: Number(seq), sender: sender as PersonId, withdrawn };
}

type HandledEvent = MessagesEvent | DisappearanceEvent | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const messages = {
  kind: 'projector',
  name: 'messages',
  version: 6,
  handles: [
    'chat.message-posted.v1',
    'chat.message-edited.v1',
    'chat.message-withdrawn.v1',
    'chat.message-reacted.v1',
    'chat.message-previewed.v1',
    'chat.notice-added.v1',
    'chat.messages-disappeared.v1',
    'people.person-erased.v1',
  ],
  // The second is what unread messages are counted by, without a look at the messages themselves.
  indexes: {
    messages: [{ fields: ['sender'] }, { fields: ['channel', 'messageCount', 'unread'] }],
    'channel-heads': [],
    disappearing: [{ fields: ['dueAt'] }],
    'disappearing-quotes': [{ fields: ['dueAt'] }],
    'message-quotes': [{ fields: ['quotedSender'] }, { fields: ['of'] }],
    // For what looks whether anything shows it.
    'message-media': [{ fields: ['media', 'ended'] }],
    'imported-senders': [{ fields: ['person', '_id'] }],
  },

  project: (event, views) => {
    const { messages, 'channel-heads': heads, 'message-quotes': quotes, 'message-media': uses } = views;
    if (event.type === 'people.person-erased.v1') {
      messages.patch({ sender: event.key }, FORGOTTEN);
      quotes.patch({ quotedSender: event.key }, { quote: null });
      return;
    }
    if (event.type === 'chat.messages-disappeared.v1') return recordDisappearance(event, views);
    const { channel, messageCount } = event.data;
    const isFirst = event.type === 'chat.message-posted.v1' || event.type === 'chat.notice-added.v1';
    const message = isFirst ? event.revision : event.data.message;
    messages[isFirst ? 'create' : 'update'](messageId(channel, message), event, (before) => folded(before, event));
    if (event.type === 'chat.message-posted.v1') {
      recordEnding(event, views);
      recordImportedSender(event, views['imported-senders']);
      const quoting = quotingOf(event.data);
      if (quoting !== undefined) quotes.update(messageId(channel, message), event, (ended) => (ended ? { ...quoting, quote: null } : quoting));
    }
    for (const [place, use] of mediaShownBy(event))
      uses.update(messageMediaId(channel, message, place), event, (ended) => (ended ? { ...use, ended: true } : use));
    if (event.type === 'chat.message-withdrawn.v1') {
      quotes.patch({ of: messageId(channel, message) }, { quote: null });
      endMedia(uses, event, { channel, message, count: event.data.mediaCount ?? 0 });
    }
    heads.update(channel, event, (before = { channel, headSeq: -1, messageCount: 0, lastMessage: null, lastSender: null, lastAt: null }) => {
      const after = { ...before, headSeq: event.revision, messageCount };
      return event.type === 'chat.message-posted.v1' ? { ...after, ...headOf(before, event) } : after;
    });
  },
} as const satisfies Projector<HandledEvent, Documents>;

type Documents = {
  messages: MessageDocument;
  'channel-heads': ChannelHead;
  disappearing: DisappearingDocument;
  'disappearing-quotes': DisappearingQuoteDocument;
  'message-quotes': MessageQuoteDocument;
  'message-media': MessageMediaDocument;
  'imported-senders': ImportedSenderDocument;
};

type RecordedMessageEvent = MessagesEvent & { readonly revision: number; readonly metadata: { readonly at: Instant } };

/** A message that was set aside may be told of before it is folded: then its words are left out. */
function folded(before: MessageDocument | undefined, event: RecordedMessageEvent): MessageDocument | undefined {
  const after = changed(before, event);
  if (after === undefined) return undefined;
  return asForgotten(before?.disappeared === true ? disappeared(after) : after);
}

/** What was erased before it came here looks as what was erased since. */
const asForgotten = (after: MessageDocument): MessageDocument =>
  after.unread === NOTHING_TO_READ ? { ...after, ...FORGOTTEN, noticeTitle: after.noticeTitle ?? null } : after;

type Views = Collections<Documents>;

function recordEnding(event: Recorded<PostedEvent>, { disappearing, 'disappearing-quotes': endingQuotes }: Views): void {
  const { channel, expiresAt, quoteExpiresAt } = event.data;
  const message = event.revision;
  const ending = endingOf(event.data, message);
  if (ending !== undefined) disappearing.merge(...ending);
  if (quoteExpiresAt === undefined || quoteExpiresAt === expiresAt) return; // with the message its quote is gone, too
  endingQuotes.update(messageId(channel, message), event, (told) => told ?? { channel, message, dueAt: quoteExpiresAt });
}

function recordDisappearance(event: Recorded<DisappearanceEvent>, views: Views): void {
  const { messages, disappearing, 'disappearing-quotes': endingQuotes, 'message-quotes': quotes, 'message-media': uses } = views;
  const { channel, messages: ended, quotes: endedQuotes = [], media = [] } = event.data;
  for (const message of ended)
    messages.forget(messageId(channel, message), event, (before = unknownMessage(channel, message)) => asForgotten(disappeared(before)));
  for (const message of endedQuotes) {
    quotes.forget(messageId(channel, message), event, (before) => ({ of: '', quotedSender: UNKNOWN, ...before, quote: null }));
    endingQuotes.update(messageId(channel, message), event, () => ({ channel, message, dueAt: null }));
  }
  for (const shown of media) endMedia(uses, event, { channel, ...shown });
  const told = toldBy(event);
  if (told !== undefined) disappearing.merge(...told);
}

function changed(before: MessageDocument | undefined, event: RecordedMessageEvent): MessageDocument | undefined {
  if (event.type === 'chat.message-posted.v1') return posted(event);
  if (event.type === 'chat.notice-added.v1') return noted(event);
  if (before === undefined || before.withdrawn) return before; // the decider may not have known that the message was withdrawn
  switch (event.type) {
    case 'chat.message-edited.v1': {
      const { preview: _ofFormerText, entities: _too, ...rest } = before;
      const { text, entities } = event.data;
      return {
        ...rest,
        text: orErased<string | null>(text, null),
        ...(entities !== undefined && { entities: orErased<readonly MessageEntity[] | null>(entities, null) }),
        editedAt: event.metadata.at,
        textSeq: event.revision,
        edits: [...(before.edits ?? []), event.revision].slice(-EDITS_KEPT_MAX),
      };
    }
    case 'chat.message-previewed.v1': {
      const { of, preview } = event.data;
      return of === (before.textSeq ?? before.seq) && !isErased(preview) ? { ...before, preview } : before;
    }
    case 'chat.message-withdrawn.v1': {
      const { reactions: _removed, edits: _former, ...rest } = wordless(before);
      return { ...rest, text: null, unread: unreadWithout(rest), withdrawn: true };
    }
    case 'chat.message-reacted.v1':
      return { ...before, reactions: withReaction(before.reactions ?? {}, event.data) };
  }
}

/** What may be read of the message now. Whoever shows something of a message, or passes it on, asks this first. */
export function messageAsOf(message: MessageDocument, now: Instant): MessageDocument {
  if (isExpired(message, now)) return disappeared(message);
  return isExpired({ expiresAt: message.quoteExpiresAt }, now) ? withoutQuote(message) : message;
}

/** Where somebody wrote, and who reacted, stays; the words are gone. */
function disappeared(before: MessageDocument): MessageDocument {
  const { edits: _former, ...rest } = wordless(before);
  return { ...rest, text: null, unread: unreadWithout(rest), disappeared: true };
}

const unreadWithout = (message: MessageDocument): string => (message.unread === NOTHING_TO_READ ? NOTHING_TO_READ : unreadEntry({ ...message, text: null }));

function wordless(before: MessageDocument): MessageDocument {
  const { preview: _preview, entities: _entities, media: _media, ...rest } = withoutQuote(before);
  return rest;
}

function withoutQuote(before: MessageDocument): MessageDocument {
  const { quotes: _quote, ...rest } = before;
  return rest;
}

type PostedEvent = Extract<MessagesEvent, { type: 'chat.message-posted.v1' }>;
type PostedData = PostedEvent['data'];

function posted({ revision, data }: Extract<RecordedMessageEvent, { type: 'chat.message-posted.v1' }>): MessageDocument {
  const { text: sealed, entities, media, quote, quotedSender: _ofQuote, device: _ofOldEvents, imported: _count, noted: _notices, ...rest } = data;
  const text = orErased<string | null>(sealed, null);
  const content = {
    ...(entities !== undefined && { entities: orErased<readonly MessageEntity[] | null>(entities, null) }),
    ...(media !== undefined && { media: orErased<readonly MessageMedia[] | null>(media, null) }),
    ...(quote !== undefined && { quotes: true as const }),
  };
  // What has an end and can't be read has come to it: it looks as what came to it since. Where its sender was erased, that is told of the sender.
  const isForgotten = text === null && rest.expiresAt === undefined;
  return { ...rest, ...content, seq: revision, text, unread: isForgotten ? NOTHING_TO_READ : unreadEntry({ seq: revision, sender: data.sender, text }) };
}

const quotingOf = ({ channel, replyTo, quote, quotedSender }: PostedData): MessageQuoteDocument | undefined =>
  quote === undefined || quotedSender === undefined || replyTo === undefined
    ? undefined
    : { of: messageId(channel, replyTo), quotedSender, quote: orErased<MessageQuote | null>(quote, null) };

type ShownMedia = { readonly channel: ChannelId; readonly message: number; readonly count: number };

/** The message doesn't show them any more. */
function endMedia(uses: Collection<MessageMediaDocument>, event: Recorded<HandledEvent>, { channel, message, count }: ShownMedia): void {
  for (let place = 0; place < count; place++)
    uses.update(messageMediaId(channel, message, place), event, (before) => ({ media: UNKNOWN, ...before, ended: true }));
}

function mediaShownBy(event: MessagesEvent): readonly (readonly [number, MessageMediaDocument])[] {
  const media = event.type === 'chat.message-posted.v1' ? event.data.media : undefined;
  return media === undefined || isErased(media) ? [] : media.map((one, place) => [place, { media: one.media, ended: false }]);
}

function noted({ revision: seq, data, metadata }: Extract<RecordedMessageEvent, { type: 'chat.notice-added.v1' }>): MessageDocument {
  const { title, ...notice } = entryNoticeOf(data);
  const { channel, by: sender } = data;
  const noticed = { channel, seq, sender, text: null, clientId: '', at: metadata.at, messageCount: -1, unread: NOTHING_TO_READ, notice };
  return title === undefined ? noticed : { ...noticed, noticeTitle: title };
}
