/** What was said, read from the log itself, so that neither a resume nor a catch-up depends on how far a view has come. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { MessagesEvent } from '../../domain/chat/events.ts';
import { messageEntryOf, type MessageEntry } from '../../domain/chat/message-entry.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import { Undecodable, type Codec } from '../../ports/event-log/codec.ts';
import type { EventLog, StoredEvent } from '../../ports/event-log/port.ts';

export type HistoryDependencies = { readonly log: Pick<EventLog, 'readStream'>; readonly codec: Pick<Codec, 'decodeAll'> };

type Page = {
  /** In order. What can't be decoded is missing here, and its seq with it; the reader of history sees the same. */
  readonly entries: readonly MessageEntry[];
  /** The last seq looked at; undefined where there was nothing. */
  readonly lastSeq: number | undefined;
  /** More than `bytesMax` lay there, and it ends before the limit. */
  readonly isCut: boolean;
};

export type History = {
  page(channel: ChannelId, options: { readonly from: number; readonly limit: number; readonly bytesMax?: number }): Promise<Page>;
  /** The seq of the last thing said; -1 where nothing was. */
  head(channel: ChannelId): Promise<number>;
};

export function createHistory({ log, codec }: HistoryDependencies): History {
  return {
    page: async (channel, { from, limit, bytesMax = Infinity }) => {
      const stored: StoredEvent[] = [];
      let bytes = 0;
      for await (const event of log.readStream(messagesStream(channel), { from, limit })) {
        bytes += event.data.length;
        if (bytes > bytesMax) break;
        stored.push(event);
      }
      const events = stored.length === 0 ? [] : await codec.decodeAll(stored);
      return { entries: events.filter(wasSaid).map(messageEntryOf), lastSeq: stored.at(-1)?.revision, isCut: bytes > bytesMax };
    },
    head: async (channel) => {
      for await (const { revision } of log.readStream(messagesStream(channel), { from: 'end', direction: 'backwards', limit: 1 })) return revision;
      return -1;
    },
  };
}

const wasSaid = (event: Recorded<TidingsEvent> | Undecodable): event is Recorded<MessagesEvent> => !(event instanceof Undecodable);
