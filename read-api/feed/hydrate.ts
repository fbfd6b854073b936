/**
 * The hydration stage: the content of posts and of those that they refer to, and how their authors stand to the reader, which is what
 * the rules need; and what is shown beside them.
 */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { latestOfSortable, positionOfSortable } from '../../ports/event-log/position.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { PostDocument } from '../../projections/read-models/posts.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { loadNames, type NamedPerson } from '../named-person.ts';
import { loadReaderRelations, type ReaderRelations } from '../reader-relations.ts';
import { askAcrossBlocks, loadMarks, type AskAcrossBlocks, type Marks } from './marks.ts';

export type PostDependencies = Pick<ReadDependencies, 'waitForViews'> &
  Partial<Pick<ReadDependencies, 'pageBytesMax' | 'mediaUrls'>> & {
    readonly views: Pick<ReadDependencies['views'], 'getMany' | 'find' | 'pluck'>;
    readonly logFacts: Pick<ReadDependencies['logFacts'], 'isBlockedBy' | 'areFriends'>;
  };

type HydrationDependencies = Pick<PostDependencies, 'waitForViews' | 'logFacts'> & { readonly views: Pick<PostDependencies['views'], 'getMany'> };

/** What is around posts. `references`: the posts that they answer, quote and share, and so on where those are shown as well. */
export type Surroundings = { readonly references: ReadonlyMap<PostId, PostDocument>; readonly relations: ReaderRelations };

type Hydrated = Surroundings & { readonly posts: readonly PostDocument[] };

/** What is shown beside posts: the names of their authors, and what people have made of them. */
export type ShownBeside = { readonly names: ReadonlyMap<string, NamedPerson>; readonly marks: ReadonlyMap<PostId, Marks> };

type HydratedToShow = Hydrated & ShownBeside;

/** A share shows a post, which shows the one that it quotes, which says whether it is a reply. */
const REFERENCES_DEPTH_MAX = 3;

/** `relationsOf`: `log` is for a single post, where a block or the end of a friendship holds from the moment in which it is acknowledged. */
export type Hydration = { readonly reader: PersonId; readonly ids: readonly PostId[]; readonly relationsOf?: 'views' | 'log' };

/** In the order of the ids; deleted posts are left out. */
export async function hydrate(dependencies: HydrationDependencies, hydration: Hydration): Promise<Hydrated> {
  const posts = await loadPosts(dependencies.views, hydration.ids);
  const references = await loadReferences(dependencies.views, posts);
  return { posts, references, relations: await loadRelations(dependencies, hydration, [...posts, ...references.values()]) };
}

/**
 * The same with what is shown beside a post. Whatever is found by the ids is asked for at once, and then whatever is found by the
 * authors, and by the counters: two waves of queries, and up to two more where posts refer to others.
 */
export async function hydrateToShow(dependencies: PostDependencies, hydration: Hydration): Promise<HydratedToShow> {
  const { views } = dependencies;
  const { reader, ids } = hydration;
  const across = askAcrossBlocks(views, reader);
  const [{ posts, beside, marksWithin }, marks] = await Promise.all([loadShown(dependencies, hydration, across), loadMarks(views, { reader, ids, across })]);
  return { posts, ...beside, marks: new Map([...marks, ...marksWithin]) };
}

/** All but the marks of the posts themselves. */
async function loadShown(dependencies: PostDependencies, hydration: Hydration, across: AskAcrossBlocks) {
  const { views } = dependencies;
  const { reader, ids } = hydration;
  const posts = await loadPosts(views, ids);
  const references = await loadReferences(views, posts);
  const all = [...posts, ...references.values()];
  const known = new Set(ids);
  const within = [...new Set(all.flatMap(({ quotes, shares }) => [quotes, shares]))].filter((id) => id !== null && references.has(id) && !known.has(id));
  const [relations, names, marksWithin] = await Promise.all([
    loadRelations(dependencies, hydration, all),
    loadNames(views, [...new Set(all.map(({ author }) => author))]),
    loadMarks(views, { reader, ids: within as PostId[], across }),
  ]);
  return { posts, beside: { references, relations, names: new Map(names.map((named) => [named.id, named])) }, marksWithin };
}

