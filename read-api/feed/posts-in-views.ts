/**
 * Posts of one or many authors, newest first, straight from the views: for a feed that is cold, for what lies below a warm one's
 * floor, and for what no feed is written into. Of many authors it looks through windows of time that grow, so that the newest
 * page of busy authors costs no more than that page.
 */
import { firstPostIdAt, postTimeOf } from '../../domain/feed/post-id.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { DAY_MS, epochMs, instant, type Instant } from '../../domain/shared/instant.ts';
import type { ActiveViews } from '../../projections/query/read-views.ts';
import type { Skeleton } from './stages.ts';

/** Authors asked for in one query. */
const AUTHORS_ASKED_MAX = 200;
const WINDOWS_DAYS = [2, 14, 120] as const;

/** Only ids after `after` and before `before`. */
type Bounds = { readonly after?: PostId; readonly before?: PostId };
export type PostsOf = Bounds & { readonly authors: readonly PersonId[]; readonly limit: number; readonly at: Instant };

/** `complete`: within the bounds these authors have nothing older. */
export async function newestPosts(views: Pick<ActiveViews, 'pluck'>, { authors, at, ...asked }: PostsOf): Promise<Skeleton> {
  const [only, ...others] = authors;
  if (only === undefined) return { ids: [], complete: true };
  if (others.length === 0) return whole(await query(views, only, asked), asked.limit);
  const untilMs = epochMs(asked.before === undefined ? at : postTimeOf(asked.before));
  for (const days of WINDOWS_DAYS) {
    const from = firstPostIdAt(instant(Math.max(untilMs - days * DAY_MS, 0)));
    if (asked.after !== undefined && from <= asked.after) break; // the bound is within the window
    const ids = await ofAll(views, authors, { ...asked, after: from });
    if (ids.length === asked.limit) return { ids, complete: false };
  }
  return whole(await ofAll(views, authors, asked), asked.limit);
}

const whole = (ids: readonly PostId[], limit: number): Skeleton => ({ ids, complete: ids.length < limit });

type Asked = Bounds & { readonly limit: number };

/** Authors in turns: once a page is full, the next ones are asked only for what is newer than its last. */
async function ofAll(views: Pick<ActiveViews, 'pluck'>, authors: readonly PersonId[], asked: Asked): Promise<readonly PostId[]> {
  let newest: PostId[] = [];
  for (let i = 0; i < authors.length; i += AUTHORS_ASKED_MAX) {
    const last = newest.length < asked.limit ? asked.after : newest.at(-1);
    const bounds = last === undefined ? asked : { ...asked, after: last };
    const ids = await query(views, authors.slice(i, i + AUTHORS_ASKED_MAX), bounds);
    if (ids.length > 0) newest = [...newest, ...ids].sort(newestFirst).slice(0, asked.limit);
  }
  return newest;
}

async function query(views: Pick<ActiveViews, 'pluck'>, author: PersonId | readonly PersonId[], { after, before, limit }: Asked): Promise<readonly PostId[]> {
  const bounds = { ...(after === undefined ? {} : { after }), ...(before === undefined ? {} : { before }) };
  const range = Object.keys(bounds).length === 0 ? {} : { range: { field: '_id', ...bounds } };
  return (await views.pluck('posts', '_id', { where: { author }, ...range, order: { _id: -1 }, limit })) as readonly PostId[];
}

export const newestFirst = (one: PostId, other: PostId): number => (one < other ? 1 : -1);
