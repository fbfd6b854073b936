/**
 * What messages are searched by. A channel has none of it until one of its members searches it; what a worker then brings here, range by
 * range, is told in `searched-channels`: the projector says that there is something to do, the worker how far it has come. Nothing here is
 * a word: a term is a keyed hash of its channel and itself (`term-keys.ts`).
 */
import type { IndexingEvent } from '../../../domain/chat/search/indexing.ts';
import type { MessagesEvent } from '../../../domain/chat/events.ts';
import type { UserEvent } from '../../../domain/people/events.ts';
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { Projector } from '../../projection.ts';

/** Id: the channel. */
export type SearchedChannelDocument = {
  readonly channel: ChannelId;
  /** The words of the events from `from` to `to` are here, both included; null before the worker has begun. */
  readonly from: number | null;
  readonly to: number | null;
  /** The worker has something to do. It is written with each message, so that a worker that has just looked is told. */
  readonly pending: boolean;
};

/** Id: `messageId`. What is here of a message, so that it can be taken out again. */
export type SearchedMessageDocument = {
  readonly channel: ChannelId;
  readonly seq: number;
  readonly sender: PersonId;
  /** Seconds since 1970; null where an edit was met before the message itself: its terms wait. */
  readonly at: number | null;
  /** The event that brought the text; -1 before there is one. */
  readonly textSeq: number;
  /** The keys of the text's terms, one behind the other. */
  readonly terms: string;
  readonly media: boolean;
  readonly cut: boolean;
  readonly expiresAt: Instant | null;
  /** Withdrawn, erased or disappeared: it is found no more, whatever comes. */
  readonly gone: boolean;
};

/** Id: `postingId`. Where a term is within a block of a channel's `seq`s: `postings.ts`. */
export type PostingDocument = { readonly entries: string };

/**
 * Id: `blockId`. `since`: seconds since 1970 of the oldest message of the block that is here. `cut`: entries, as in a posting, of those
 * messages that have more terms than are kept, at which every search looks.
 */
export type SearchedBlockDocument = { readonly since: number; readonly cut: string };

/** Id: the person, whose words have to leave. */
export type SearchErasureDocument = { readonly person: PersonId; readonly open: boolean; readonly at: Instant };

type WordsChanged = Extract<MessagesEvent, { type: 'chat.message-posted.v1' | 'chat.message-edited.v1' | 'chat.message-withdrawn.v1' }>;
type HandledEvent = IndexingEvent | WordsChanged | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

type SearchDocuments = {
  'searched-channels': SearchedChannelDocument;
  'searched-messages': SearchedMessageDocument;
  'searched-blocks': SearchedBlockDocument;
  'search-erasures': SearchErasureDocument;
  postings: PostingDocument;
};

export const search = {
  kind: 'projector',
  name: 'search',
  version: 1,
  handles: ['chat.indexing-begun.v1', 'chat.message-posted.v1', 'chat.message-edited.v1', 'chat.message-withdrawn.v1', 'people.person-erased.v1'],
  indexes: {
    'searched-channels': [{ fields: ['pending', '_id'] }],
    'searched-messages': [{ fields: ['sender', 'gone', '_id'] }, { fields: ['expiresAt'] }],
    'searched-blocks': [],
    'search-erasures': [{ fields: ['open', '_id'] }],
    postings: [],
  },

  project: (event, { 'searched-channels': channels, 'search-erasures': erasures }) => {
    switch (event.type) {
      case 'chat.indexing-begun.v1': {
        const { channel } = event.data;
        channels.update(channel, event, (before) => before ?? { channel, from: null, to: null, pending: true });
        return;
      }
      case 'chat.message-posted.v1':
      case 'chat.message-edited.v1':
      case 'chat.message-withdrawn.v1':
        channels.mergeExisting(event.data.channel, (before) => ({ ...before, pending: true }));
        return;
      case 'people.person-erased.v1':
        erasures.update(event.key, event, () => ({ person: event.key as PersonId, open: true, at: event.metadata.at }));
        return;
    }
  },
} as const satisfies Projector<HandledEvent, SearchDocuments>;
