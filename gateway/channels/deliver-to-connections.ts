/** Delivers messages to connections: each is sent the message that is next for it, and a frame is encoded once for all of them. */
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import { canonicalUuid, type ChannelId } from '../../domain/shared/ids.ts';
import type { CommandFrame, Connection } from '../connection/connection.ts';
import { advanceCursor } from '../connection/cursors.ts';
import { createRecentSenders, noteSender, type RecentSenders } from './recent-senders.ts';
import { send, sendFrame } from '../connection/send-queue.ts';
import { encodeFrame } from '../protocol/ws-frame.ts';

export type MessageDelivery = {
  readonly senders: RecentSenders;
  /** A group's hints come one after the other, one for each person: the frame is the same. */
  lastFrame: { readonly channel: ChannelId; readonly seq: number; readonly framed: Buffer } | undefined;
  messagesDelivered: number;
  duplicateHints: number;
  gapsFound: number;
};

export const createMessageDelivery = (): MessageDelivery => ({
  senders: createRecentSenders(),
  lastFrame: undefined,
  messagesDelivered: 0,
  duplicateHints: 0,
  gapsFound: 0,
});

/** `gap`: earlier messages were not sent yet, and so this one was not either. */
export function deliver(delivery: MessageDelivery, connection: Connection, channel: ChannelId, entry: MessageEntry): 'gap' | 'done' {
  noteSender(delivery.senders, channel, entry);
  switch (advanceCursor(connection, channel, entry.seq)) {
    case 'duplicate':
      delivery.duplicateHints++;
      return 'done';
    case 'gap':
      delivery.gapsFound++;
      return 'gap';
    case 'acknowledged':
      return 'done';
    case 'opens-with-acknowledged':
      tellEarlier(connection, channel, entry);
      return 'done';
    case 'opens-channel':
      tellEarlier(connection, channel, entry);
      break;
    case 'next':
      break;
  }
  const framed = frameOf(delivery, channel, entry);
  if (suppressEcho(connection, { channel, entry, framed })) return 'done';
  delivery.messagesDelivered++;
  send(connection, framed);
  return 'done';
}

/** Messages of before the channel was open here were not sent: the client fetches them. */
function tellEarlier(connection: Connection, channel: ChannelId, { seq }: MessageEntry): void {
  if (seq > 0) sendFrame(connection, { type: 'heads', heads: { [channel]: seq - 1 } });
}

/**
 * The acknowledgement of the connection's own message is on its way on this very connection and tells the seq, so an echo would
 * tell it twice. The seq is noted, for the command may be answered by an error though its message is in the log.
 */
function suppressEcho(
  { identity, inbound }: Connection,
  { channel, entry, framed }: { readonly channel: ChannelId; readonly entry: MessageEntry; readonly framed: Buffer },
): boolean {
  if (entry.event !== 'posted' || inbound === undefined || identity === undefined) return false;
  const { sender, clientId, seq } = entry;
  const id = canonicalUuid(clientId);
  const isOwn = (frame: CommandFrame) => frame.type === 'send' && frame.channel === channel && canonicalUuid(frame.id) === id;
  if (sender !== identity.person || !inbound.frames.some(isOwn)) return false;
  inbound.suppressedEchoes ??= new Map();
  inbound.suppressedEchoes.set(id, { seq, framed });
  return true;
}

function frameOf(delivery: MessageDelivery, channel: ChannelId, entry: MessageEntry): Buffer {
  const { lastFrame } = delivery;
  if (lastFrame?.channel === channel && lastFrame.seq === entry.seq) return lastFrame.framed;
  const framed = encodeFrame({ type: 'message', channel, ...entry });
  delivery.lastFrame = { channel, seq: entry.seq, framed };
  return framed;
}
