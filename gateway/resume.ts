/** What a client misses, given what it says it has: the missing itself, or the plain word that there is too much of it. */
import type { MessageEntry } from '../domain/chat/message-entry.ts';
import type { ChannelId } from '../domain/shared/ids.ts';
import type { History } from './history.ts';

/** More than so many events are not sent again but fetched. */
export const RESUME_EVENTS_MAX = 300;
/** Nor more than so many characters: they must fit into the connection's queue with room for what comes meanwhile. */
export const RESUME_CHARACTERS_MAX = 120_000;
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
  let charactersLeft = RESUME_CHARACTERS_MAX;
  const named = [...cursors];
  for (let at = 0; at < named.length; at += CHANNELS_AT_ONCE_MAX) {
    const limit = eventsLeft + 2; // the cursor's own, and one too many
    const pages = await Promise.all(
      named
        .slice(at, at + CHANNELS_AT_ONCE_MAX)
        .map(async ([channel, cursor]) => ({ channel, cursor, page: await history.page(channel, { from: Math.max(0, cursor), limit }) })),
    );
    for (const { channel, cursor, page } of pages) {
      if (page.lastSeq === undefined && cursor >= 0) return { recovered: false };
      const entries = page.entries.filter(({ seq }) => seq > cursor);
      eventsLeft -= (page.lastSeq ?? -1) - cursor;
      charactersLeft -= entries.reduce((sum, entry) => sum + charactersOf(entry), 0);
      if (eventsLeft < 0 || charactersLeft < 0) return { recovered: false };
      missing.push({ channel, entries, lastSeq: page.lastSeq ?? cursor });
    }
  }
  return { recovered: true, missing };
}

const charactersOf = (entry: MessageEntry): number => ('text' in entry ? (entry.text?.length ?? 0) : 0);
