/** The messages that mention a person, over all channels: a part of the projection `inbox`. Only a message that mentions somebody costs anything here. */
import type { MessagesEvent } from '../../../domain/chat/events.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { Collection } from '../../projection.ts';
import { messageId } from './messages.ts';

/** Id: `messageMentionId`. `order`: a person's sort by it, by their time, and no two of them share it. A withdrawn message has no document. */
export type MessageMentionDocument = { readonly person: PersonId; readonly channel: ChannelId; readonly seq: number; readonly order: string };

const messageMentionId = (person: PersonId, channel: ChannelId, seq: number): string => `${person}:${messageId(channel, seq)}`;
const orderOf = (at: Instant, channel: ChannelId, seq: number): string => `${at}|${messageId(channel, seq)}`;

type Handled = Recorded<Extract<MessagesEvent, { type: 'chat.message-posted.v1' | 'chat.message-withdrawn.v1' }>>;

export function recordMentions(event: Handled, mentions: Collection<MessageMentionDocument>): void {
  const { channel, mentions: people = [] } = event.data;
  for (const person of people) {
    if (event.type === 'chat.message-posted.v1') {
      const [seq, order] = [event.revision, orderOf(event.data.at, channel, event.revision)];
      mentions.create(messageMentionId(person, channel, seq), event, () => ({ person, channel, seq, order }));
    } else mentions.update(messageMentionId(person, channel, event.data.message), event, () => undefined);
  }
}
