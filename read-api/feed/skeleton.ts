/**
 * Which posts, by id: the warm feed above its floor, the views below it, and in either case one's own posts, merged in here so that
 * a post is in its author's feed at once. Where several sources meet, nothing is trusted below the highest floor.
 */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { FEED_POSTS_MAX, type FeedCache, type FeedPage } from '../../ports/feed-cache/port.ts';
import { QUERY_LIMIT_MAX } from '../../ports/views/port.ts';
import type { ActiveViews } from '../../projections/read-views.ts';
import { newestPosts } from './posts-in-views.ts';
import type { FeedQuery, Skeleton } from './sources.ts';

type Dependencies = { readonly views: Pick<ActiveViews, 'find'>; readonly feedCache: FeedCache; readonly clock: () => Instant };

export function createSkeletons(dependencies: Dependencies): (query: FeedQuery) => Promise<Skeleton> {
  const { views, feedCache, clock } = dependencies;
  const building = new Map<PersonId, Promise<FeedPage>>();

  /** One build a reader at a time, whoever asks. */
  const built = (reader: PersonId): Promise<FeedPage> => {
    const running = building.get(reader);
    if (running !== undefined) return running;
    const build = buildFeed(dependencies, reader).finally(() => building.delete(reader));
    building.set(reader, build);
    return build;
  };

  return async ({ reader, before, limit }) => {
    const page = (await feedCache.page(reader, { limit, ...(before === undefined ? {} : { before }) })) ?? pageOf(await built(reader), { before, limit });
    const fromFeed = page.posts.length >= limit || page.floor === null;
    if (!fromFeed && page.posts.length === 0) return belowFloor(dependencies, { reader, limit, ...(before === undefined ? {} : { before }) });
    // Pulled authors' outboxes join here, each with a floor of its own.
    const own = await newestPosts(views, { authors: [reader], limit, at: clock(), ...(before === undefined ? {} : { before }) });
    const floor = page.posts.length >= limit ? page.posts.at(-1) : page.floor;
    const ownAbove = own.ids.filter((id) => floor === null || floor === undefined || id > floor);
    const ids = [...new Set([...page.posts, ...ownAbove])].sort((a, b) => (a < b ? 1 : -1));
    return { ids: ids.slice(0, limit), complete: page.floor === null && page.posts.length < limit && own.complete && ids.length <= limit };
  };
}

/** The feed goes on from the views, as if there were no cache. */
async function belowFloor({ views, clock }: Dependencies, { reader, before, limit }: FeedQuery): Promise<Skeleton> {
  return newestPosts(views, { authors: await authorsOf(views, reader), limit, at: clock(), ...(before === undefined ? {} : { before }) });
}

/** From `begin` on what is posted lands in the feed, so that nothing falls between reading the views and warming it. */
async function buildFeed({ views, feedCache, clock }: Dependencies, reader: PersonId): Promise<FeedPage> {
  const token = await feedCache.begin(reader);
  const { ids, complete } = await newestPosts(views, { authors: await authorsOf(views, reader), limit: FEED_POSTS_MAX, at: clock() });
  // Complete above the floor: the floor itself and what is below it is the views' to know, so the oldest one read becomes the floor.
  const page: FeedPage = complete ? { posts: ids, floor: null } : { posts: ids.slice(0, -1), floor: ids.at(-1) ?? null };
  await feedCache.warm(reader, token, page);
  return page;
}

function pageOf({ posts, floor }: FeedPage, { before, limit }: { readonly before: PostId | undefined; readonly limit: number }): FeedPage {
  return { posts: posts.filter((id) => before === undefined || id < before).slice(0, limit), floor };
}

/** Friends, those one follows, and oneself. Who was muted or blocked is the rules' matter. */
async function authorsOf(views: Pick<ActiveViews, 'find'>, reader: PersonId): Promise<readonly PersonId[]> {
  const [friends, follows] = await Promise.all([
    views.find('friends', { where: { person: reader }, limit: QUERY_LIMIT_MAX }),
    views.find('connections', { where: { from: reader, kind: 'follow' }, limit: QUERY_LIMIT_MAX }),
  ]);
  return [...new Set([reader, ...friends.map(({ friend }) => friend), ...follows.map(({ to }) => to)])];
}
