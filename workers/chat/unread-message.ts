/** The message of a channel that is worth a push to a member: the newest unread one that another member posted. */
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { InboxRow } from '../../projections/read-models/inbox.ts';
import { messageId, type MessageDocument } from '../../projections/read-models/messages.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';

const PAGE_MESSAGES = 5;
/** Behind so many messages that were withdrawn, or that the member posted, no push is made for an older one. */
const MESSAGES_LOOKED_AT_MAX = 100;

export type UnreadMessage = MessageDocument & { readonly text: string };
/** `isBlocked`: whether a block stands between the reader and a sender. */
export type Reader = Pick<InboxRow, 'person' | 'readMessages'> & { readonly isBlocked: (sender: PersonId) => Promise<boolean> };

/** `read`: there is none that the reader hasn't read; `too-old`: the newest is older than `since`; `no-message`: the unread ones are withdrawn, of erased senders or of people across a block, or the reader's own. */
export type NoUnreadMessage = 'read' | 'too-old' | 'no-message';

/**
 * Looks at messages up to `seq`. A withdrawn message, and one of an erased sender, has nothing to push; and a reader's own message
 * doesn't answer for older ones of others, for the job of those may be lost. The channel's messages are read once for all readers.
 */
export function newestUnreadIn(
  views: Pick<TidingsViews, 'find'>,
  { channel, seq, since }: { readonly channel: ChannelId; readonly seq: number; readonly since: Instant },
): (reader: Reader) => Promise<UnreadMessage | NoUnreadMessage> {
  const pages: Promise<readonly MessageDocument[]>[] = [];
  const pageUpTo = (last: number) =>
    views.find('messages', {
      range: { field: '_id', after: `${channel}:`, until: messageId(channel, last) },
      order: { _id: -1 },
      limit: PAGE_MESSAGES,
    });
  const pageAfter = async (newer: Promise<readonly MessageDocument[]>): Promise<readonly MessageDocument[]> => {
    const oldest = (await newer).at(-1)?.seq ?? 0;
    return oldest === 0 ? [] : pageUpTo(oldest - 1);
  };
  const page = (n: number): Promise<readonly MessageDocument[]> => (pages[n] ??= n === 0 ? pageUpTo(seq) : pageAfter(page(n - 1)));

  return async ({ person, readMessages, isBlocked }) => {
    for (let n = 0; n * PAGE_MESSAGES < MESSAGES_LOOKED_AT_MAX; n++) {
      const messages = await page(n);
      for (const message of messages) {
        if (message.messageCount <= readMessages) return 'read';
        if (message.at < since) return 'too-old';
        if (message.sender === person || message.text === null || (await isBlocked(message.sender))) continue;
        return { ...message, text: message.text };
      }
      if (messages.length < PAGE_MESSAGES) return 'no-message';
    }
    return 'no-message';
  };
}
