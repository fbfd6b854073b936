/**
 * How far devices have received channels, passed on to the presence store a few times a second. Only the newest receipt of a device
 * and channel matters; losing it costs an unnecessary push.
 */
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { Presence } from '../../ports/presence/port.ts';

export type DeliveryReceipt = { readonly person: PersonId; readonly device: DeviceId; readonly channel: ChannelId; readonly seq: number };

export type DeliveryReceiptsDependencies = { readonly presence: Pick<Presence, 'received'>; readonly reportError: (error: unknown) => void };

export type DeliveryReceipts = DeliveryReceiptsDependencies & { pending: Map<string, DeliveryReceipt> };

export const createDeliveryReceipts = (dependencies: DeliveryReceiptsDependencies): DeliveryReceipts => ({ ...dependencies, pending: new Map() });

export function addDeliveryReceipt({ pending }: DeliveryReceipts, receipt: DeliveryReceipt): void {
  const key = `${receipt.person}/${receipt.device}/${receipt.channel}`;
  const earlier = pending.get(key);
  if (earlier === undefined || earlier.seq < receipt.seq) pending.set(key, receipt);
}

export async function flushDeliveryReceipts(receipts: DeliveryReceipts): Promise<void> {
  const { presence, pending, reportError } = receipts;
  receipts.pending = new Map();
  try {
    await Promise.all(Array.from(pending.values(), ({ person, device, channel, seq }) => presence.received(person, device, channel, seq)));
  } catch (error) {
    reportError(error);
  }
}
