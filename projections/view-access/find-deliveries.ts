/** Searches deliveries by who gets them, who asked for them, what their vendor calls them, their status and the day on which they were planned. */
import type { AppId, PersonId } from '../../domain/shared/ids.ts';
import { beginOfDay, DAY_MS, dayOf, plus, type Day } from '../../domain/shared/instant.ts';
import type { DocumentQuery } from '../../ports/views/port.ts';
import { deliveryInPlannedText, type DeliveryDocument, type DeliveryStatus } from '../read-models/deliveries.ts';
import type { TidingsViews } from './tidings-views.ts';

/** Deliveries that one page looks at, at most: it may have fewer than its limit where most of them are others'. */
export const SEARCHED_MAX = 1_000;
/** Looked up at once, at least, once a page was not full of what comes first: what has a small limit is not sought one by one. */
const LOOKED_UP_MIN = 100;

/** Each field that is there narrows the search. */
export type DeliverySearch = {
  readonly app?: AppId;
  readonly person?: PersonId;
  readonly vendorId?: string;
  readonly statuses?: readonly DeliveryStatus[];
  /** Planned on these days, both included. */
  readonly from?: Day;
  readonly until?: Day;
};

export type DeliverySearchPage = {
  readonly limit: number;
  /** The JSON of the deliveries; one is found, however long. */
  readonly bytesMax: number;
  /** The `next` of the page before. */
  readonly before?: string;
};

/** The last planned first. `next`: null where there are no more. */
export async function findDeliveries(
  views: Pick<TidingsViews, 'pluck' | 'getFirst'>,
  search: DeliverySearch,
  { limit, bytesMax, before }: DeliverySearchPage,
): Promise<{ readonly deliveries: readonly DeliveryDocument[]; readonly next: string | null }> {
  const deliveries: DeliveryDocument[] = [];
  let bytes = 0;
  let last = before;
  /** Of the last one that is shown: where a page can end there, it tells nothing of deliveries that are others'. */
  let shown = before;
  for (let searched = 0; searched < SEARCHED_MAX;) {
    const most = searched === 0 ? limit : Math.min(Math.max(limit, LOOKED_UP_MIN), SEARCHED_MAX - searched);
    const texts = await newestOf(views, search, { ...(last !== undefined && { before: last }), limit: most + 1 });
    const documents = await views.getFirst('deliveries', texts.slice(0, most).map(deliveryInPlannedText), bytesMax);
    if (documents.length === 0) return { deliveries, next: null };
    for (const [at, document] of documents.entries()) {
      if (document !== undefined && isMeant(document, search)) {
        bytes += Buffer.byteLength(JSON.stringify(document));
        if (deliveries.length > 0 && bytes > bytesMax) return { deliveries, next: shown ?? null };
        deliveries.push(document);
        shown = texts[at];
      }
      last = texts[at];
      const isLast = at + 1 === texts.length;
      if (deliveries.length === limit) return { deliveries, next: isLast ? null : (last ?? null) };
    }
    searched += documents.length;
    if (documents.length === texts.length) return { deliveries, next: null };
  }
  return { deliveries, next: last ?? null };
}

const ALL_STATUSES: { readonly [Status in DeliveryStatus]: true } = {
  planned: true,
  deferred: true,
  queued: true,
  attempting: true,
  waiting: true,
  unknown: true,
  accepted: true,
  delivered: true,
  undelivered: true,
  suppressed: true,
  digested: true,
  failed: true,
  cancelled: true,
  expired: true,
};
export const DELIVERY_STATUSES = Object.keys(ALL_STATUSES) as [DeliveryStatus, ...DeliveryStatus[]];

/** What tells most is looked up, and the documents are held to the rest: few deliveries have one recipient, or one name at their vendor. */
async function newestOf(
  views: Pick<TidingsViews, 'pluck'>,
  { app, person, vendorId, statuses = DELIVERY_STATUSES, from, until }: DeliverySearch,
  { before, limit }: { readonly before?: string; readonly limit: number },
): Promise<readonly string[]> {
  const end = until === undefined ? undefined : dayAfter(until);
  const first = before === undefined || (end !== undefined && end < before) ? end : before;
  const bounds = { ...(from !== undefined && { from }), ...(first !== undefined && { before: first }) };
  const newest = (where: NonNullable<DocumentQuery['where']>): Omit<DocumentQuery, 'where'> & { readonly where: NonNullable<DocumentQuery['where']> } => ({
    where,
    ...(Object.keys(bounds).length > 0 && { range: { field: 'planned', ...bounds } }),
    order: { planned: -1 },
    limit,
  });
  if (vendorId !== undefined) return await views.pluck('deliveries', 'planned', newest({ vendorId }));
  if (person !== undefined) return await views.pluck('deliveries', 'planned', newest({ recipient: person }));
  const ofStatus = (status: DeliveryStatus) => views.pluck('deliveries', 'planned', newest({ ...(app !== undefined && { app }), status }));
  const found = await Promise.all([...new Set(statuses)].map(ofStatus));
  return found.flat().toSorted(newestFirst).slice(0, limit);
}

const isMeant = (delivery: DeliveryDocument, { app, person, vendorId, statuses }: DeliverySearch): boolean =>
  (app === undefined || delivery.app === app) &&
  (person === undefined || delivery.recipient === person) &&
  (vendorId === undefined || delivery.vendorId === vendorId) &&
  (statuses === undefined || statuses.includes(delivery.status));

const dayAfter = (day: Day): Day => dayOf(plus(beginOfDay(day), DAY_MS));

const newestFirst = (one: string, other: string): number => (one < other ? 1 : one > other ? -1 : 0);
