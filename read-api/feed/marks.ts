/**
 * What people have made of posts, as a reader may know it: the counters, without the likes, reactions, replies, quotes and shares of people
 * on the other side of a block, and what the reader has done. What is for fewer readers than the post itself is in no counter at all.
 */
import { FURTHER_REACTIONS, type ReactionKind } from '../../domain/feed/reaction-kinds.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { QUERY_LIMIT_MAX, QUERY_LIST_MAX } from '../../ports/views/port.ts';
import { likeId, type PostCounters } from '../../projections/read-models/posts.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';

const COUNTED = ['likes', 'replies', 'quotes', 'shares', ...FURTHER_REACTIONS] as const satisfies readonly (keyof PostCounters)[];

/** `reaction`, `liked` and `shared` are the reader's. */
export type Marks = { readonly counters: PostCounters; readonly liked: boolean; readonly reaction: ReactionKind | null; readonly shared: boolean };

type Asked = {
  readonly reader: PersonId;
  readonly ids: readonly PostId[];
  /** `peopleAcrossBlocks` of the reader: asked for once, and meanwhile. */
  readonly across: Promise<readonly PersonId[]>;
};

/** Of every one of these posts: a fixed number of reads at once, and a second time for a reader with blocks. */
export async function loadMarks(views: Pick<TidingsViews, 'getMany' | 'find'>, { reader, ids, across }: Asked): Promise<ReadonlyMap<PostId, Marks>> {
  if (ids.length === 0) return new Map();
  const own = ids.map((post) => likeId(post, reader));
  const [counters, likes, reactions, references] = await Promise.all([
    loadCounters(views, ids, across),
    views.getMany('likes', own),
    views.getMany('post-reactions', own),
    views.find('post-references', { where: { by: reader, of: ids }, limit: QUERY_LIMIT_MAX }),
  ]);
  const shared = new Set(references.flatMap(({ of, kind }) => (kind === 'shares' ? [of] : [])));
  return new Map(
    counters.map((of, i): [PostId, Marks] => {
      const post = ids[i] as PostId;
      const liked = likes[i] !== undefined;
      return [post, { counters: of, liked, reaction: liked ? 'like' : (reactions[i]?.kind ?? null), shared: shared.has(post) }];
    }),
  );
}

type Counting = { -readonly [Kind in keyof PostCounters]: number };

async function loadCounters(
  views: Pick<TidingsViews, 'getMany' | 'find'>,
  posts: readonly PostId[],
  across: Promise<readonly PersonId[]>,
): Promise<readonly PostCounters[]> {
  const [found, hidden] = await Promise.all([views.getMany('post-counters', posts), across]);
  // Field by field: a document has more than these.
  const counters = found.map((of: Partial<PostCounters> = {}) => Object.fromEntries(COUNTED.map((kind) => [kind, of[kind] ?? 0])) as Counting);
  const counted = posts.filter((_, i) => found[i] !== undefined);
  if (hidden.length === 0 || counted.length === 0) return counters;
  const of = new Map(posts.map((post, i) => [post, counters[i]]));
  for (const { post, kind } of await countedOf(views, hidden, counted)) {
    const counting = of.get(post);
    if (counting !== undefined) counting[kind] = Math.max(0, counting[kind] - 1); // the two were not read at one moment
  }
  return counters;
}

/** At most as many as one query returns of each direction. */
export async function peopleAcrossBlocks(views: Pick<TidingsViews, 'pluck'>, reader: PersonId): Promise<readonly PersonId[]> {
  const [blocked, blockers] = await Promise.all([
    views.pluck('relationships', 'to', { where: { from: reader, kind: 'block' }, limit: QUERY_LIMIT_MAX }),
    views.pluck('relationships', 'from', { where: { to: reader, kind: 'block' }, limit: QUERY_LIMIT_MAX }),
  ]);
  return [...new Set([...blocked, ...blockers])];
}

type Counted = { readonly post: PostId; readonly kind: keyof PostCounters };

/** What these people have added to the counters of these posts. */
async function countedOf(views: Pick<TidingsViews, 'find'>, people: readonly PersonId[], posts: readonly PostId[]): Promise<readonly Counted[]> {
  const chunks = Array.from({ length: Math.ceil(people.length / QUERY_LIST_MAX) }, (_, i) => people.slice(i * QUERY_LIST_MAX, (i + 1) * QUERY_LIST_MAX));
  const found = await Promise.all(
    chunks.map(async (chunk): Promise<readonly Counted[]> => {
      const [references, likes, reactions] = await Promise.all([
        views.find('post-references', { where: { by: chunk, of: posts }, limit: QUERY_LIMIT_MAX }),
        views.find('likes', { where: { person: chunk, post: posts }, limit: QUERY_LIMIT_MAX }),
        views.find('post-reactions', { where: { person: chunk, post: posts }, limit: QUERY_LIMIT_MAX }),
      ]);
      return [...references.map(({ of, kind }) => ({ post: of, kind })), ...likes.map(({ post }) => ({ post, kind: 'likes' as const })), ...reactions];
    }),
  );
  return found.flat();
}
