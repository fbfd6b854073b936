/**
 * How far devices have channels: passed on to the presence store a few times a second, and from there to those who wrote. Only the newest
 * receipt of a kind, device and channel matters; losing it costs an unnecessary push, and shows a message as sent only.
 */
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { Presence } from '../../ports/presence/port.ts';
import { recentSendersOf, type RecentSenders } from '../channels/recent-senders.ts';
import { receiptsToldIn, toldDirectly, type ViewQueries } from '../channels/view-queries.ts';

/** At most one hint in so long tells what a person has in a direct channel; in a group, what all who are connected here have. */
export const DELIVERED_MS = 2 * SECOND_MS;

/** `delivered`: a device has it. `received`: and the person is told there, so that it isn't pushed. */
export type DeliveryReceipt = {
  readonly what: 'delivered' | 'received';
  readonly person: PersonId;
  readonly device: DeviceId;
  readonly channel: ChannelId;
  readonly seq: number;
};

export type DeliveryReceiptsDependencies = {
  readonly presence: Pick<Presence, 'delivered' | 'received'>;
  readonly broadcast: Pick<Broadcast, 'publish'>;
  readonly queries: ViewQueries;
  readonly senders: RecentSenders;
  readonly monotonicMs: () => number;
  readonly reportError: (error: unknown) => void;
};

/** `untold`: by channel and person, the furthest seq that is in the store. `toldMs`: when a hint was published last; the longest ago first. */
export type DeliveryReceipts = DeliveryReceiptsDependencies & {
  pending: Map<string, DeliveryReceipt>;
  readonly untold: Map<ChannelId, Map<PersonId, number>>;
  readonly toldMs: Map<string, number>;
};

export const createDeliveryReceipts = (dependencies: DeliveryReceiptsDependencies): DeliveryReceipts => ({
  ...dependencies,
  pending: new Map(),
  untold: new Map(),
  toldMs: new Map(),
});

export function addDeliveryReceipt({ pending }: DeliveryReceipts, receipt: DeliveryReceipt): void {
  const key = `${receipt.what}/${receipt.person}/${receipt.device}/${receipt.channel}`;
  const earlier = pending.get(key);
  if (earlier === undefined || earlier.seq < receipt.seq) pending.set(key, receipt);
}

/** Nobody is told of what the store didn't take. */
export async function flushDeliveryReceipts(receipts: DeliveryReceipts): Promise<void> {
  const { presence, reportError } = receipts;
  const pending = [...receipts.pending.values()];
  receipts.pending = new Map();
  const stored = await Promise.allSettled(pending.map(({ what, person, device, channel, seq }) => presence[what](person, device, channel, seq)));
  const failed = stored.find((one) => one.status === 'rejected');
  if (failed !== undefined) reportError(failed.reason);
  for (const [i, receipt] of pending.entries()) if (stored[i]?.status === 'fulfilled') addUntold(receipts, receipt);
  await tell(receipts).catch(reportError);
}

function addUntold({ untold }: DeliveryReceipts, { person, channel, seq }: Pick<DeliveryReceipt, 'person' | 'channel' | 'seq'>): void {
  const ofChannel = untold.get(channel) ?? new Map<PersonId, number>();
  untold.set(channel, ofChannel.set(person, Math.max(seq, ofChannel.get(person) ?? -1)));
}

/** What was told a moment ago waits, and is told with what comes meanwhile. */
async function tell(receipts: DeliveryReceipts): Promise<void> {
  const { queries, senders, untold, broadcast } = receipts;
  const direct: { readonly person: PersonId; readonly peer: PersonId; readonly channel: ChannelId; readonly seq: number }[] = [];
  for (const [channel, ofChannel] of untold) {
    const told = await receiptsToldIn(queries, channel);
    if (told?.kind === 'group') {
      if (!isDue(receipts, channel)) continue;
      // Who is told counts for themselves: those who are invisible, or over a block, are not among them then.
      const writing = recentSendersOf(senders, channel).filter((sender) => told.members.includes(sender) && !(ofChannel.size === 1 && ofChannel.has(sender)));
      if (writing.length > 0) broadcast.publish(writing, { kind: 'delivered', channel } satisfies LiveHint);
      ofChannel.clear();
    }
    for (const [person, seq] of ofChannel) {
      const peer = told?.members.find((member) => member !== person);
      if (peer !== undefined && !isDue(receipts, `${channel}/${person}`)) continue;
      if (peer !== undefined) direct.push({ person, peer, channel, seq });
      ofChannel.delete(person);
    }
    if (ofChannel.size === 0) untold.delete(channel);
  }
  for (const { peer, channel, seq } of await toldDirectly(queries, direct)) broadcast.publish([peer], { kind: 'delivered', channel, seq } satisfies LiveHint);
}

/** True once in `DELIVERED_MS`. */
function isDue({ toldMs, monotonicMs }: DeliveryReceipts, key: string): boolean {
  const nowMs = monotonicMs();
  for (const [oldest, ms] of toldMs) {
    if (nowMs - ms < DELIVERED_MS) break;
    toldMs.delete(oldest);
  }
  if (toldMs.has(key)) return false;
  toldMs.set(key, nowMs);
  return true;
}
