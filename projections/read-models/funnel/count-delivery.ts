/**
 * Counts how far deliveries came. A delivery is counted by what its document says of it: when the document changes, what it was counted
 * as before is taken back and what it is now is added, so that the counts always are those of the documents, however late a correction
 * comes.
 */
import type { Engagement } from '../../../domain/notifications/events.ts';
import type { Plan } from '../../../domain/notifications/delivery-plan.ts';
import type { PlannedDelivery } from '../../../domain/notifications/delivery/delivery-state.ts';
import { dayOf, type Instant } from '../../../domain/shared/instant.ts';
import type { Collection } from '../../projection.ts';
import { countedId, reasonId, sourceNameOf, type CountedKey } from './counted-key.ts';

/** How far a delivery can come, each stage behind the ones before: whoever clicks has opened, and what was opened was delivered. */
export const STAGES = ['planned', 'sent', 'delivered', 'opened', 'clicked'] as const;
type Stage = (typeof STAGES)[number];

/** How a delivery can end that nobody received, as far as is known. */
export const ENDS = ['suppressed', 'failed', 'undelivered', 'expired', 'cancelled', 'digested'] as const satisfies readonly PlannedDelivery['status'][];
export type End = (typeof ENDS)[number];

const ANSWERS = ['unsubscribed', 'complained'] as const satisfies readonly Engagement[];

export const DELIVERY_COUNTS = [...STAGES, ...ENDS, ...ANSWERS] as const;
type Count = (typeof DELIVERY_COUNTS)[number];

/** Id: `countedId`. Deliveries that came so far; those that ended so. */
export type DeliveryCounts = { readonly [Of in Count]: number };
/** Id: `reasonId`. */
export type ReasonCount = { readonly deliveries: number };

export type CountedDelivery = Pick<Plan, 'source' | 'category' | 'template' | 'channel' | 'day'> & {
  readonly status: PlannedDelivery['status'];
  readonly reason: string | null;
  readonly vendorId: string | null;
  readonly engagement: { readonly [What in Engagement]?: Instant };
  readonly plannedAt: Instant;
};

/** One that is forgotten counts no more: the log doesn't tell of it either, when the views are built again. */
export type DeliveryChange = { readonly before: CountedDelivery | undefined; readonly after: CountedDelivery | undefined };

type FunnelDocuments = { readonly 'funnel-deliveries': Collection<DeliveryCounts>; readonly 'funnel-reasons': Collection<ReasonCount> };

/** To be called once for each change of the delivery's document. `stream`: the delivery's. */
export function countDelivery(views: FunnelDocuments, stream: string, { before, after }: DeliveryChange): void {
  const counted = after ?? before;
  if (counted === undefined) return;
  const key = keyOf(counted);
  const [was, is] = [before, after].map((one) => (one === undefined ? NOT_COUNTED : countedAs(one))) as [CountedAs, CountedAs];
  const counts = new Set([...was.counts, ...is.counts]);
  const changed = [...counts].filter((count) => was.counts.has(count) !== is.counts.has(count));
  // Every write names every count, so that all are one statement.
  if (changed.length > 0) {
    const by = Object.fromEntries(DELIVERY_COUNTS.map((count) => [count, changed.includes(count) ? (is.counts.has(count) ? 1 : -1) : 0]));
    views['funnel-deliveries'].increment(countedId(key, stream), by);
  }
  if (was.end === is.end && was.reason === is.reason) return;
  countReason(views, key, { ...was, stream, by: -1 });
  countReason(views, key, { ...is, stream, by: 1 });
}

type CountedAs = { readonly counts: ReadonlySet<Count>; readonly end: End | undefined; readonly reason: string | null };

const NOT_COUNTED: CountedAs = { counts: new Set(), end: undefined, reason: null };

function countReason(
  { 'funnel-reasons': reasons }: FunnelDocuments,
  key: CountedKey,
  { end, reason, stream, by }: Omit<CountedAs, 'counts'> & { readonly stream: string; readonly by: 1 | -1 },
): void {
  if (end !== undefined && reason !== null) reasons.increment(reasonId(key, stream, end, reason), { deliveries: by });
}

/** In older events, a delivery is of the day on which it was planned. */
const keyOf = ({ source, category, template, channel, day, plannedAt }: CountedDelivery): CountedKey => ({
  day: day ?? dayOf(plannedAt),
  source: sourceNameOf(source),
  category,
  template: template ?? null,
  channel,
});

function countedAs(delivery: CountedDelivery): CountedAs {
  const { engagement, status } = delivery;
  const stage = stageOf(delivery);
  // What a person did with a message tells that it came, whatever was told of it before.
  const end = stage === 'planned' || stage === 'sent' ? ENDS.find((one) => one === status) : undefined;
  const counts = new Set<Count>([
    ...STAGES.slice(0, STAGES.indexOf(stage) + 1),
    ...(end === undefined ? [] : [end]),
    ...ANSWERS.filter((answer) => engagement[answer] !== undefined),
  ]);
  return { counts, end, reason: end === undefined ? null : delivery.reason };
}

function stageOf({ status, vendorId, engagement }: CountedDelivery): Stage {
  if (engagement.clicked !== undefined) return 'clicked';
  if (engagement.opened !== undefined) return 'opened';
  if (status === 'delivered' || ANSWERS.some((answer) => engagement[answer] !== undefined)) return 'delivered';
  return vendorId === null ? 'planned' : 'sent';
}
