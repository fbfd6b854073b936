/** The hydration stage: the content of posts, and the relations of their authors to the reader; as much as the rules need. */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { TidingsViews } from '../../projections/query/tidings-views.ts';
import type { PostDocument } from '../../projections/read-models/posts.ts';
import { loadReaderRelations, type ReaderRelations } from '../reader-relations.ts';

type Hydrated = { readonly posts: readonly PostDocument[]; readonly relations: ReaderRelations };

/** In the order of the ids; deleted posts are left out. */
export async function hydrate(views: Pick<TidingsViews, 'getMany'>, reader: PersonId, ids: readonly PostId[]): Promise<Hydrated> {
  const posts = (await views.getMany('posts', ids)).filter((post) => post !== undefined);
  const authors = new Set(posts.map(({ author }) => author));
  authors.delete(reader);
  return { posts, relations: await loadReaderRelations(views, reader, [...authors]) };
}
