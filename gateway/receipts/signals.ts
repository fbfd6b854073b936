/** What is said beside messages and reaches the log rarely or never: read markers, typing, received marks, whom one watches. */
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import type { ClientFrameOf } from '../protocol/frames.ts';
import type { History } from '../channels/history.ts';
import type { ReadReceipts } from './read-receipts.ts';
import type { ViewQueries } from '../channels/view-queries.ts';
import type { DeliveryReceipts } from './delivery-receipts.ts';
import type { Connection, Who } from '../connection/connection.ts';
import type { PresenceSubscriptions } from '../presence/presence-subscriptions.ts';

/** One typing hint a person and channel in so long; a client shows it a little longer than that. */
const TYPING_MS = 3 * SECOND_MS;
const TYPING_KEPT_MAX = 10_000;

type SignalFrame = ClientFrameOf<'received' | 'read' | 'typing' | 'watch'>;

export type SignalsDependencies = {
  readonly reads: Pick<ViewQueries, 'membersOf' | 'signalRecipientsOf' | 'visibleTo'>;
  readonly history: Pick<History, 'head'>;
  readonly broadcast: Pick<Broadcast, 'publish'>;
  readonly readMarks: Pick<ReadReceipts, 'read'>;
  readonly receivedMarks: Pick<DeliveryReceipts, 'received'>;
  readonly watching: Pick<PresenceSubscriptions, 'watch'>;
  readonly nowMs: () => number;
};

/** Answers the code of a refusal, or nothing: these frames are not acknowledged. */
export type Signals = (connection: Connection, who: Who, frame: SignalFrame) => Promise<RefusalCode | undefined>;

export function createSignals({ reads, history, broadcast, readMarks, receivedMarks, watching, nowMs }: SignalsDependencies): Signals {
  const typedMs = new Map<string, number>();
  const lastWatch = new WeakMap<Connection, SignalFrame>();

  const publish = (to: readonly PersonId[], hint: LiveHint) => broadcast.publish(to, hint);

  /** Where this connection was not sent the channel itself, the log tells how far one can have come. */
  const isThere = async (connection: Connection, channel: ChannelId, seq: number) =>
    seq <= (connection.cursors?.get(channel) ?? -1) || seq <= (await history.head(channel));

  const isFirstTyping = (person: PersonId, channel: ChannelId) => {
    const key = `${person}/${channel}`;
    const before = typedMs.get(key);
    if (before !== undefined && nowMs() - before < TYPING_MS) return false;
    typedMs.delete(key);
    typedMs.set(key, nowMs());
    if (typedMs.size > TYPING_KEPT_MAX) for (const oldest of typedMs.keys()) if (typedMs.delete(oldest)) break;
    return true;
  };

  return async (connection, { person, device }, frame) => {
    if (frame.type === 'watch') {
      lastWatch.set(connection, frame);
      const visible = await reads.visibleTo(person, frame.people as PersonId[]);
      // Meanwhile the connection may have gone, and nobody would end what it watches, or it may watch others by now.
      if (connection.phase === 'live' && lastWatch.get(connection) === frame) await watching.watch(connection, visible);
      return undefined;
    }
    const channel = frame.channel as ChannelId;
    const members = await reads.membersOf(channel);
    if (!members.includes(person)) return 'not-a-member';
    switch (frame.type) {
      case 'received':
        if (!(await isThere(connection, channel, frame.seq))) return 'message-unknown';
        receivedMarks.received({ person, device, channel, seq: frame.seq });
        return undefined;
      case 'read':
        if (!(await isThere(connection, channel, frame.seq))) return 'message-unknown';
        if (readMarks.read(person, channel, frame.seq))
          publish(await reads.signalRecipientsOf(person, channel), { kind: 'read', channel, person, seq: frame.seq });
        return undefined;
      case 'typing':
        if (isFirstTyping(person, channel)) publish(await reads.signalRecipientsOf(person, channel), typingOf(channel, person, device));
        return undefined;
    }
  };
}

const typingOf = (channel: ChannelId, person: PersonId, device: DeviceId): LiveHint => ({ kind: 'typing', channel, person, device });
