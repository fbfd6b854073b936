/** The message of a channel that is worth a push to a member: the newest unread one that another member posted. */
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { InboxRow } from '../../projections/read-models/chat/inbox.ts';
import { messageAsOf, messageId, type MessageDocument } from '../../projections/read-models/chat/messages.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';

/** Most often the newest message decides; behind many withdrawn ones, or those of people across a block, it takes more. */
const PAGES_OF_MESSAGES = [5, 20, 75];

export type UnreadMessage = MessageDocument & { readonly text: string };
/** `onlyMentions`: the reader wants to be told of these alone. `isBlocked`: whether a block stands between the reader and a sender. */
export type Reader = Pick<InboxRow, 'person' | 'readMessages'> & {
  readonly onlyMentions: boolean;
  readonly isBlocked: (sender: PersonId) => Promise<boolean>;
};

/** `read`: there is none that the reader hasn't read; `too-old`: the newest is older than `since`; `no-message`: the unread ones are withdrawn, have disappeared, are of erased senders or of people across a block. */
export type NoUnreadMessage = 'read' | 'too-old' | 'no-message';

/**
 * Looks at messages up to `seq`. A message that was withdrawn or has disappeared, and one of an erased sender, has nothing to push; and who has written something
 * has read what came before it. The channel's messages are read once for all readers.
 */
export function newestUnreadIn(
  views: Pick<TidingsViews, 'find'>,
  { channel, seq, since, now }: { readonly channel: ChannelId; readonly seq: number; readonly since: Instant; readonly now: Instant },
): (reader: Reader) => Promise<UnreadMessage | NoUnreadMessage> {
  const pages: Promise<readonly MessageDocument[]>[] = [];
  const pageUpTo = (last: number, limit: number) =>
    views.find('messages', { range: { field: '_id', after: `${channel}:`, until: messageId(channel, last) }, order: { _id: -1 }, limit });
  const pageAfter = async (newer: Promise<readonly MessageDocument[]>, limit: number): Promise<readonly MessageDocument[]> => {
    const oldest = (await newer).at(-1)?.seq ?? 0;
    return oldest === 0 ? [] : pageUpTo(oldest - 1, limit);
  };
  const page = (n: number, limit: number): Promise<readonly MessageDocument[]> =>
    (pages[n] ??= n === 0 ? pageUpTo(seq, limit) : pageAfter(page(n - 1, limit), limit));

  return async ({ person, readMessages, onlyMentions, isBlocked }) => {
    for (const [n, limit] of PAGES_OF_MESSAGES.entries()) {
      const messages = await page(n, limit);
      for (const message of messages) {
        if (message.notice !== undefined) continue;
        if (message.messageCount <= readMessages || message.sender === person) return 'read';
        if (message.at < since) return 'too-old';
        if (onlyMentions && message.mentions?.includes(person) !== true) continue;
        const { text } = messageAsOf(message, now);
        if (text === null || (await isBlocked(message.sender))) continue;
        return { ...message, text };
      }
      if (messages.length < limit) return 'no-message';
    }
    return 'no-message';
  };
}
