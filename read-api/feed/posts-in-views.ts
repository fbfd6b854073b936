/**
 * Posts of many authors, newest first, straight from the views: for a feed that is cold, and for what lies below a warm one's
 * floor. It looks through windows of time that grow, so that the newest page of busy authors costs no more than that page.
 */
import { firstPostIdAt, postTimeOf } from '../../domain/feed/post-id.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { DAY_MS, epochMs, instant, type Instant } from '../../domain/shared/instant.ts';
import type { ActiveViews } from '../../projections/read-views.ts';

/** Authors asked for in one query. */
const AUTHORS_ASKED_MAX = 200;
const WINDOWS_DAYS = [2, 14, 120] as const;

export type PostsOf = { readonly authors: readonly PersonId[]; readonly before?: PostId; readonly limit: number; readonly at: Instant };

/** `complete`: these authors have nothing older. */
export async function newestPosts(
  views: Pick<ActiveViews, 'find'>,
  { authors, before, limit, at }: PostsOf,
): Promise<{ readonly ids: readonly PostId[]; readonly complete: boolean }> {
  const until = before === undefined ? epochMs(at) : epochMs(postTimeOf(before));
  for (const days of WINDOWS_DAYS) {
    const from = firstPostIdAt(instant(Math.max(until - days * DAY_MS, 0)));
    const ids = await within(views, { authors, limit, from, ...(before === undefined ? {} : { before }) });
    if (ids.length === limit) return { ids, complete: false };
  }
  const ids = await within(views, { authors, limit, ...(before === undefined ? {} : { before }) });
  return { ids, complete: ids.length < limit };
}

type Within = { readonly authors: readonly PersonId[]; readonly limit: number; readonly from?: PostId; readonly before?: PostId };

async function within(views: Pick<ActiveViews, 'find'>, { authors, limit, from, before }: Within): Promise<readonly PostId[]> {
  const bounds = { ...(from === undefined ? {} : { from }), ...(before === undefined ? {} : { before }) };
  const ids: PostId[] = [];
  for (let asked = 0; asked < authors.length; asked += AUTHORS_ASKED_MAX) {
    const posts = await views.find('posts', {
      where: { author: authors.slice(asked, asked + AUTHORS_ASKED_MAX) },
      ...(Object.keys(bounds).length === 0 ? {} : { range: { field: '_id', ...bounds } }),
      order: { _id: -1 },
      limit,
    });
    ids.push(...posts.map(({ post }) => post));
  }
  return ids.sort((a, b) => (a < b ? 1 : -1)).slice(0, limit);
}
