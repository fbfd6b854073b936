/** Reads the messages of a channel from the log itself, so that neither a resume nor a catch-up depends on how far a view has come. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { MessagesEvent } from '../../domain/chat/events.ts';
import { messageEntryOf, type MessageEntry } from '../../domain/chat/message-entry.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import { Undecodable, type Codec } from '../../ports/event-log/codec.ts';
import type { EventLog, StoredEvent } from '../../ports/event-log/port.ts';

/** The log, and the codec of its events. */
export type StreamReader = { readonly log: Pick<EventLog, 'readStream'>; readonly codec: Pick<Codec, 'decodeAll'> };

export type HistoryPage = {
  /** In order. An event that can't be decoded is missing here, and its seq with it; readers of the history see the same. */
  readonly entries: readonly MessageEntry[];
  /** The seq of the last event that was read, decodable or not; undefined where there was none. */
  readonly lastSeq: number | undefined;
  /** There was more than `bytesMax`, and the page ends before the limit. */
  readonly isCut: boolean;
};

export async function readPage(
  { log, codec }: StreamReader,
  channel: ChannelId,
  { from, limit, bytesMax = Infinity }: { readonly from: number; readonly limit: number; readonly bytesMax?: number },
): Promise<HistoryPage> {
  const stored: StoredEvent[] = [];
  let bytes = 0;
  for await (const event of log.readStream(messagesStream(channel), { from, limit })) {
    bytes += event.data.length;
    if (bytes > bytesMax) break;
    stored.push(event);
  }
  const events = stored.length === 0 ? [] : await codec.decodeAll(stored);
  return { entries: events.filter(isDecoded).map(messageEntryOf), lastSeq: stored.at(-1)?.revision, isCut: bytes > bytesMax };
}

/** The seq of the channel's last message event; -1 where there is none. */
export async function readHead({ log }: Pick<StreamReader, 'log'>, channel: ChannelId): Promise<number> {
  for await (const { revision } of log.readStream(messagesStream(channel), { from: 'end', direction: 'backwards', limit: 1 })) return revision;
  return -1;
}

const isDecoded = (event: Recorded<TidingsEvent> | Undecodable): event is Recorded<MessagesEvent> => !(event instanceof Undecodable);
