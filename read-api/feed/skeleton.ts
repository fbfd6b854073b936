/**
 * The skeleton stage of the feed: the warm feed above its floor, the views below it, and alone while the cache is
 * away. Posts that no fan-out writes into the feed are
 * merged in here: the reader's own, so that a new one is there at once, and those of authors whom the feed says to pull. So are posts that
 * the fan-out has not brought yet, for a reader who asks for the feed as of a position. Where several sources meet, nothing is trusted
 * below the highest floor.
 */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { counted, emptyTallies, type CacheTallies } from '../../ports/cache-tallies.ts';
import { FEED_POSTS_MAX, type BuiltFeed, type FeedCache, type FeedPage } from '../../ports/feed-cache/port.ts';
import type { FeedLag } from '../../projections/view-access/feed-lag.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { authorsOf, pulledAmong } from './feed-authors.ts';
import { newestFirst, newestPosts } from './posts-in-views.ts';
import type { PageQuery, Skeleton, Stages } from './pipeline.ts';
import { createTimelines, type ReadTimelines } from './timelines.ts';
import { whileCached } from './while-cached.ts';

const BUILD_TRIES_MAX = 3;

export type FeedDependencies = {
  readonly views: Pick<TidingsViews, 'find' | 'getMany' | 'pluck'>;
  readonly feedCache: Pick<FeedCache, 'page' | 'beginBuild' | 'warm' | 'timelines' | 'keepTimeline'>;
  readonly feedLag: FeedLag;
  readonly clock: () => Instant;
  readonly caches?: Pick<CacheTallies, 'feed' | 'timelines' | 'shared-timelines'>;
};

export function createFeedSkeleton(
  dependencies: FeedDependencies,
  { feedPostsMax = FEED_POSTS_MAX }: { readonly feedPostsMax?: number } = {},
): Stages['skeleton'] {
  const { views, feedCache, feedLag, clock, caches = emptyTallies() } = dependencies;
  const readTimelines = createTimelines(dependencies);
  const building = new Map<PersonId, Promise<void>>();

  /** One build per reader at a time; concurrent requests share it. */
  const buildShared = (reader: PersonId): Promise<void> => {
    const running = building.get(reader);
    if (running !== undefined) return running;
    const build = buildFeed(dependencies, { reader, feedPostsMax }).finally(() => building.delete(reader));
    building.set(reader, build);
    return build;
  };

  /** A feed that was built is read again: posts may have landed in it meanwhile, and a build that another request began may be too old to count. */
  const warmPage = async ({ reader, limit, cursor }: PageQuery): Promise<FeedPage | undefined> => {
    const read = () => feedCache.page(reader, { limit, ...(cursor === undefined ? {} : { before: cursor }) });
    return counted(caches.feed, await read()) ?? (await buildShared(reader).then(read));
  };

  /** What is missing first: a post that is brought in between is in both, and in neither the other way round. */
  const warmPageAsOf = async (query: PageQuery) => {
    const { reader, upTo } = query;
    const missing = upTo === undefined ? [] : await feedLag.postsMissing(reader, upTo);
    const page = missing === undefined ? undefined : await whileCached(() => warmPage(query));
    return missing === undefined || page === undefined ? undefined : { ...page, missing };
  };

  return async (query) => {
    const { reader } = query;
    const [page, [own]] = await Promise.all([warmPageAsOf(query), views.getMany('timelines', [reader])]);
    if (page === undefined || (page.posts.length === 0 && page.floor !== null)) return fromViews(dependencies, query);
    return aboveFloor({ views, readTimelines, clock }, query, { ...page, newestOwn: own?.newest });
  };
}

/** `newestOwn`: undefined where the reader has never published. */
async function aboveFloor(
  { views, readTimelines, clock }: Pick<FeedDependencies, 'views' | 'clock'> & { readonly readTimelines: ReadTimelines },
  { reader, cursor, limit }: PageQuery,
  { posts, floor, pulled, missing, newestOwn }: FeedPage & { readonly missing: readonly PostId[]; readonly newestOwn: PostId | undefined },
): Promise<Skeleton> {
  const isFull = posts.length >= limit;
  const lowest = isFull ? (posts.at(-1) ?? floor) : floor;
  const bounds = { ...(lowest === null ? {} : { after: lowest }), ...(cursor === undefined ? {} : { before: cursor }), limit, at: clock() };
  const hasOwn = newestOwn !== undefined && (lowest === null || newestOwn > lowest);
  const [ofPulled, own] = await Promise.all([
    readTimelines({ authors: pulled, ...bounds }),
    newestPosts(views, { authors: hasOwn ? [reader] : [], ...bounds }),
  ]);
  const isWithin = (id: PostId) => (lowest === null || id > lowest) && (cursor === undefined || id < cursor);
  const ids = [...new Set([...posts, ...ofPulled.ids, ...own.ids, ...missing.filter(isWithin)])].sort(newestFirst);
  return { ids: ids.slice(0, limit), complete: floor === null && !isFull && own.complete && ofPulled.complete && ids.length <= limit };
}

/** The views alone, as if there were no cache. */
async function fromViews({ views, clock }: FeedDependencies, { reader, cursor, limit }: PageQuery): Promise<Skeleton> {
  return newestPosts(views, { authors: await authorsOf(views, reader), limit, at: clock(), ...(cursor === undefined ? {} : { before: cursor }) });
}

type Build = { readonly reader: PersonId; readonly feedPostsMax: number };

/** A feed that is cold again right after its build was invalidated meanwhile: the reader has new authors, perhaps since the views were read. */
async function buildFeed(dependencies: FeedDependencies, build: Build): Promise<void> {
  for (let tries = 1; ; tries++) {
    await buildOnce(dependencies, build);
    if (tries >= BUILD_TRIES_MAX || (await dependencies.feedCache.page(build.reader, { limit: 1 })) !== undefined) return;
  }
}

/**
 * From `beginBuild` on, new posts land in the feed, and so do authors who are pulled from then on, so that none is lost between reading
 * the views and warming it.
 */
async function buildOnce({ views, feedCache, clock }: FeedDependencies, { reader, feedPostsMax }: Build): Promise<void> {
  const token = await feedCache.beginBuild(reader);
  const authors = await authorsOf(views, reader);
  const [pulled, { ids, complete }] = await Promise.all([pulledAmong(views, authors), newestPosts(views, { authors, limit: feedPostsMax, at: clock() })]);
  // A feed is complete above its floor, and the views hold the rest; so the oldest post that was read becomes the floor.
  const feed: BuiltFeed = complete ? { posts: ids, floor: null } : { posts: ids.slice(0, -1), floor: ids.at(-1) ?? null };
  await feedCache.warm(reader, token, { ...feed, pulled });
}
