/** What is kept of messages that were said elsewhere: the head of their channel, and who said them, for they need not ever have been members. */
import type { MessagesEvent } from '../../../domain/chat/events.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { Collection } from '../../projection.ts';

/** Id: `importedSenderId`. */
export type ImportedSenderDocument = { readonly person: PersonId; readonly channel: ChannelId };

type Posted = Recorded<Extract<MessagesEvent, { type: 'chat.message-posted.v1' }>>;

const importedSenderId = (person: PersonId, channel: ChannelId): string => `${person}:${channel}`;

export function recordImportedSender(event: Posted, senders: Collection<ImportedSenderDocument>): void {
  const { sender: person, channel, imported } = event.data;
  if (imported !== undefined) senders.update(importedSenderId(person, channel), event, (before) => before ?? { person, channel });
}

type Head = { readonly lastAt: Instant | null };

/** One that was imported may be older than what people have written here. */
const isNewest = ({ lastAt }: Head, { imported, at }: Posted['data']): boolean => imported === undefined || lastAt === null || at >= lastAt;

/** What a message changes of the head of its channel, beside the counts. */
export const headOf = (before: Head, { revision: lastMessage, data }: Posted) => ({
  ...(isNewest(before, data) && { lastMessage, lastSender: data.sender, lastAt: data.at }),
  ...(data.imported !== undefined && { imported: true as const }),
});
