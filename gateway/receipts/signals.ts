/** Handles the frames that reach the log rarely or never: read and delivery receipts, typing, and whose presence to watch. */
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import { readHead, type StreamReader } from '../channels/history.ts';
import { isMemberOf, readRecipientsOf, signalRecipientsOf, type ViewQueries } from '../channels/view-queries.ts';
import { visibilityOf } from '../channels/visibility.ts';
import type { Connection, Identity } from '../connection/connection.ts';
import { watchPeople, type PresenceSubscriptions } from '../presence/presence-subscriptions.ts';
import type { ClientFrameOf } from '../protocol/frames.ts';
import { addDeliveryReceipt, type DeliveryReceipts } from './delivery-receipts.ts';
import { markRead, type ReadReceipts } from './read-receipts.ts';
import { passesThrottle, type TypingThrottle } from './typing-throttle.ts';

type WatchFrame = ClientFrameOf<'watch'>;
type ChannelSignal = ClientFrameOf<'delivered' | 'received' | 'read' | 'typing'>;
export type SignalFrame = ChannelSignal | WatchFrame;

export type SignalsDependencies = {
  readonly queries: ViewQueries;
  readonly history: StreamReader;
  readonly broadcast: Pick<Broadcast, 'publish'>;
  readonly readReceipts: ReadReceipts;
  readonly deliveryReceipts: DeliveryReceipts;
  readonly subscriptions: PresenceSubscriptions;
  readonly typing: TypingThrottle;
};

export type Signals = SignalsDependencies & { readonly lastWatch: WeakMap<Connection, WatchFrame> };

export const createSignals = (dependencies: SignalsDependencies): Signals => ({ ...dependencies, lastWatch: new WeakMap() });

/** Answers the code of a refusal, or undefined: these frames are not acknowledged. */
export async function handleSignal(signals: Signals, connection: Connection, identity: Identity, frame: SignalFrame): Promise<RefusalCode | undefined> {
  if (frame.type === 'watch') return watch(signals, connection, identity, frame);
  const { person, device } = identity;
  const channel = frame.channel as ChannelId;
  if (!(await isMemberOf(signals.queries, person, channel))) {
    return connection.announced?.has(channel) === true ? handleOfReader(signals, connection, identity, frame) : 'channel-unknown';
  }
  switch (frame.type) {
    case 'delivered':
    case 'received':
      if (!(await isPosted(signals, connection, channel, frame.seq))) return 'message-unknown';
      addDeliveryReceipt(signals.deliveryReceipts, { what: frame.type, person, device, channel, seq: frame.seq });
      return undefined;
    case 'read':
      if (!(await isPosted(signals, connection, channel, frame.seq))) return 'message-unknown';
      if (markRead(signals.readReceipts, person, channel, frame.seq)) {
        signals.broadcast.publish(await readRecipientsOf(signals.queries, person, channel), {
          kind: 'read',
          channel,
          person,
          seq: frame.seq,
        } satisfies LiveHint);
      }
      return undefined;
    case 'typing':
      if (passesThrottle(signals.typing, person, channel)) {
        const recipients = await signalRecipientsOf(signals.queries, person, channel);
        signals.broadcast.publish(recipients, { kind: 'typing', channel, person, device } satisfies LiveHint);
      }
      return undefined;
  }
}

/** Of the thousands who read an announcement channel nobody is told when they read or type: only their own devices. */
async function handleOfReader(signals: Signals, connection: Connection, { person }: Identity, frame: ChannelSignal): Promise<RefusalCode | undefined> {
  if (frame.type !== 'read') return undefined;
  const channel = frame.channel as ChannelId;
  if (!(await isPosted(signals, connection, channel, frame.seq))) return 'message-unknown';
  if (markRead(signals.readReceipts, person, channel, frame.seq))
    signals.broadcast.publish([person], { kind: 'read', channel, person, seq: frame.seq } satisfies LiveHint);
  return undefined;
}

/** Meanwhile the connection may have gone, so that nobody would end its subscriptions, or it may have sent another `watch`. */
async function watch({ queries, subscriptions, lastWatch }: Signals, connection: Connection, { person }: Identity, frame: WatchFrame): Promise<undefined> {
  lastWatch.set(connection, frame);
  const visible = await visibilityOf(queries, person, frame.people as PersonId[]);
  if (connection.phase === 'live' && lastWatch.get(connection) === frame) await watchPeople(subscriptions, connection, visible);
}

/** Where the connection was not sent the message itself, the log tells how far the channel has come. */
async function isPosted({ history }: Signals, connection: Connection, channel: ChannelId, seq: number): Promise<boolean> {
  return seq <= (connection.cursors?.get(channel) ?? -1) || seq <= (await readHead(history, channel));
}
