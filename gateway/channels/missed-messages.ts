/** Reads the messages that a client missed since its cursors, unless they are too many to be sent again. */
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { readPage, type StreamReader } from './history.ts';

/** More events than these are not sent again: the client fetches them. */
export const RESUME_EVENTS_MAX = 300;
/** Nor more bytes of frames: they must fit into the send queue with room for messages that come meanwhile. */
export const RESUME_BYTES_MAX = 768 * 1_024;
/** A frame has a type and a channel beside its entry. */
const ENVELOPE_BYTES = 80;
/** At most so much of one channel is read. A stored event is longer than its frame, being sealed, and the cursor's own event is read too. */
const READ_BYTES_MAX = 3 * RESUME_BYTES_MAX;
const CHANNELS_AT_ONCE_MAX = 16;

/** `hiddenUpTo`: of what was missed the person may read nothing up to there. */
export type MissedMessages = {
  readonly channel: ChannelId;
  readonly entries: readonly MessageEntry[];
  readonly lastSeq: number;
  readonly hiddenUpTo?: number;
};
export type Resumed = { readonly recovered: true; readonly missed: readonly MissedMessages[] } | { readonly recovered: false };

/**
 * `cursors` are of channels to which the person belongs. A cursor beyond the head is of a log that is lost, so that nothing the
 * client has can be trusted. Each read begins at the cursor itself, to see that its event is there.
 */
export async function readMissedMessages(history: StreamReader, cursors: ReadonlyMap<ChannelId, number>): Promise<Resumed> {
  const missed: MissedMessages[] = [];
  let eventsLeft = RESUME_EVENTS_MAX;
  let bytesLeft = RESUME_BYTES_MAX;
  const channels = [...cursors];
  for (let at = 0; at < channels.length; at += CHANNELS_AT_ONCE_MAX) {
    const limit = eventsLeft + 2; // the cursor's own event, and one too many
    const pages = await Promise.all(
      channels.slice(at, at + CHANNELS_AT_ONCE_MAX).map(async ([channel, cursor]) => ({
        channel,
        cursor,
        page: await readPage(history, channel, { from: Math.max(0, cursor), limit, bytesMax: READ_BYTES_MAX }),
      })),
    );
    for (const { channel, cursor, page } of pages) {
      if (page.isCut || (page.lastSeq === undefined && cursor >= 0)) return { recovered: false };
      const entries = page.entries.filter(({ seq }) => seq > cursor);
      eventsLeft -= (page.lastSeq ?? -1) - cursor;
      bytesLeft -= entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
      if (eventsLeft < 0 || bytesLeft < 0) return { recovered: false };
      missed.push({ channel, entries, lastSeq: page.lastSeq ?? cursor });
    }
  }
  return { recovered: true, missed };
}

const bytesOf = (entry: MessageEntry): number => ENVELOPE_BYTES + Buffer.byteLength(JSON.stringify(entry));
