/** Finds what stands in a person's notification centre: all of it, what is archived, what is unread; of one category or of all. */
import { isRead, isSeen, NOTHING_READ, type CentreState } from '../../domain/notifications/centre/centre.ts';
import { categoryKey } from '../../domain/people/category.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { endOfOrder, type CentreItemDocument } from '../../projections/read-models/centre.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';

/** Items that one request looks at in search of those that are unread. */
const LOOKED_AT_MAX = 1_000;
const LOOKED_AT_ONCE = 100;

type Views = Pick<TidingsViews, 'get' | 'find'>;

export type ItemsWanted = {
  /** `order` of an item: those that came before it. */
  readonly before?: string | undefined;
  readonly limit: number;
  readonly category?: string | undefined;
};

/** Newest first. `next`: where to go on from, though nothing may be left there; undefined: that was all. */
export type FoundItems = { readonly items: readonly CentreItemDocument[]; readonly next: string | undefined };

export const loadCentre = async (views: Pick<TidingsViews, 'get'>, person: PersonId): Promise<CentreState> =>
  (await views.get('centres', person)) ?? NOTHING_READ;

export async function findItems(
  views: Pick<Views, 'find'>,
  person: PersonId,
  { before, limit, category, archived }: ItemsWanted & { readonly archived: boolean },
): Promise<FoundItems> {
  const items = await views.find('centre-items', {
    where: { person, archived, ...ofCategory(category) },
    ...(before !== undefined && { range: { field: 'order', before } }),
    order: { order: -1 },
    limit: limit + 1,
  });
  return { items: items.slice(0, limit), next: items.length > limit ? items[limit - 1]?.order : undefined };
}

/** Those that were read all at once are passed over, so a page may be short, or empty, though another follows. */
export async function findUnread(views: Pick<Views, 'find'>, person: PersonId, centre: CentreState, wanted: ItemsWanted): Promise<FoundItems> {
  const { limit, category } = wanted;
  const items: CentreItemDocument[] = [];
  let { before } = wanted;
  for (let lookedAt = 0; lookedAt < LOOKED_AT_MAX;) {
    const candidates = await unreadCandidates(views, person, centre, { before, category, limit: LOOKED_AT_ONCE });
    for (const candidate of candidates) {
      before = candidate.order;
      if (!isRead(candidate, centre) && items.push(candidate) === limit) return { items, next: before };
    }
    if (candidates.length < LOOKED_AT_ONCE) return { items, next: undefined };
    lookedAt += candidates.length;
  }
  return { items, next: before };
}

/** What came after the moment up to which all is read; behind it, only what was marked as unread by itself. */
async function unreadCandidates(
  views: Pick<Views, 'find'>,
  person: PersonId,
  { read }: CentreState,
  { before, category, limit }: ItemsWanted,
): Promise<readonly CentreItemDocument[]> {
  const end = read === undefined ? undefined : endOfOrder(read.upTo);
  const range = { ...(before !== undefined && { before }), ...(end !== undefined && { after: end }) };
  const isBehind = end !== undefined && before !== undefined && before <= end;
  const newer = isBehind
    ? []
    : await views.find('centre-items', {
        where: { person, open: true, ...ofCategory(category) },
        ...(Object.keys(range).length > 0 && { range: { field: 'order', ...range } }),
        order: { order: -1 },
        limit,
      });
  if (end === undefined || newer.length === limit) return newer;
  const kept = await views.find('centre-items', {
    where: { person, kept: true, ...ofCategory(category) },
    range: { field: 'order', before: isBehind ? before : end },
    order: { order: -1 },
    limit: limit - newer.length,
  });
  return [...newer, ...kept];
}

const ofCategory = (category: string | undefined) => category !== undefined && { categoryKey: categoryKey(category) };

export type CountedItems = { readonly unread: number; readonly unseen: number };

export const countOf = (items: readonly CentreItemDocument[], centre: CentreState): CountedItems => ({
  unread: items.length,
  unseen: items.filter((item) => !isSeen(item, centre)).length,
});
