/**
 * The counters of posts as a reader may know them: without the likes, reactions, replies, quotes and shares of people on the other side of a block.
 * What is for fewer readers than the post itself is in no counter at all.
 */
import { FURTHER_REACTIONS } from '../../domain/feed/reaction-kinds.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { QUERY_LIMIT_MAX, QUERY_LIST_MAX } from '../../ports/views/port.ts';
import type { PostCounters } from '../../projections/read-models/posts.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';

const COUNTED = ['likes', 'replies', 'quotes', 'shares', ...FURTHER_REACTIONS] as const satisfies readonly (keyof PostCounters)[];

/** For every one of the posts. */
export async function loadCounters(
  views: Pick<TidingsViews, 'getMany' | 'find' | 'pluck'>,
  reader: PersonId,
  posts: readonly PostId[],
): Promise<ReadonlyMap<PostId, PostCounters>> {
  const [found, hidden] = await Promise.all([views.getMany('post-counters', posts), peopleAcrossBlocks(views, reader)]);
  // Field by field: a document has more than these.
  const counters = new Map(
    posts.map((post, i) => {
      const of: Partial<PostCounters> = found[i] ?? {};
      return [post, Object.fromEntries(COUNTED.map((kind) => [kind, of[kind] ?? 0])) as { -readonly [Kind in keyof PostCounters]: number }];
    }),
  );
  const counted = posts.filter((_, i) => found[i] !== undefined);
  if (hidden.length === 0 || counted.length === 0) return counters;
  for (const { post, kind } of await countedOf(views, hidden, counted)) {
    const of = counters.get(post);
    if (of !== undefined) of[kind] = Math.max(0, of[kind] - 1); // the two were not read at one moment
  }
  return counters;
}

/** At most as many as one query returns of each direction. */
async function peopleAcrossBlocks(views: Pick<TidingsViews, 'pluck'>, reader: PersonId): Promise<readonly PersonId[]> {
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