const loadPosts = async (views: HydrationDependencies['views'], ids: readonly PostId[]): Promise<readonly PostDocument[]> =>
  (await views.getMany('posts', ids)).filter((post) => post !== undefined);

async function loadRelations(
  dependencies: HydrationDependencies,
  { reader, relationsOf = 'views' }: Hydration,
  posts: readonly PostDocument[],
): Promise<ReaderRelations> {
  const ofOthers = posts.filter(({ author }) => author !== reader);
  const people = [...new Set(ofOthers.flatMap(({ author, circle }) => [author, circle]))].filter((person) => person !== reader);
  const asked = relationsOf === 'log' ? { blocks: people, friends: people } : await peopleAhead(dependencies, ofOthers);
  const relations = await loadReaderRelations(dependencies.views, reader, people);
  return withRelationsOfLog(dependencies, reader, { relations, asked });
}

async function peopleAhead(dependencies: HydrationDependencies, posts: readonly PostDocument[]): Promise<Asked> {
  const [aheadOfBlocks, aheadOfFriends] = await Promise.all([
    documentsAhead(dependencies, 'relationships', posts),
    documentsAhead(dependencies, 'friends', posts.filter(isForFriends)),
  ]);
  return { blocks: aheadOfBlocks.flatMap(({ author, circle }) => [author, circle]), friends: aheadOfFriends.map(({ circle }) => circle) };
}

const isForFriends = ({ visibility }: PostDocument) => visibility === 'friends';

async function loadReferences(views: HydrationDependencies['views'], posts: readonly PostDocument[]): Promise<ReadonlyMap<PostId, PostDocument>> {
  const references = new Map<PostId, PostDocument>();
  let shown = posts;
  for (let depth = 0; depth < REFERENCES_DEPTH_MAX && shown.length > 0; depth++) {
    const wanted = new Set(shown.flatMap(({ replyTo, quotes, shares }) => [replyTo, quotes, shares]).filter((id) => id !== null));
    const missing = [...wanted].filter((id) => !references.has(id));
    if (missing.length > 0) for (const found of await views.getMany('posts', missing)) if (found !== undefined) references.set(found.post, found);
    shown = shown.flatMap(({ quotes, shares }) => [quotes, shares]).flatMap((id) => (id === null ? [] : (references.get(id) ?? [])));
  }
  return references;
}

/**
 * The posts that are newer than what this view has come to. A block or the end of a friendship that came before such a post may not be
 * in the view yet; it is in the view for every other post.
 */
async function documentsAhead(
  { waitForViews }: HydrationDependencies,
  view: 'relationships' | 'friends',
  posts: readonly PostDocument[],
): Promise<readonly PostDocument[]> {
  const isCovered = async (position: Position | undefined) => position === undefined || waitForViews([view], position, { deadlineMs: 0 });
  if (await isCovered(latestOfSortable(posts.flatMap(({ position }: Positioned) => position ?? [])))) return [];
  const covered = await Promise.all(posts.map(({ position }: Positioned) => isCovered(position === undefined ? undefined : positionOfSortable(position))));
  return posts.filter((_, i) => covered[i] !== true);
}

/** Every document carries the position that changed it last. */
type Positioned = PostDocument & { readonly position?: string };

/** People about whom the log is asked, since a view may be late. */
type Asked = { readonly blocks: readonly PersonId[]; readonly friends: readonly PersonId[] };

async function withRelationsOfLog(
  { logFacts }: HydrationDependencies,
  reader: PersonId,
  { relations, asked }: { readonly relations: ReaderRelations; readonly asked: Asked },
): Promise<ReaderRelations> {
  if (asked.blocks.length === 0 && asked.friends.length === 0) return relations;
  const [blocks, friends] = [new Set(asked.blocks), new Set(asked.friends)];
  const entries = await Promise.all(
    Array.from(relations, async ([person, relation]) => {
      const [isBlocked, hasBlockedReader, isFriend] = await Promise.all([
        blocks.has(person) ? logFacts.isBlockedBy(person, reader) : relation.isBlocked,
        blocks.has(person) ? logFacts.isBlockedBy(reader, person) : relation.hasBlockedReader,
        friends.has(person) ? logFacts.areFriends(reader, person) : relation.isFriend,
      ]);
      return [person, { ...relation, isBlocked, hasBlockedReader, isFriend }] as const;
    }),
  );
  return new Map(entries);
}
