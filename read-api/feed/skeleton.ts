/**
 * Which posts, by id: the warm feed above its floor, the views below it. What no fan-out writes into the feed is merged in here: the
 * reader's own posts, so that one is there at once, and those of authors whom too many follow. Where several sources meet, nothing
 * is trusted below the highest floor.
 */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { FEED_POSTS_MAX, type FeedCache, type FeedPage } from '../../ports/feed-cache/port.ts';
import type { ActiveViews } from '../../projections/query/read-views.ts';
import { authorsOf, pulledAuthorsOf } from './feed-authors.ts';
import { newestFirst, newestPosts } from './posts-in-views.ts';
import type { FeedQuery, Skeleton } from './stages.ts';

const BUILD_TRIES_MAX = 3;

export type SkeletonDependencies = {
  readonly views: Pick<ActiveViews, 'find' | 'getMany' | 'pluck'>;
  readonly feedCache: Pick<FeedCache, 'page' | 'begin' | 'warm'>;
  readonly clock: () => Instant;
};

export function createSkeletons(
  dependencies: SkeletonDependencies,
  { feedPostsMax = FEED_POSTS_MAX }: { readonly feedPostsMax?: number } = {},
): (query: FeedQuery) => Promise<Skeleton> {
  const { feedCache } = dependencies;
  const building = new Map<PersonId, Promise<FeedPage>>();

  /** One build a reader at a time, whoever asks. */
  const built = (reader: PersonId): Promise<FeedPage> => {
    const running = building.get(reader);
    if (running !== undefined) return running;
    const build = buildFeed(dependencies, { reader, feedPostsMax }).finally(() => building.delete(reader));
    building.set(reader, build);
    return build;
  };

  return async (query) => {
    const { reader, limit, before } = query;
    const page = (await feedCache.page(reader, { limit, ...(before === undefined ? {} : { before }) })) ?? pageOf(await built(reader), query);
    return page.posts.length === 0 && page.floor !== null ? belowFloor(dependencies, query) : aboveFloor(dependencies, query, page);
  };
}

async function aboveFloor({ views, clock }: SkeletonDependencies, { reader, before, limit }: FeedQuery, { posts, floor }: FeedPage): Promise<Skeleton> {
  const isFull = posts.length >= limit;
  const lowest = isFull ? (posts.at(-1) ?? floor) : floor;
  const bounds = { ...(lowest === null ? {} : { after: lowest }), ...(before === undefined ? {} : { before }), limit, at: clock() };
  const [own, pulled] = await Promise.all([
    newestPosts(views, { authors: [reader], ...bounds }),
    pulledAuthorsOf(views, { reader, since: lowest }).then((authors) => newestPosts(views, { authors, ...bounds })),
  ]);
  const ids = [...new Set([...posts, ...own.ids, ...pulled.ids])].sort(newestFirst);
  return { ids: ids.slice(0, limit), complete: floor === null && !isFull && own.complete && pulled.complete && ids.length <= limit };
}

/** The feed goes on from the views, as if there were no cache. */
async function belowFloor({ views, clock }: SkeletonDependencies, { reader, before, limit }: FeedQuery): Promise<Skeleton> {
  return newestPosts(views, { authors: await authorsOf(views, reader), limit, at: clock(), ...(before === undefined ? {} : { before }) });
}

type Build = { readonly reader: PersonId; readonly feedPostsMax: number };

/** A feed that is cold again as soon as it was built was dropped meanwhile: the reader has new authors, perhaps since the views were read. */
async function buildFeed(dependencies: SkeletonDependencies, build: Build): Promise<FeedPage> {
  for (let tries = 1; ; tries++) {
    const page = await buildOnce(dependencies, build);
    if (tries >= BUILD_TRIES_MAX || (await dependencies.feedCache.page(build.reader, { limit: 1 })) !== undefined) return page;
  }
}

/** From `begin` on what is posted lands in the feed, so that nothing falls between reading the views and warming it. */
async function buildOnce({ views, feedCache, clock }: SkeletonDependencies, { reader, feedPostsMax }: Build): Promise<FeedPage> {
  const token = await feedCache.begin(reader);
  const { ids, complete } = await newestPosts(views, { authors: await authorsOf(views, reader), limit: feedPostsMax, at: clock() });
  // Complete above the floor: the floor itself and what is below it is the views' to know, so the oldest one read becomes the floor.
  const page: FeedPage = complete ? { posts: ids, floor: null } : { posts: ids.slice(0, -1), floor: ids.at(-1) ?? null };
  await feedCache.warm(reader, token, page);
  return page;
}

function pageOf({ posts, floor }: FeedPage, { before, limit }: FeedQuery): FeedPage {
  return { posts: posts.filter((id) => before === undefined || id < before).slice(0, limit), floor };
}
