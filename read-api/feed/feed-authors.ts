/** The authors of a feed. Mutes and blocks are left to the rules. */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { QUERY_LIMIT_MAX } from '../../ports/views/port.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { loadReaderRelations } from '../reader-relations.ts';

/** The reader, the reader's friends, and the people the reader follows: at most as many as one query returns of each. */
export async function authorsOf(views: Pick<TidingsViews, 'pluck'>, reader: PersonId): Promise<readonly PersonId[]> {
  const [friends, follows] = await Promise.all([
    views.pluck('friends', 'friend', { where: { person: reader }, limit: QUERY_LIMIT_MAX }),
    views.pluck('relationships', 'to', { where: { from: reader, kind: 'follow' }, limit: QUERY_LIMIT_MAX }),
  ]);
  return [...new Set([reader, ...friends, ...follows])];
}

/**
 * Those authors of the reader's feed who have too many followers for a fan-out, and who have posted since. There are few of them in
 * the whole installation, so they are looked up first, and then reduced to those that the reader follows or is friends with.
 */
export async function pulledAuthorsOf(
  views: Pick<TidingsViews, 'find' | 'getMany'>,
  { reader, since }: { readonly reader: PersonId; readonly since: PostId | null },
): Promise<readonly PersonId[]> {
  const pulled = await views.find('authors', {
    range: { field: 'lastPulledPost', after: since ?? '' },
    order: { lastPulledPost: -1 },
    limit: QUERY_LIMIT_MAX,
  });
  const authors = pulled.map(({ author }) => author).filter((author) => author !== reader);
  const relations = await loadReaderRelations(views, reader, authors);
  return authors.filter((author) => relations.get(author)?.isFriend === true || relations.get(author)?.isFollowed === true);
}
