/**
 * What people have made of posts, as a reader may know it: the counters, without the likes, reactions, replies, quotes and shares of people
 * on the other side of a block, and what the reader has done. What is for fewer readers than the post itself is in no counter at all.
 */
import { FURTHER_REACTIONS, type FurtherReaction, type ReactionKind } from '../../domain/feed/reaction-kinds.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { QUERY_LIMIT_MAX, QUERY_LIST_MAX } from '../../ports/views/port.ts';
import { likeId, type PostCounters } from '../../projections/read-models/posts.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';

const COUNTED = ['likes', 'replies', 'quotes', 'shares', ...FURTHER_REACTIONS] as const satisfies readonly (keyof PostCounters)[];

/** `reaction`, `liked` and `shared` are the reader's. */
export type Marks = { readonly counters: PostCounters; readonly liked: boolean; readonly reaction: ReactionKind | null; readonly shared: boolean };

/** Asks once for the people on the other side of a block, and only when somebody wants to know. */
export type AskAcrossBlocks = () => Promise<readonly PersonId[]>;

type Asked = { readonly reader: PersonId; readonly ids: readonly PostId[]; readonly across: AskAcrossBlocks };

/**
 * Of every one of these posts: the counters first, and then what they leave open: whether the reader is one of those who like a post
 * that somebody likes, and whom of them a block hides.
 */
export async function loadMarks(views: Pick<TidingsViews, 'getMany' | 'find'>, { reader, ids, across }: Asked): Promise<ReadonlyMap<PostId, Marks>> {
  if (ids.length === 0) return new Map();
  const found = await views.getMany('post-counters', ids);
  const counters = new Map(ids.map((post, i) => [post, countingOf(found[i])]));
  const withSome = (kinds: readonly (keyof PostCounters)[]) => ids.filter((post) => kinds.some((kind) => (counters.get(post)?.[kind] ?? 0) > 0));
  const [liked, reactions, shared] = await Promise.all([
    likedAmong(views, reader, withSome(['likes'])),
    reactionsTo(views, reader, withSome(FURTHER_REACTIONS)),
    sharedAmong(views, reader, withSome(['shares'])),
    takeAcrossBlocks(views, { posts: withSome(COUNTED), across, counters }),
  ]);
  return new Map(
    [...counters].map(([post, of]): [PostId, Marks] => [
      post,
      { counters: of, liked: liked.has(post), reaction: liked.has(post) ? 'like' : (reactions.get(post) ?? null), shared: shared.has(post) },
    ]),
  );
}

async function likedAmong(views: Pick<TidingsViews, 'getMany'>, reader: PersonId, posts: readonly PostId[]): Promise<ReadonlySet<PostId>> {
  if (posts.length === 0) return new Set();
  const likes = await views.getMany(
    'likes',
    posts.map((post) => likeId(post, reader)),
  );
  return new Set(posts.filter((_, i) => likes[i] !== undefined));
}

async function reactionsTo(views: Pick<TidingsViews, 'getMany'>, reader: PersonId, posts: readonly PostId[]): Promise<ReadonlyMap<PostId, FurtherReaction>> {
  if (posts.length === 0) return new Map();
  const reactions = await views.getMany(
    'post-reactions',
    posts.map((post) => likeId(post, reader)),
  );
  return new Map(reactions.flatMap((reaction) => (reaction === undefined ? [] : [[reaction.post, reaction.kind]])));
}

async function sharedAmong(views: Pick<TidingsViews, 'find'>, reader: PersonId, posts: readonly PostId[]): Promise<ReadonlySet<PostId>> {
  if (posts.length === 0) return new Set();
  const references = await views.find('post-references', { where: { by: reader, of: posts }, limit: QUERY_LIMIT_MAX });
  return new Set(references.flatMap(({ of, kind }) => (kind === 'shares' ? [of] : [])));
}

type Counting = { -readonly [Kind in keyof PostCounters]: number };

const ZEROS = Object.fromEntries(COUNTED.map((kind) => [kind, 0])) as Counting;

/** Field by field: a document has more than these. */
function countingOf(document: Partial<PostCounters> | undefined): Counting {
  const counting = { ...ZEROS };
  if (document !== undefined) for (const kind of COUNTED) counting[kind] = document[kind] ?? 0;
  return counting;
}

type Hidden = { readonly posts: readonly PostId[]; readonly across: AskAcrossBlocks; readonly counters: ReadonlyMap<PostId, Counting> };

/** Takes what a block hides out of the counters. */
async function takeAcrossBlocks(views: Pick<TidingsViews, 'find'>, { posts, across, counters }: Hidden): Promise<void> {
  if (posts.length === 0) return;
  const people = await across();
  if (people.length === 0) return;
  for (const { post, kind } of await countedOf(views, people, posts)) {
    const counting = counters.get(post);
    if (counting !== undefined) counting[kind] = Math.max(0, counting[kind] - 1); // the two were not read at one moment
  }
}

/** Answers at most as many people as one query returns of each direction. Few people have blocks: for the others it is one document, or none. */
export function askAcrossBlocks(views: Pick<TidingsViews, 'getMany' | 'pluck'>, reader: PersonId): AskAcrossBlocks {
  let asked: Promise<readonly PersonId[]> | undefined;
  const ask = async (): Promise<readonly PersonId[]> => {
    const [counts] = await views.getMany('relationship-counts', [reader]);
    if (counts === undefined || counts.blocks === 0) return [];
    const [blocked, blockers] = await Promise.all([
      views.pluck('relationships', 'to', { where: { from: reader, kind: 'block' }, limit: QUERY_LIMIT_MAX }),
      views.pluck('relationships', 'from', { where: { to: reader, kind: 'block' }, limit: QUERY_LIMIT_MAX }),
    ]);
    return [...new Set([...blocked, ...blockers])];
  };
  return () => (asked ??= ask());
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
