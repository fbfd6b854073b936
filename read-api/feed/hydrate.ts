/** The hydration stage: the content of posts, and the relations of their authors to the reader; as much as the rules need. */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { merge, positionOfSortable } from '../../ports/event-log/position.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { PostDocument } from '../../projections/read-models/posts.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { loadReaderRelations, type ReaderRelations } from '../reader-relations.ts';

export type PostDependencies = Pick<ReadDependencies, 'waitForViews'> &
  Partial<Pick<ReadDependencies, 'pageBytesMax'>> & {
    readonly views: Pick<ReadDependencies['views'], 'getMany'>;
    readonly logFacts: Pick<ReadDependencies['logFacts'], 'isBlockedBy'>;
  };

type Hydrated = { readonly posts: readonly PostDocument[]; readonly relations: ReaderRelations };

/** In the order of the ids; deleted posts are left out. */
export async function hydrate(dependencies: PostDependencies, reader: PersonId, ids: readonly PostId[]): Promise<Hydrated> {
  const { views } = dependencies;
  const posts = (await views.getMany('posts', ids)).filter((post) => post !== undefined);
  const ofOthers = posts.filter(({ author }) => author !== reader);
  const authors = [...new Set(ofOthers.map(({ author }) => author))];
  const aheadOfBlocks = await authorsAheadOfBlocks(dependencies, ofOthers);
  const relations = await loadReaderRelations(views, reader, authors);
  return { posts, relations: aheadOfBlocks.length === 0 ? relations : await withBlocksOfLog(dependencies, reader, { relations, authors: aheadOfBlocks }) };
}

/**
 * The authors of posts that are newer than what the view of relationships has come to. A block that came before such a post may not
 * be in the view yet; it is in the view for every other post.
 */
async function authorsAheadOfBlocks({ waitForViews }: PostDependencies, posts: readonly PostDocument[]): Promise<readonly PersonId[]> {
  const isCovered = async (position: Position | undefined) => position === undefined || waitForViews(['relationships'], position, { deadlineMs: 0 });
  const positions = posts.map(positionOf);
  if (await isCovered(positions.reduce(merge, undefined))) return [];
  const covered = await Promise.all(positions.map(isCovered));
  return [...new Set(posts.filter((_, i) => covered[i] !== true).map(({ author }) => author))];
}

/** Every document carries the position that changed it last. */
function positionOf(post: PostDocument & { readonly position?: string }): Position | undefined {
  return post.position === undefined ? undefined : positionOfSortable(post.position);
}

async function withBlocksOfLog(
  { logFacts }: PostDependencies,
  reader: PersonId,
  { relations, authors }: { readonly relations: ReaderRelations; readonly authors: readonly PersonId[] },
): Promise<ReaderRelations> {
  const asked = await Promise.all(
    authors.map(async (author) => {
      const [isBlocked, hasBlockedReader] = await Promise.all([logFacts.isBlockedBy(author, reader), logFacts.isBlockedBy(reader, author)]);
      const relation = relations.get(author);
      return relation === undefined ? [] : [[author, { ...relation, isBlocked, hasBlockedReader }] as const];
    }),
  );
  return new Map([...relations, ...asked.flat()]);
}
