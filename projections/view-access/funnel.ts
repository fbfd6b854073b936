/** The funnel of some days: how many notifications were asked for, and how far their deliveries came, added up as it is asked for. */
import type { NotificationChannel } from '../../domain/people/notification-channels.ts';
import type { TemplateId } from '../../domain/shared/ids.ts';
import { beginOfDay, DAY_MS, dayOf, epochMs, instant, type Day } from '../../domain/shared/instant.ts';
import { QUERY_LIMIT_MAX, type DocumentQuery } from '../../ports/views/port.ts';
import { DELIVERY_COUNTS, ENDS, type DeliveryCounts, type End } from '../read-models/funnel/count-delivery.ts';
import type { RequestCounts } from '../read-models/funnel/count-request.ts';
import { countedKeyIn, idsOfDays, idsOfSource, reasonIn, type CountedKey } from '../read-models/funnel/counted-key.ts';
import type { TidingsViews } from './tidings-views.ts';

/** Most days that one question may be about. */
export const FUNNEL_DAYS_MAX = 92;
/** Most documents that are added up for one question. */
export const FUNNEL_DOCUMENTS_MAX = 50_000;
/** Days of one source that are read at once. */
const DAYS_AT_ONCE = 8;

export const FUNNEL_DIMENSIONS = ['day', 'source', 'category', 'template', 'channel'] as const;
export type FunnelDimension = (typeof FUNNEL_DIMENSIONS)[number];

export type FunnelQuestion = {
  /** Both included. */
  readonly from: Day;
  readonly until: Day;
  /** Only what is of these. */
  readonly source?: string;
  readonly category?: string;
  readonly template?: TemplateId;
  /** What was requested is of no channel, and left out then. */
  readonly channel?: NotificationChannel;
  /** One row for each of the combinations of these that there are; without any, one row of everything. */
  readonly by: readonly FunnelDimension[];
};

/** `key` has what was asked `by`; a template is null where none was used, and a channel in the row of what was requested. */
export type FunnelRow = RequestCounts &
  DeliveryCounts & {
    readonly key: { readonly [Of in FunnelDimension]?: CountedKey[Of] };
    /** Deliveries that are neither sent nor ended. */
    readonly inProgress: number;
    /** The most frequent first. */
    readonly reasons: readonly { readonly end: End; readonly reason: string; readonly deliveries: number }[];
  };

/** `too-much`: more documents than may be added up at once, by the question's days. */
export async function readFunnel(
  views: Pick<TidingsViews, 'find'>,
  question: FunnelQuestion,
): Promise<{ readonly outcome: 'read'; readonly rows: readonly FunnelRow[] } | { readonly outcome: 'too-much' }> {
  const sums = new Map<string, Sum>();
  let read = 0;
  const isAsked = ({ source, category, template, channel }: CountedKey) =>
    (question.channel === undefined || channel === question.channel) &&
    (question.source === undefined || source === question.source) &&
    (question.category === undefined || category === question.category) &&
    (question.template === undefined || template === question.template);
  const sumOf = (id: string): Sum | undefined => {
    read += 1;
    const key = countedKeyIn(id);
    if (!isAsked(key)) return undefined;
    const asked = Object.fromEntries(FUNNEL_DIMENSIONS.filter((one) => question.by.includes(one)).map((one) => [one, key[one]])) as FunnelRow['key'];
    const name = JSON.stringify(asked);
    const sum = sums.get(name) ?? { key: asked, counts: new Map(), reasons: new Map() };
    sums.set(name, sum);
    return sum;
  };
  const isTooMuch = () => read > FUNNEL_DOCUMENTS_MAX;

  const readRange = async (range: IdRange): Promise<void> => {
    for await (const { _id, requested, created } of allOf((query) => views.find('funnel-requests', query), range, isTooMuch))
      addTo(sumOf(_id)?.counts, { requested, created });
    for await (const { _id, ...document } of allOf((query) => views.find('funnel-deliveries', query), range, isTooMuch))
      addTo(sumOf(_id)?.counts, Object.fromEntries(DELIVERY_COUNTS.map((count) => [count, document[count]])));
    for await (const { _id, deliveries } of allOf((query) => views.find('funnel-reasons', query), range, isTooMuch))
      addTo(sumOf(_id)?.reasons, { [JSON.stringify(reasonIn(_id))]: deliveries });
  };
  const { from, until, source } = question;
  const ranges = source === undefined ? [idsOfDays(from, until)] : daysBetween(from, until).map((day) => idsOfSource(day, source));
  for (let at = 0; at < ranges.length && !isTooMuch(); at += DAYS_AT_ONCE) await Promise.all(ranges.slice(at, at + DAYS_AT_ONCE).map(readRange));
  if (isTooMuch()) return { outcome: 'too-much' };
  return { outcome: 'read', rows: [...sums.values()].map(rowOf).filter(hasSomething).toSorted(byKey) };
}

export const daysBetween = (from: Day, until: Day): readonly Day[] => {
  const first = epochMs(beginOfDay(from));
  return Array.from({ length: Math.max(0, Math.floor((epochMs(beginOfDay(until)) - first) / DAY_MS) + 1) }, (_, n) => dayOf(instant(first + n * DAY_MS)));
};

type IdRange = { readonly from: string; readonly before: string };
type Sum = { readonly key: FunnelRow['key']; readonly counts: Map<string, number>; readonly reasons: Map<string, number> };

async function* allOf<Doc extends { readonly _id: string }>(
  find: (query: DocumentQuery) => Promise<readonly Doc[]>,
  { from, before }: IdRange,
  isTooMuch: () => boolean,
): AsyncGenerator<Doc, void> {
  for (let after: string | undefined; !isTooMuch();) {
    const range = { field: '_id', before, ...(after === undefined ? { from } : { after }) };
    const page = await find({ range, order: { _id: 1 }, limit: QUERY_LIMIT_MAX });
    yield* page;
    after = page.at(-1)?._id;
    if (page.length < QUERY_LIMIT_MAX) return;
  }
}

function addTo(sums: Map<string, number> | undefined, by: Readonly<Record<string, number>>): void {
  if (sums === undefined) return;
  for (const [name, amount] of Object.entries(by)) sums.set(name, (sums.get(name) ?? 0) + amount);
}

function rowOf({ key, counts, reasons }: Sum): FunnelRow {
  const count = (name: keyof (RequestCounts & DeliveryCounts)) => counts.get(name) ?? 0;
  const deliveries = Object.fromEntries(DELIVERY_COUNTS.map((name) => [name, count(name)])) as DeliveryCounts;
  const endedUnsent = ENDS.filter((end) => end !== 'undelivered').reduce((sum, end) => sum + count(end), 0);
  return {
    key,
    requested: count('requested'),
    created: count('created'),
    ...deliveries,
    inProgress: Math.max(0, count('planned') - count('sent') - endedUnsent),
    reasons: [...reasons]
      .filter(([, amount]) => amount > 0)
      .map(([name, amount]) => ({ ...(JSON.parse(name) as { readonly end: End; readonly reason: string }), deliveries: amount }))
      .toSorted((one, other) => other.deliveries - one.deliveries || compare(one.reason, other.reason)),
  };
}

const hasSomething = ({ requested, planned }: FunnelRow): boolean => requested > 0 || planned > 0;

/** By the key's parts in their order; what has no template comes first. */
function byKey(one: FunnelRow, other: FunnelRow): number {
  for (const dimension of FUNNEL_DIMENSIONS) {
    const order = compare(one.key[dimension] ?? '', other.key[dimension] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
