/**
 * Tells people who wrote in a group how many of the others have what they wrote: counted from the presence store, a while after a hint
 * said that there is something to count. What the store has lost isn't counted, and what nobody has is shown as sent.
 */
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Presence } from '../../ports/presence/port.ts';
import { lastSeqOf, type RecentSenders } from '../channels/recent-senders.ts';
import { membersTellingDelivery, type ViewQueries } from '../channels/view-queries.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import { DELIVERED_MS } from './delivery-receipts.ts';

export type DeliveredCountsDependencies = {
  readonly presence: Pick<Presence, 'deliveredTo'>;
  readonly queries: ViewQueries;
  readonly senders: RecentSenders;
  readonly monotonicMs: () => number;
  /** To the person's connections here. */
  readonly sendTo: (person: PersonId, frame: ServerFrame) => void;
  readonly reportError: (error: unknown) => void;
};

type Counted = { readonly ms: number; readonly seq: number; readonly people: number };

/** Both by person and channel; what was counted longest ago comes first. */
export type DeliveredCounts = DeliveredCountsDependencies & {
  readonly due: Map<string, { readonly person: PersonId; readonly channel: ChannelId }>;
  readonly counted: Map<string, Counted>;
};

export const createDeliveredCounts = (dependencies: DeliveredCountsDependencies): DeliveredCounts => ({ ...dependencies, due: new Map(), counted: new Map() });

export const requestCount = ({ due }: DeliveredCounts, person: PersonId, channel: ChannelId): void => void due.set(`${person}/${channel}`, { person, channel });

/** Counts what is due and was not counted a moment ago. */
export async function flushDeliveredCounts(counts: DeliveredCounts): Promise<void> {
  const { due, counted, monotonicMs, reportError } = counts;
  const nowMs = monotonicMs();
  const now = [...due].filter(([key]) => nowMs - (counted.get(key)?.ms ?? -Infinity) >= DELIVERED_MS);
  for (const [key, { ms }] of counted) {
    if (nowMs - ms < DELIVERED_MS) break;
    if (!due.has(key)) counted.delete(key);
  }
  for (const [key] of now) due.delete(key);
  await Promise.all(now.map(([key, { person, channel }]) => count(counts, { key, person, channel }).catch(reportError)));
}

async function count(
  { presence, queries, senders, counted, monotonicMs, sendTo }: DeliveredCounts,
  { key, person, channel }: { readonly key: string; readonly person: PersonId; readonly channel: ChannelId },
): Promise<void> {
  const seq = lastSeqOf(senders, channel, person);
  if (seq === undefined) return;
  const others = await membersTellingDelivery(queries, person, channel);
  const delivered = await presence.deliveredTo(others, channel);
  const people = [...delivered.values()].filter((furthest) => furthest >= seq).length;
  const before = counted.get(key);
  counted.delete(key);
  counted.set(key, { ms: monotonicMs(), seq, people });
  if (people > 0 && (before?.seq !== seq || before.people !== people)) sendTo(person, { type: 'delivered', channel, seq, people });
}
