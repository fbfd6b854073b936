/** What a client misses, given what it says it has: the missing itself, or the plain word that there is too much of it. */
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import type { History } from './history.ts';

/** More than so many events are not sent again but fetched. */
export const RESUME_EVENTS_MAX = 300;
/** Nor more than so many bytes of frames: they must fit into the connection's queue with room for what comes meanwhile. */
export const RESUME_BYTES_MAX = 768 * 1_024;
/** What a frame has beside its entry: its type and the channel. */
const ENVELOPE_BYTES = 80;
/** So much of one channel is read at most. What is stored is longer than its frame, being sealed, and the cursor's own event comes with it. */
const READ_BYTES_MAX = 3 * RESUME_BYTES_MAX;
const CHANNELS_AT_ONCE_MAX = 16;

export type Missing = { readonly channel: ChannelId; readonly entries: readonly MessageEntry[]; readonly lastSeq: number };
export type Resumed = { readonly recovered: true; readonly missing: readonly Missing[] } | { readonly recovered: false };

/**
 * `cursors` are of channels that the person belongs to. A cursor beyond the head is of a log that there is no more, and so nothing
 * that the client has can be trusted. Each read begins at the cursor itself, to see that it is there.
 */
export async function resume(history: History, cursors: ReadonlyMap<ChannelId, number>): Promise<Resumed> {
  const missing: Missing[] = [];
  let eventsLeft = RESUME_EVENTS_MAX;
  let bytesLeft = RESUME_BYTES_MAX;
  const named = [...cursors];
  for (let at = 0; at < named.length; at += CHANNELS_AT_ONCE_MAX) {
    const limit = eventsLeft + 2; // the cursor's own, and one too many
    const pages = await Promise.all(
      named.slice(at, at + CHANNELS_AT_ONCE_MAX).map(async ([channel, cursor]) => ({
        channel,
        cursor,
        page: await history.page(channel, { from: Math.max(0, cursor), limit, bytesMax: READ_BYTES_MAX }),
      })),
    );
    for (const { channel, cursor, page } of pages) {
      if (page.isCut || (page.lastSeq === undefined && cursor >= 0)) return { recovered: false };
      const entries = page.entries.filter(({ seq }) => seq > cursor);
      eventsLeft -= (page.lastSeq ?? -1) - cursor;
      bytesLeft -= entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
      if (eventsLeft < 0 || bytesLeft < 0) return { recovered: false };
      missing.push({ channel, entries, lastSeq: page.lastSeq ?? cursor });
    }
  }
  return { recovered: true, missing };
}

const bytesOf = (entry: MessageEntry): number => ENVELOPE_BYTES + Buffer.byteLength(JSON.stringify(entry));
