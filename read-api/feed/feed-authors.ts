/** The authors of a feed. Mutes and blocks are left to the rules. */
import type { PersonId } from '../../domain/shared/ids.ts';
import { QUERY_LIMIT_MAX } from '../../ports/views/port.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';

/** The reader, the reader's friends, and the people the reader follows: at most as many as one query returns of each. */
export async function authorsOf(views: Pick<TidingsViews, 'pluck'>, reader: PersonId): Promise<readonly PersonId[]> {
  const [friends, follows] = await Promise.all([
    views.pluck('friends', 'friend', { where: { person: reader }, limit: QUERY_LIMIT_MAX }),
    views.pluck('relationships', 'to', { where: { from: reader, kind: 'follow' }, limit: QUERY_LIMIT_MAX }),
  ]);
  return [...new Set([reader, ...friends, ...follows])];
}

/** Those of these authors whose posts may be in no feed: readers pull them. They are few in the whole installation, so they are found by id. */
export async function pulledAmong(views: Pick<TidingsViews, 'getMany'>, authors: readonly PersonId[]): Promise<readonly PersonId[]> {
  const modes = await views.getMany('delivery-modes', authors);
  return authors.filter((_, i) => modes[i] !== undefined && modes[i].mode !== 'push');
}
