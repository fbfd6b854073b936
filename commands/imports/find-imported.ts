/**
 * Which messages of a source a channel has. They are in the order of their keys, for each was imported behind the one before it; so one of
 * a million is found by halving, and nothing has to be remembered of an import beside what it brought.
 */
import type { MessagesEvent } from '../../domain/chat/events.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import { readDecoded, type LogReader } from '../handling/load-stream.ts';

/** Read one after the other, where halving would cost more. */
const NEAR_EVENTS = 256;

type Posted = Extract<Recorded<MessagesEvent>, { type: 'chat.message-posted.v1' }>;
export type FoundMessage = { readonly key: string; readonly seq: number };

/** The newest message of the channel that was imported, from wherever; and how many messages the channel has by now. */
export async function newestImported(
  reader: LogReader,
  channel: ChannelId,
): Promise<{ readonly seq: number; readonly imported: number; readonly messageCount: number } | undefined> {
  let messageCount: number | undefined;
  for await (const event of backwards(reader, channel, 'end')) {
    messageCount ??= event.data.messageCount;
    const imported = importedCountOf(event);
    if (imported !== undefined) return { seq: event.revision, imported, messageCount };
  }
  return undefined;
}

/** What an import goes on behind: the newest message of this source, and the counts of the channel. Read from the log each time. */
export async function loadImportHead(
  reader: LogReader,
  channel: ChannelId,
  source: string,
): Promise<{ readonly newest: FoundMessage | undefined; readonly imported: number; readonly messageCount: number }> {
  let messageCount: number | undefined;
  let imported: number | undefined;
  for await (const event of backwards(reader, channel, 'end')) {
    messageCount ??= event.data.messageCount;
    imported ??= importedCountOf(event);
    const key = keyFrom(event, source);
    if (key !== undefined) return { newest: { key, seq: event.revision }, imported: imported ?? 0, messageCount };
  }
  return { newest: undefined, imported: imported ?? 0, messageCount: messageCount ?? 0 };
}

/** Those from the key `from` up to `until`. `newest`: of this source, as `loadImportHead` tells it. */
export async function findImported(
  reader: LogReader,
  {
    channel,
    source,
    from,
    until,
    newest,
  }: { readonly channel: ChannelId; readonly source: string; readonly from: string; readonly until: string; readonly newest: FoundMessage },
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  // Every message up to `before` has a smaller key.
  let before = -1;
  let last = newest.seq;
  while (last - before > NEAR_EVENTS) {
    const middle = Math.floor((before + last) / 2);
    const at = await importedAtOrBefore(reader, { channel, source, seq: middle, after: before });
    if (at === undefined || at.key < from) before = middle;
    else last = at.seq;
  }
  for await (const events of readDecoded(reader, messagesStream(channel), { from: before + 1 })) {
    for (const event of events as readonly Recorded<MessagesEvent>[]) {
      if (event.revision > newest.seq) return found;
      const key = keyFrom(event, source);
      if (key === undefined || key < from) continue;
      if (key > until) return found;
      found.set(key, event.revision);
    }
  }
  return found;
}

/** Those of the keys, which are in their order, that are there. */
export const findImportedMessages =
  (reader: LogReader) =>
  async ({
    channel,
    source,
    keys,
  }: {
    readonly channel: ChannelId;
    readonly source: string;
    readonly keys: readonly string[];
  }): Promise<ReadonlyMap<string, number>> => {
    const [from, until] = [keys[0], keys.at(-1)];
    const { newest } = await loadImportHead(reader, channel, source);
    return newest === undefined || from === undefined || until === undefined ? new Map() : findImported(reader, { channel, source, from, until, newest });
  };

async function importedAtOrBefore(
  reader: LogReader,
  { channel, source, seq, after }: { readonly channel: ChannelId; readonly source: string; readonly seq: number; readonly after: number },
): Promise<FoundMessage | undefined> {
  for await (const event of backwards(reader, channel, seq)) {
    if (event.revision <= after) return undefined;
    const key = keyFrom(event, source);
    if (key !== undefined) return { key, seq: event.revision };
  }
  return undefined;
}

/** Few at first: the newest is nearly always the one that is looked for. */
async function* backwards(reader: LogReader, channel: ChannelId, from: number | 'end'): AsyncGenerator<Recorded<MessagesEvent>, void> {
  let next = from;
  for (let limit = 1; ; limit = Math.min(limit * 16, NEAR_EVENTS)) {
    let lowest = 0;
    for await (const events of readDecoded(reader, messagesStream(channel), { from: next, direction: 'backwards', limit })) {
      for (const event of events as readonly Recorded<MessagesEvent>[]) {
        yield event;
        lowest = event.revision;
      }
    }
    if (lowest === 0) return;
    next = lowest - 1;
  }
}

const isPosted = (event: Recorded<MessagesEvent>): event is Posted => event.type === 'chat.message-posted.v1';
const importedCountOf = (event: Recorded<MessagesEvent>): number | undefined => (isPosted(event) ? event.data.imported : undefined);

/** A client may choose the id of its message, but none that is imported. */
function keyFrom(event: Recorded<MessagesEvent>, source: string): string | undefined {
  if (!isPosted(event) || event.data.imported === undefined) return undefined;
  const { clientId } = event.data;
  return clientId.startsWith(`${source}/`) ? clientId.slice(source.length + 1) : undefined;
}

export const clientIdFrom = (source: string, key: string): string => `${source}/${key}`;
