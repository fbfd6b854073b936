/** What posts say now, and what stands between their authors and the reader: as much as the rules must know, and no more. */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { ActiveViews } from '../../projections/query/read-views.ts';
import { relationsTo } from '../relations.ts';
import type { Hydrated } from './stages.ts';

export async function hydrate(views: Pick<ActiveViews, 'getMany'>, reader: PersonId, ids: readonly PostId[]): Promise<Hydrated> {
  const posts = (await views.getMany('posts', ids)).filter((post) => post !== undefined);
  const authors = new Set(posts.map(({ author }) => author));
  authors.delete(reader);
  return { posts, relations: await relationsTo(views, reader, [...authors]) };
}
