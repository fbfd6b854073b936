/** Feeds in this process: the newest posts of each as one sorted list, the feeds in the order in which they were last read. */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { dropOldest, emptyTally, type CacheTally } from '../cache-tallies.ts';
import { FEED_POSTS_MAX, FEED_SLACK_POSTS, type FeedCache, type FeedPage, type Timeline } from './port.ts';

/** Some 20 KB each. */
const TIMELINES_MAX = 2_000;

/** Beyond `feedsMax` the least recently read feed becomes cold. */
export async function startMemoryFeedCache({ feedsMax, tally = emptyTally() }: { readonly feedsMax: number; readonly tally?: CacheTally }): Promise<FeedCache> {
  const feeds = new Map<PersonId, Feed>();
  const timelines = new Map<PersonId, Timeline>();
  let builds = 0;

  const warmFeed = (reader: PersonId): Feed | undefined => {
    const feed = feeds.get(reader);
    if (feed === undefined || !feed.isWarm) return undefined;
    touch(reader, feed);
    return feed;
  };
  const touch = (reader: PersonId, feed: Feed) => {
    feeds.delete(reader);
    feeds.set(reader, feed);
  };

  return {
    page: async (reader, options) => {
      const feed = warmFeed(reader);
      return feed === undefined ? undefined : pageOf(feed, options);
    },
    add: async (post, readers) => {
      const cached = readers.filter((reader) => feeds.has(reader));
      return { warm: cached.length, newFor: cached.filter((reader) => addTo(feeds.get(reader), post)) };
    },
    pull: async (author, readers) => {
      const cached = readers.flatMap((reader) => feeds.get(reader) ?? []);
      for (const { pulled } of cached) pulled.add(author);
      return cached.length;
    },
    beginBuild: async (reader) => {
      const token = String(++builds);
      touch(reader, { token, isWarm: false, posts: [], floor: null, pulled: new Set() });
      if (feeds.size > feedsMax) dropOldest(feeds, tally); // the least recently read
      return token;
    },
    warm: async (reader, token, page) => {
      const feed = feeds.get(reader);
      if (feed?.token !== token || feed.isWarm) return;
      feed.isWarm = true;
      feed.floor = higher(feed.floor, page.floor);
      feed.posts = [...new Set([...feed.posts, ...page.posts])].filter((post) => isAbove(feed, post)).sort();
      for (const author of page.pulled ?? []) feed.pulled.add(author);
      trim(feed);
    },
    warmToken: async (reader) => warmFeed(reader)?.token,
    invalidate: async (readers) => {
      for (const reader of readers) feeds.delete(reader);
    },
    invalidateAll: async () => feeds.clear(),
    timelines: async (authors) => authors.map((author) => timelines.get(author)),
    keepTimeline: async (author, timeline) => {
      timelines.delete(author);
      timelines.set(author, timeline);
      const [oldest] = timelines.keys();
      if (timelines.size > TIMELINES_MAX && oldest !== undefined) timelines.delete(oldest);
    },
    [Symbol.asyncDispose]: async () => feeds.clear(),
  };
}

type Feed = {
  /** `warm` must be called with it. */
  readonly token: string;
  isWarm: boolean;
  /** Oldest first, so that a new post goes to the end. All above the floor. */
  posts: PostId[];
  floor: PostId | null;
  readonly pulled: Set<PersonId>;
};

function pageOf({ posts, floor, pulled }: Feed, { before, limit }: { readonly before?: PostId; readonly limit: number }): FeedPage {
  const end = before === undefined ? posts.length : indexFor(posts, before);
  return { posts: posts.slice(Math.max(0, end - limit), end).reverse(), floor, pulled: [...pulled] };
}

/** Whether the post was new in the feed. */
function addTo(feed: Feed | undefined, post: PostId): boolean {
  if (feed === undefined || !isAbove(feed, post)) return false;
  const { posts } = feed;
  const newest = posts.at(-1);
  if (newest === undefined || post > newest) {
    posts.push(post);
  } else {
    const index = indexFor(posts, post);
    if (posts[index] === post) return false;
    posts.splice(index, 0, post);
  }
  trim(feed);
  return true;
}

function trim(feed: Feed): void {
  if (feed.posts.length <= FEED_POSTS_MAX + FEED_SLACK_POSTS) return;
  const removed = feed.posts.splice(0, feed.posts.length - FEED_POSTS_MAX);
  feed.floor = removed.at(-1) ?? feed.floor;
}

/** The number of posts before this one, by binary search. */
function indexFor(posts: readonly PostId[], post: PostId): number {
  let [low, high] = [0, posts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((posts[middle] as PostId) < post) low = middle + 1;
    else high = middle;
  }
  return low;
}

const isAbove = ({ floor }: Feed, post: PostId): boolean => floor === null || post > floor;

const higher = (one: PostId | null, other: PostId | null): PostId | null => (one === null || (other !== null && other > one) ? other : one);
