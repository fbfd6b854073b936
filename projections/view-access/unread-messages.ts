/**
 * What a member would find unread in a channel: messages of others that came after what the member has read, without withdrawn ones
 * and those of erased senders. A member who has written something has read what came before it. Counted when it is asked for, from an
 * index and up to a bound: no message costs more than its document and its channel's head, however many members the channel has.
 */
import type { InboxRow } from '../read-models/chat/inbox.ts';
import { parseUnreadEntry, type ChannelHead } from '../read-models/chat/messages.ts';
import type { TidingsViews } from './tidings-views.ts';

/** So many unread messages are told from one another; this number stands for more of them, too. */
export const UNREAD_MAX = 100;
const PAGE_MESSAGES = UNREAD_MAX + 28;
/** Behind so many messages that are withdrawn or of erased senders, no more are looked for. */
const PAGES_MAX = 8;

/** `seqs`: those that are counted, oldest first. `mentions`: the unread messages that mention the member, by seq, oldest first. */
export type Unread = { readonly count: number; readonly seqs: readonly number[]; readonly mentions: readonly number[] };

const NONE: Unread = { count: 0, seqs: [], mentions: [] };

export async function loadUnread(views: Pick<TidingsViews, 'pluck'>, row: InboxRow, head: ChannelHead | undefined): Promise<Unread> {
  const { person, channel, readMessages } = row;
  if (head === undefined || head.messageCount <= readMessages || head.lastSender === person) return NONE;
  const unread = new Set<number>();
  let oldest = Infinity; // of the messages looked at, by seq
  let before = head.messageCount + 1;
  for (let page = 0; page < PAGES_MAX; page++) {
    const entries = await views.pluck('messages', 'unread', {
      where: { channel },
      range: { field: 'messageCount', after: readMessages, before },
      order: { messageCount: -1, unread: -1 },
      limit: PAGE_MESSAGES,
    });
    for (const entry of entries) {
      const message = parseUnreadEntry(entry);
      if (message === undefined) continue;
      if (message.sender === person) return unreadOf(row, unread, message.seq);
      oldest = message.seq;
      if (!message.withdrawn) unread.add(message.seq);
      if (unread.size === UNREAD_MAX) return atLeast(row, unread, oldest);
    }
    if (entries.length < PAGE_MESSAGES) return unreadOf(row, unread, -1);
    before -= entries.length;
  }
  return atLeast(row, unread, oldest);
}

/** There may be more, before the oldest that was looked at: mentions there may still be unread. */
const atLeast = ({ mentions }: InboxRow, unread: ReadonlySet<number>, oldest: number): Unread => ({
  count: unread.size,
  seqs: oldestFirst(unread),
  mentions: mentions.map(({ seq }) => seq).filter((seq) => seq < oldest || unread.has(seq)),
});

const oldestFirst = (unread: ReadonlySet<number>): readonly number[] => [...unread].sort((one, other) => one - other);

/** All unread messages are known: those after the member's own last one. */
const unreadOf = ({ mentions }: InboxRow, unread: ReadonlySet<number>, after: number): Unread => ({
  count: unread.size,
  seqs: oldestFirst(unread),
  mentions: mentions.map(({ seq }) => seq).filter((seq) => seq > after && unread.has(seq)),
});
