/** From what was said to frames on connections: each gets what is next for it, and a frame is made once for all of them. */
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { offer } from '../connection/cursors.ts';
import type { CommandFrame, Connection } from '../connection/connection.ts';
import { encodeFrame } from '../protocol/ws-frame.ts';

export type ConnectionDelivery = {
  /** `gap`: something before it was not sent yet, and so this was not either. */
  readonly deliver: (connection: Connection, channel: ChannelId, entry: MessageEntry) => 'gap' | 'done';
  readonly stats: () => { readonly messagesDelivered: number; readonly duplicateHints: number; readonly gapsFound: number };
};

export function createConnectionDelivery({ send }: { readonly send: (connection: Connection, framed: Buffer) => void }): ConnectionDelivery {
  const framed = rememberingLast();
  let messagesDelivered = 0;
  let duplicateHints = 0;
  let gapsFound = 0;

  return {
    deliver: (connection, channel, entry) => {
      switch (offer(connection, channel, entry.seq)) {
        case 'had':
          duplicateHints++;
          return 'done';
        case 'gap':
          gapsFound++;
          return 'gap';
        case 'own':
          return 'done';
        case 'opens':
          if (entry.seq > 0) send(connection, encodeFrame({ type: 'heads', heads: { [channel]: entry.seq - 1 } }));
          break;
        case 'next':
          break;
      }
      if (isEcho(connection, channel, entry)) return 'done';
      messagesDelivered++;
      send(connection, framed(channel, entry));
      return 'done';
    },
    stats: () => ({ messagesDelivered, duplicateHints, gapsFound }),
  };
}

/** The acknowledgement is on its way on this very connection and says the seq, so an echo would say it twice. It is noted, for the answer may fail. */
function isEcho({ who, inbound }: Connection, channel: ChannelId, entry: MessageEntry): boolean {
  if (entry.event !== 'posted' || inbound === undefined || who === undefined) return false;
  const { sender, device, clientId, seq } = entry;
  const isIt = (frame: CommandFrame) => frame.type === 'send' && frame.id === clientId && frame.channel === channel;
  if (sender !== who.person || device !== who.device || !inbound.frames.some(isIt)) return false;
  inbound.suppressedEchoes ??= new Map();
  inbound.suppressedEchoes.set(clientId, seq);
  return true;
}

/** A group's hints come one after the other, a person each: the frame is the same. */
function rememberingLast(): (channel: ChannelId, entry: MessageEntry) => Buffer {
  let last: { readonly channel: ChannelId; readonly seq: number; readonly bytes: Buffer } | undefined;
  return (channel, entry) => {
    if (last?.channel !== channel || last.seq !== entry.seq) last = { channel, seq: entry.seq, bytes: encodeFrame({ type: 'message', channel, ...entry }) };
    return last.bytes;
  };
}
