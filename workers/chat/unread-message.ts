/** What in a channel is news to a member: the newest message that somebody else said and that the member has not read. */
import type { ChannelId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { InboxRow } from '../../projections/read-models/inbox.ts';
import { messageId, type Message } from '../../projections/read-models/messages.ts';
import type { ActiveViews } from '../../projections/query/read-views.ts';

const PAGE_MESSAGES = 5;
/** Behind so many that were withdrawn, or that the member said, nothing is told of what others said before. */
const MESSAGES_LOOKED_AT_MAX = 100;

export type UnreadMessage = Message & { readonly text: string };
export type Member = Pick<InboxRow, 'person' | 'readUpTo' | 'readMessages' | 'muted'>;

/**
 * Up to a message, and not older than `since`. What was withdrawn, or whose sender was erased, is nothing to tell; and what members
 * say themselves answers for nothing that others said before, for the job of that may be lost. The channel is read once for all members.
 */
export function newestUnreadIn(
  views: Pick<ActiveViews, 'find'>,
  { channel, seq, since }: { readonly channel: ChannelId; readonly seq: number; readonly since: Instant },
): (member: Member) => Promise<UnreadMessage | undefined> {
  const pages: Promise<readonly Message[]>[] = [];
  const pageUpTo = (last: number) =>
    views.find('messages', {
      range: { field: '_id', after: `${channel}:`, until: messageId(channel, last) },
      order: { _id: -1 },
      limit: PAGE_MESSAGES,
    });
  const pageAfter = async (newer: Promise<readonly Message[]>): Promise<readonly Message[]> => {
    const oldest = (await newer).at(-1)?.seq ?? 0;
    return oldest === 0 ? [] : pageUpTo(oldest - 1);
  };
  const page = (n: number): Promise<readonly Message[]> => (pages[n] ??= n === 0 ? pageUpTo(seq) : pageAfter(page(n - 1)));

  return async ({ person, readMessages }) => {
    for (let n = 0; n * PAGE_MESSAGES < MESSAGES_LOOKED_AT_MAX; n++) {
      const messages = await page(n);
      for (const message of messages) {
        if (message.messageCount <= readMessages || message.at < since) return undefined;
        if (message.sender !== person && message.text !== null) return { ...message, text: message.text };
      }
      if (messages.length < PAGE_MESSAGES) return undefined;
    }
    return undefined;
  };
}
