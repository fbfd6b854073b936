/** An event of a channel's messages as readers see it: the same in a frame, in the history and in a hint. */
import type { LinkPreview } from '../media/link-preview.ts';
import { isErased } from '../shared/event.ts';
import type { PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import { reactionKey } from './emoji.ts';
import { entryMediaOf, type EntryMedia } from './content/entry-media.ts';
import type { MessageEntity } from './content/message-entities.ts';
import type { MessageQuote } from './content/message-quote.ts';
import type { HistoryAccess, MessagesEvent, NoticeKind } from './events.ts';

/** `text` is null where the sender was erased, or `expiresAt` has come. `messageCount` is the number of messages so far, this one included. */
export type MessageEntry = { readonly seq: number; readonly at: Instant; readonly messageCount: number } & (
  | {
      readonly event: 'posted';
      readonly sender: PersonId;
      readonly text: string | null;
      readonly clientId: string;
      readonly replyTo?: number;
      readonly mentions?: readonly PersonId[];
      readonly entities?: readonly MessageEntity[];
      readonly media?: readonly EntryMedia[];
      /** Null where the person whose words they are was erased. */
      readonly quote?: MessageQuote | null;
      /** When it disappears; absent where it doesn't. */
      readonly expiresAt?: Instant;
      /** The next two are of messages that were imported. */
      readonly editedAt?: Instant;
      readonly reactions?: Readonly<Record<string, readonly PersonId[]>>;
    }
  | {
      readonly event: 'edited';
      readonly message: number;
      readonly sender: PersonId;
      readonly text: string | null;
      readonly entities?: readonly MessageEntity[];
      readonly expiresAt?: Instant;
    }
  | ({ readonly event: 'notice' } & EntryNotice)
  | { readonly event: 'withdrawn'; readonly message: number; readonly by: PersonId }
  | { readonly event: 'reacted'; readonly message: number; readonly person: PersonId; readonly emoji: string; readonly change: 'added' | 'removed' }
  | { readonly event: 'previewed'; readonly message: number; readonly of: number; readonly preview: EntryPreview | null; readonly expiresAt?: Instant }
);

/** A change of the channel, made by `by`. `member` is whom it concerns, if anybody in particular; the others say what is so from then on. `title` is null where `by` was erased. */
export type EntryNotice = {
  readonly notice: NoticeKind;
  readonly by: PersonId;
  readonly member?: PersonId;
  readonly title?: string | null;
  readonly history?: HistoryAccess;
  readonly afterSeconds?: number | null;
  /** That was pinned or unpinned. */
  readonly message?: number;
};

/** Of the first link of the text that the entry `of` brought. Whether there is a picture is said; its bytes have an address of their own. */
export type EntryPreview = {
  readonly url: string;
  readonly title: string;
  readonly description?: string;
  readonly site?: string;
  readonly image?: { readonly width?: number; readonly height?: number; readonly blurHash?: string };
};

type NoticeData = Extract<MessagesEvent, { type: 'chat.notice-added.v1' }>['data'];

/** From an event that was read from the log, or was just appended. */
export function messageEntryOf(event: MessagesEvent & { readonly revision: number; readonly metadata: { readonly at: Instant } }): MessageEntry {
  const common = { seq: event.revision, at: event.metadata.at, messageCount: event.data.messageCount };
  switch (event.type) {
    case 'chat.message-posted.v1': {
      const { sender, text, clientId, replyTo, mentions, entities, media, quote, expiresAt, at, editedAt, reactions } = event.data;
      return {
        ...common,
        at, // long before the event's, where it was imported
        event: 'posted',
        sender,
        text: isErased(text) ? null : text,
        clientId,
        ...(replyTo === undefined ? {} : { replyTo }),
        ...(mentions === undefined ? {} : { mentions }),
        ...(entities === undefined || isErased(entities) ? {} : { entities }),
        ...(media === undefined || isErased(media) ? {} : { media: media.map(entryMediaOf) }),
        ...(quote === undefined || isErased(text) ? {} : { quote: isErased(quote) ? null : quote }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
        ...(editedAt === undefined ? {} : { editedAt }),
        ...(reactions === undefined ? {} : { reactions }),
      };
    }
    case 'chat.message-edited.v1': {
      const { message, sender, text, entities, expiresAt } = event.data;
      return {
        ...common,
        event: 'edited',
        message,
        sender,
        text: isErased(text) ? null : text,
        ...(entities === undefined || isErased(entities) ? {} : { entities }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      };
    }
    case 'chat.notice-added.v1':
      return { ...common, event: 'notice', ...entryNoticeOf(event.data) };
    case 'chat.message-withdrawn.v1':
      return { ...common, event: 'withdrawn', message: event.data.message, by: event.data.by };
    case 'chat.message-reacted.v1': {
      const { message, person, emoji, change } = event.data;
      return { ...common, event: 'reacted', message, person, emoji: reactionKey(emoji), change };
    }
    case 'chat.message-previewed.v1': {
      const { message, of, preview, expiresAt } = event.data;
      const shown = isErased(preview) ? null : entryPreviewOf(preview);
      return { ...common, event: 'previewed', message, of, preview: shown, ...(expiresAt === undefined ? {} : { expiresAt }) };
    }
  }
}

function entryPreviewOf({ url, title, description, site, image }: LinkPreview): EntryPreview {
  const full = image?.variants.find(({ name }) => name === 'full');
  return {
    url,
    title,
    ...(description !== undefined && { description }),
    ...(site !== undefined && { site }),
    ...(image !== undefined && {
      image: {
        ...(full?.width !== undefined && full.height !== undefined && { width: full.width, height: full.height }),
        ...(image.blurHash !== undefined && { blurHash: image.blurHash }),
      },
    }),
  };
}

export function entryNoticeOf({ notice, by, member, title, history, afterSeconds, message }: NoticeData): EntryNotice {
  return {
    notice,
    by,
    ...(member !== undefined && { member }),
    ...(title !== undefined && { title: isErased(title) ? null : title }),
    ...(history !== undefined && { history }),
    ...(afterSeconds !== undefined && { afterSeconds }),
    ...(message !== undefined && { message }),
  };
}
