/**
 * The ids of posts of one or many authors, newest first, straight from the views: for a cold feed, for the part of a warm feed below
 * its floor, and for posts that no fan-out writes into feeds. For many authors it searches growing windows of time, so that the
 * newest page of busy authors costs no more than that page.
 */
import { firstPostIdAt, postTimeOf } from '../../domain/feed/post-id.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { DAY_MS, epochMs, instant, type Instant } from '../../domain/shared/instant.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { Skeleton } from './pipeline.ts';

/** Authors in one query. */
const AUTHORS_IN_QUERY_MAX = 200;
const WINDOWS_DAYS = [2, 14, 120] as const;

/** Only ids after `after` and before `before`. */
type Bounds = { readonly after?: PostId; readonly before?: PostId };
export type PostsOfAuthors = Bounds & { readonly authors: readonly PersonId[]; readonly limit: number; readonly at: Instant };

/** `complete`: these authors have nothing older within the bounds. */
export async function newestPosts(views: Pick<TidingsViews, 'pluck'>, { authors, at, ...bounds }: PostsOfAuthors): Promise<Skeleton> {
  const [only, ...others] = authors;
  if (only === undefined) return { ids: [], complete: true };
  if (others.length === 0) return toSkeleton(await query(views, only, bounds), bounds.limit);
  const untilMs = epochMs(bounds.before === undefined ? at : postTimeOf(bounds.before));
  for (const days of WINDOWS_DAYS) {
    const from = firstPostIdAt(instant(Math.max(untilMs - days * DAY_MS, 0)));
    if (bounds.after !== undefined && from <= bounds.after) break; // the bound is within the window
    const ids = await newestOfAuthors(views, authors, { ...bounds, after: from });
    if (ids.length === bounds.limit) return { ids, complete: false };
  }
  return toSkeleton(await newestOfAuthors(views, authors, bounds), bounds.limit);
}

const toSkeleton = (ids: readonly PostId[], limit: number): Skeleton => ({ ids, complete: ids.length < limit });

type PageBounds = Bounds & { readonly limit: number };

/** Queries the authors in groups: once a page is full, the next groups only for posts newer than its last. */
async function newestOfAuthors(views: Pick<TidingsViews, 'pluck'>, authors: readonly PersonId[], page: PageBounds): Promise<readonly PostId[]> {
  let newest: PostId[] = [];
  for (let i = 0; i < authors.length; i += AUTHORS_IN_QUERY_MAX) {
    const last = newest.length < page.limit ? page.after : newest.at(-1);
    const bounds = last === undefined ? page : { ...page, after: last };
    const ids = await query(views, authors.slice(i, i + AUTHORS_IN_QUERY_MAX), bounds);
    if (ids.length > 0) newest = [...newest, ...ids].sort(newestFirst).slice(0, page.limit);
  }
  return newest;
}

async function query(
  views: Pick<TidingsViews, 'pluck'>,
  author: PersonId | readonly PersonId[],
  { after, before, limit }: PageBounds,
): Promise<readonly PostId[]> {
  const bounds = { ...(after === undefined ? {} : { after }), ...(before === undefined ? {} : { before }) };
  const range = Object.keys(bounds).length === 0 ? {} : { range: { field: '_id', ...bounds } };
  return (await views.pluck('posts', '_id', { where: { author }, ...range, order: { _id: -1 }, limit })) as readonly PostId[];
}

export const newestFirst = (one: PostId, other: PostId): number => (one < other ? 1 : -1);
