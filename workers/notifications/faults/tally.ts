/** Counts a row of the fault table: the deliveries of all acknowledged requests against the messages that the vendor accepted. */
import type { OutboxMessage } from '../../../ports/sender/port.ts';
import type { DeliveryDocument } from '../../../projections/read-models/deliveries.ts';

export type FaultRow = {
  readonly deliveries: number;
  /** Not accepted by the vendor, or not known to be. */
  readonly lost: number;
  /** Messages beyond the first of a delivery. */
  readonly doubled: number;
  /** Those of the doubled ones that an attempt marked 'may repeat' explains, and that replace each other on a device. */
  readonly doubledMarked: number;
  /** Attempts that were marked 'may repeat', whether the vendor had accepted the first one or not. */
  readonly marked: number;
};

/** `expected`: how many deliveries there must be. */
export function tally(expected: number, deliveries: readonly DeliveryDocument[], sent: readonly OutboxMessage[]): FaultRow {
  const times = Map.groupBy(sent, ({ delivery }) => delivery);
  const row = { deliveries: expected, lost: expected - deliveries.length, doubled: 0, doubledMarked: 0, marked: 0 };
  for (const { delivery, status, history } of deliveries) {
    const messages = times.get(delivery) ?? [];
    const marked = history.filter(({ what, mayRepeat }) => what === 'attempt-started' && mayRepeat === true).length;
    const keys = new Set(messages.map(({ collapseKey }) => collapseKey)).size;
    const doubled = Math.max(0, messages.length - 1);
    if (messages.length === 0 || status !== 'accepted') row.lost++;
    row.doubled += doubled;
    row.doubledMarked += keys === 1 ? Math.min(doubled, marked) : 0;
    row.marked += marked;
  }
  return row;
}
