/** Counts what a vendor's simulator has accepted against the deliveries. */
import type { VendorServer } from '../../../tests/vendors/vendor-server.ts';
import type { DeliveryDocument } from '../../../projections/read-models/deliveries.ts';
import type { FaultyVendor } from './vendors.ts';

export type VendorRow = {
  /** Not accepted by the vendor, or not known to be. */
  readonly lost: number;
  /** Messages beyond the first of a delivery. */
  readonly doubled: number;
  /** Attempts that were marked 'may repeat', whether the vendor had accepted an earlier one or not. */
  readonly marked: number;
  /** Of the doubled ones, those that no mark explains. */
  readonly unmarked: number;
};

export function tallyVendor(
  { vendor, server }: { readonly vendor: FaultyVendor; readonly server: VendorServer },
  deliveries: readonly DeliveryDocument[],
): VendorRow {
  const row = { lost: 0, doubled: 0, marked: 0, unmarked: 0 };
  for (const { delivery, status, history } of deliveries) {
    const messages = server.accepted(vendor.keyOf(delivery)).length;
    const marked = history.filter(({ what, mayRepeat }) => what === 'attempt-started' && mayRepeat === true).length;
    const doubled = Math.max(0, messages - 1);
    if (messages === 0 || (status !== 'accepted' && status !== 'delivered')) row.lost += 1;
    row.doubled += doubled;
    row.marked += marked;
    row.unmarked += Math.max(0, doubled - marked);
  }
  return row;
}
