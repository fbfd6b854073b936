/** Whose posts a feed is made of. Who was muted or blocked is the rules' matter. */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { QUERY_LIMIT_MAX } from '../../ports/views/port.ts';
import type { ActiveViews } from '../../projections/query/read-views.ts';
import { relationsTo } from '../relations.ts';

/** Friends and follows, of which there are at most as many as one query answers, and oneself. */
export async function authorsOf(views: Pick<ActiveViews, 'pluck'>, reader: PersonId): Promise<readonly PersonId[]> {
  const [friends, follows] = await Promise.all([
    views.pluck('friends', 'friend', { where: { person: reader }, limit: QUERY_LIMIT_MAX }),
    views.pluck('relationships', 'to', { where: { from: reader, kind: 'follow' }, limit: QUERY_LIMIT_MAX }),
  ]);
  return [...new Set([reader, ...friends, ...follows])];
}

/**
 * Those of them whose posts no fan-out writes into feeds, because too many follow them, and who have posted such a one since. They
 * are few in the whole installation, so that they are looked up first, and then which of them the reader has chosen.
 */
export async function pulledAuthorsOf(
  views: Pick<ActiveViews, 'find' | 'getMany'>,
  { reader, since }: { readonly reader: PersonId; readonly since: PostId | null },
): Promise<readonly PersonId[]> {
  const pulled = await views.find('authors', {
    range: { field: 'lastPulledPost', after: since ?? '' },
    order: { lastPulledPost: -1 },
    limit: QUERY_LIMIT_MAX,
  });
  const authors = pulled.map(({ author }) => author).filter((author) => author !== reader);
  const relations = await relationsTo(views, reader, authors);
  return authors.filter((author) => relations.get(author)?.friend === true || relations.get(author)?.followed === true);
}
