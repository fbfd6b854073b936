/** Who has written in which channels a short while ago, as this gateway has delivered it: these are told when others' devices have it. */
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';

/** Of a sender who is forgotten, nobody is told that a message was delivered until the next one. */
const CHANNELS_MAX = 20_000;
const SENDERS_MAX = 50;

/** By channel, the last seq of each sender; in both the longest ago first. */
export type RecentSenders = { readonly channels: Map<ChannelId, Map<PersonId, number>>; lastEntry: MessageEntry | undefined };

export const createRecentSenders = (): RecentSenders => ({ channels: new Map(), lastEntry: undefined });

/** A group's hints come one after the other with the same entry, so that all but the first of them cost a comparison. */
export function noteSender(senders: RecentSenders, channel: ChannelId, entry: MessageEntry): void {
  if (senders.lastEntry === entry) return;
  senders.lastEntry = entry;
  if (entry.event !== 'posted') return;
  const { channels } = senders;
  const ofChannel = channels.get(channel) ?? new Map<PersonId, number>();
  channels.delete(channel);
  channels.set(channel, ofChannel);
  if (channels.size > CHANNELS_MAX) for (const oldest of channels.keys()) if (channels.delete(oldest)) break;
  const before = ofChannel.get(entry.sender) ?? -1;
  if (before >= entry.seq) return;
  ofChannel.delete(entry.sender);
  ofChannel.set(entry.sender, entry.seq);
  if (ofChannel.size > SENDERS_MAX) for (const oldest of ofChannel.keys()) if (ofChannel.delete(oldest)) break;
}

export const recentSendersOf = ({ channels }: RecentSenders, channel: ChannelId): readonly PersonId[] => [...(channels.get(channel)?.keys() ?? [])];

/** Undefined: the person has written nothing there a short while ago. */
export const lastSeqOf = ({ channels }: RecentSenders, channel: ChannelId, sender: PersonId): number | undefined => channels.get(channel)?.get(sender);
