/**
 * Every list of posts is made in four stages: the skeleton (which posts, by id), hydration (their content, their authors' relations to
 * the reader, and what is shown beside them), the rule (which of them the reader may see in this list), and presentation, which reads
 * nothing more. A pipeline joins the stages.
 */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { PostDocument } from '../../projections/read-models/posts.ts';
import { jsonBytesOf, PAGE_BYTES_MAX } from '../pages.ts';
import { hydrateToShow, type Hydration, type PostDependencies } from './hydrate.ts';
import { present, type ShownPost } from './present.ts';
import type { PostView } from './post-view.ts';
import type { Rule } from './rules.ts';

/** `upTo`: the views have come as far as this position, and so must the page. */
export type PageQuery = { readonly reader: PersonId; readonly cursor?: PostId; readonly limit: number; readonly upTo?: Position };

/** `next` is the cursor of the next page, and null at the end of the list. */
export type PostPage = { readonly posts: readonly PostView[]; readonly next: PostId | null };

/** Ids in the order of the list. `complete`: the list has nothing after them. */
export type Skeleton = { readonly ids: readonly PostId[]; readonly complete: boolean };

/** Of posts that a query for `limit` of them has found. */
export const skeletonOf = (found: readonly { readonly post: PostId }[], limit: number): Skeleton => ({
  ids: found.map(({ post }) => post),
  complete: found.length < limit,
});

export type Stages = {
  /** At most `limit` ids after the cursor; at least one, unless the skeleton is complete. */
  readonly skeleton: (query: PageQuery) => Promise<Skeleton>;
  readonly rule: Rule;
};

export type ReadPage = (query: PageQuery) => Promise<PostPage>;

/** A page that lost posts to the rule is refilled, with some to spare, at most this often. */
const OVERFETCH = 1.4;
const REFILLS_MAX = 5;
/** Posts whose texts are read at once: most pages are shorter. */
const HYDRATED_AT_ONCE = 50;
/** A post in a response has ids, times and a name beside what its author wrote, and each picture has its addresses. */
const ENVELOPE_BYTES = 1_024;
const MEDIA_ENVELOPE_BYTES = 1_536;

/** `next` is the last id scanned and not the last shown, and null only at the true end: the rule never ends a list early. A page ends where its texts would be too long, after one post at the least. */
export function createPipeline(dependencies: PostDependencies, { skeleton, rule }: Stages): ReadPage {
  const { pageBytesMax = PAGE_BYTES_MAX } = dependencies;
  return async ({ cursor: from, ...query }) => {
    const { reader, limit } = query;
    const shown: ShownPost[] = [];
    const pageUntil = (next: PostId | null): PostPage => ({ posts: present(reader, shown, dependencies.mediaUrls), next });
    let cursor = from;
    let bytes = 0;
    let visible: ReadonlyMap<PostId, ShownPost> = new Map();
    for (let refill = 0; refill <= REFILLS_MAX; refill++) {
      const missing = limit - shown.length;
      const wanted = (refill === 0 ? missing : Math.ceil(missing * OVERFETCH)) + 1; // the extra one tells whether there is more
      const { ids, complete } = await skeleton({ ...query, limit: wanted, ...(cursor === undefined ? {} : { cursor }) });
      for (const [i, id] of ids.entries()) {
        if (i % HYDRATED_AT_ONCE === 0) visible = await visiblePosts(dependencies, { reader, ids: ids.slice(i, i + HYDRATED_AT_ONCE), rule });
        const post = visible.get(id);
        bytes += post === undefined ? 0 : bytesOf(post);
        if (bytes > pageBytesMax && shown.length > 0 && cursor !== undefined) return pageUntil(cursor);
        if (post !== undefined) shown.push(post);
        cursor = id;
        if (shown.length === limit) return pageUntil(complete && i === ids.length - 1 ? null : id);
      }
      if (complete) return pageUntil(null);
    }
    return pageUntil(cursor ?? null);
  };
}

type Selected = Hydration & { readonly rule: Rule };

/** The same stages for posts that are already chosen, such as those of a live hint: those that the reader may see. */
export async function showPosts(dependencies: PostDependencies, selected: Selected): Promise<readonly PostView[]> {
  return present(selected.reader, [...(await visiblePosts(dependencies, selected)).values()], dependencies.mediaUrls);
}

async function visiblePosts(dependencies: PostDependencies, { rule, ...hydration }: Selected): Promise<ReadonlyMap<PostId, ShownPost>> {
  const { posts, ...surroundings } = await hydrateToShow(dependencies, hydration);
  return new Map(posts.filter((post) => rule(hydration.reader, post, surroundings)).map((post) => [post.post, { post, surroundings }]));
}

/** With the posts that are shown within it. */
function bytesOf({ post, surroundings: { references } }: ShownPost): number {
  const referred = (id: PostId | null) => (id === null ? undefined : references.get(id));
  const shared = referred(post.shares);
  const shown = [post, referred(post.quotes), shared, referred(shared?.quotes ?? null)];
  return shown.reduce((sum, one) => (one === undefined ? sum : sum + ownBytesOf(one)), 0);
}

/** Links are longer as addresses than in the text, and what is said of pictures may be longer than the text. */
function ownBytesOf({ text, entities, media, hiddenStatement }: PostDocument): number {
  const beside = [entities, hiddenStatement].reduce((sum, one) => (one === null ? sum : sum + jsonBytesOf(one)), 0);
  const ofMedia = (media ?? []).reduce((sum, { alt }) => sum + jsonBytesOf(alt) + MEDIA_ENVELOPE_BYTES, 0);
  return ENVELOPE_BYTES + jsonBytesOf(text) + beside + ofMedia;
}
