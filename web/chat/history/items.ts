/** What stands in a history: messages, with what stands between them. */
import type { Message, Outgoing } from '../../../client/index.ts';

export type HistoryItem =
  | { readonly kind: 'beginning'; readonly key: string }
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'unread'; readonly key: string }
  | { readonly kind: 'message'; readonly key: string; readonly message: Message; readonly isFollowing: boolean }
  | { readonly kind: 'outgoing'; readonly key: string; readonly outgoing: Outgoing };

export type History = {
  readonly messages: readonly Message[];
  readonly outgoing: readonly Outgoing[];
  readonly own: string;
  /** Whether nothing was said before. */
  readonly isWhole: boolean;
  /** The first message that was unread when the channel was opened. */
  readonly firstUnread: number | undefined;
};

/** Messages of one sender within so long stand together. */
const TOGETHER_MS = 5 * 60_000;

/** One's own message keeps its key when it has come to the channel; other people choose their ids themselves. */
export const keyOf = ({ sender, clientId, seq }: Message, own: string): string => (sender === own && clientId !== '' ? `own ${clientId}` : `seq ${seq}`);

export function itemsOf({ messages, outgoing, own, isWhole, firstUnread }: History): readonly HistoryItem[] {
  const items: HistoryItem[] = isWhole ? [{ kind: 'beginning', key: 'beginning' }] : [];
  let previous: Message | undefined;
  for (const message of messages) {
    const isOtherDay = previous === undefined || dayOf(previous.at) !== dayOf(message.at);
    if (isOtherDay) items.push({ kind: 'day', key: `day ${dayOf(message.at)} ${message.seq}`, at: message.at });
    const isFirstUnread = message.seq === firstUnread;
    if (isFirstUnread) items.push({ kind: 'unread', key: 'unread' });
    const isFollowing =
      !isOtherDay &&
      !isFirstUnread &&
      previous?.sender === message.sender &&
      previous.notice === null &&
      Date.parse(message.at) - Date.parse(previous.at) < TOGETHER_MS;
    items.push({ kind: 'message', key: keyOf(message, own), message, isFollowing });
    previous = message;
  }
  const arrived = new Set(messages.filter(({ sender }) => sender === own).map(({ clientId }) => clientId));
  // Edits, reactions and the like have no place of their own; a message has.
  for (const one of outgoing)
    if (one.frame.type === 'send' && !arrived.has(one.frame.id)) items.push({ kind: 'outgoing', key: `own ${one.frame.id}`, outgoing: one });
  return items;
}

/** By the local calendar. */
const dayOf = (at: string): string => new Date(at).toDateString();
