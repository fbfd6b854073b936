/**
 * Posts of authors who are pulled: from the newest posts of each, which are kept in this process and in the feed cache, and from the
 * views for what is older. What is kept is used only as long as its version is that of the view, which changes with each post: so a
 * timeline is never older than what the views say at the time of reading.
 */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { counted, dropOldest, emptyTallies, type CacheTallies } from '../../ports/cache-tallies.ts';
import { TIMELINE_POSTS_MAX, type FeedCache, type Timeline } from '../../ports/feed-cache/port.ts';
import type { TimelineDocument } from '../../projections/read-models/posts.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { Skeleton } from './pipeline.ts';
import { newestFirst, newestPosts, type PostsOfAuthors } from './posts-in-views.ts';
import { whileCached } from './while-cached.ts';

/** Timelines in this process, some 20 KB each; the least recently read one makes room. */
const TIMELINES_MAX = 2_000;
/** Timelines that one page reads from the views to keep them. The posts of the other authors are read together, for this page alone. */
const TIMELINES_LOADED_MAX = 16;

export type TimelineDependencies = {
  readonly views: Pick<TidingsViews, 'getMany' | 'pluck'>;
  readonly feedCache: Pick<FeedCache, 'timelines' | 'keepTimeline'>;
  readonly clock: () => Instant;
  readonly caches?: Pick<CacheTallies, 'timelines' | 'shared-timelines'>;
};

/** The newest posts of these authors within the bounds. `complete`: they have nothing older within them. */
export type ReadTimelines = (query: PostsOfAuthors) => Promise<Skeleton>;

type Head = { readonly author: PersonId; readonly version: string };
type Bounds = Omit<PostsOfAuthors, 'authors'>;

export function createTimelines(dependencies: TimelineDependencies): ReadTimelines {
  const { views, caches = emptyTallies() } = dependencies;
  const kept = new Map<PersonId, Timeline>();
  const loading = new Map<string, Promise<Timeline>>();

  const keep = (author: PersonId, timeline: Timeline) => {
    kept.delete(author);
    kept.set(author, timeline);
    if (kept.size > TIMELINES_MAX) dropOldest(kept, caches.timelines); // the one that was not read for longest
  };
  const remembered = ({ author, version }: Head): Timeline | undefined => {
    const timeline = kept.get(author);
    if (timeline?.version !== version) return undefined;
    keep(author, timeline);
    return timeline;
  };
  /** Requests for one version share one reading. */
  const load = (head: Head): Promise<Timeline> => {
    const key = `${head.author}:${head.version}`;
    const running = loading.get(key);
    if (running !== undefined) return running;
    const reading = loadTimeline(dependencies, head).finally(() => loading.delete(key));
    loading.set(key, reading);
    return reading;
  };

  return async ({ authors, ...bounds }) => {
    if (authors.length === 0) return { ids: [], complete: true };
    const found = new Map<PersonId, Timeline>();
    const lookedFor: Head[] = [];
    for (const head of await headsOf(views, authors, bounds)) {
      const timeline = counted(caches.timelines, remembered(head));
      if (timeline === undefined) lookedFor.push(head);
      else found.set(head.author, timeline);
    }
    for (const [author, timeline] of await sharedTimelines(dependencies, lookedFor)) found.set(author, timeline);
    const missing = lookedFor.filter(({ author }) => counted(caches['shared-timelines'], found.get(author)) === undefined);
    const loaded = missing.slice(0, TIMELINES_LOADED_MAX);
    for (const [i, timeline] of (await Promise.all(loaded.map(load))).entries()) found.set(loaded[i]?.author as PersonId, timeline);
    for (const { author } of lookedFor) {
      const timeline = found.get(author);
      if (timeline !== undefined) keep(author, timeline);
    }
    return merged(dependencies, { found, others: missing.slice(TIMELINES_LOADED_MAX).map(({ author }) => author), bounds });
  };
}

/** The authors that have a post above the lower bound, with the version of each. */
async function headsOf(views: Pick<TidingsViews, 'getMany'>, authors: readonly PersonId[], { after }: Bounds): Promise<readonly Head[]> {
  const documents: readonly ((TimelineDocument & { readonly position?: string }) | undefined)[] = await views.getMany('timelines', authors);
  return documents.flatMap((document) => {
    if (document === undefined || (after !== undefined && document.newest <= after)) return [];
    return [{ author: document.author, version: document.position ?? '' }];
  });
}

/** What another process has kept, as far as it is of the same version. */
async function sharedTimelines({ feedCache }: TimelineDependencies, heads: readonly Head[]): Promise<ReadonlyMap<PersonId, Timeline>> {
  if (heads.length === 0) return new Map();
  const timelines = (await whileCached(() => feedCache.timelines(heads.map(({ author }) => author)))) ?? [];
  return new Map(
    heads.flatMap(({ author, version }, i) => {
      const timeline = timelines[i];
      return timeline?.version === version ? [[author, timeline] as const] : [];
    }),
  );
}

/** The posts are read behind the version, and a commit that changes the version has the post in it: none that the version knows is missing. */
async function loadTimeline({ views, feedCache, clock }: TimelineDependencies, { author, version }: Head): Promise<Timeline> {
  const { ids, complete } = await newestPosts(views, { authors: [author], limit: TIMELINE_POSTS_MAX, at: clock() });
  const timeline = { version, posts: ids, floor: complete ? null : (ids.at(-1) ?? null) };
  await whileCached(() => feedCache.keepTimeline(author, timeline));
  return timeline;
}

type Sources = { readonly found: ReadonlyMap<PersonId, Timeline>; readonly others: readonly PersonId[]; readonly bounds: Bounds };

/** An author whose timeline ends within the page, with more posts in the views, is read from these: no page has a hole below a floor. */
async function merged({ views }: TimelineDependencies, { found, others, bounds }: Sources): Promise<Skeleton> {
  const { after, before, limit } = bounds;
  const ids: PostId[] = [];
  const fromViews = [...others];
  let complete = true;
  for (const [author, { posts, floor }] of found) {
    const within = posts.filter((id) => (before === undefined || id < before) && (after === undefined || id > after));
    const reachesDown = floor === null || (after !== undefined && floor <= after);
    if (!reachesDown && within.length < limit) {
      fromViews.push(author);
      continue;
    }
    ids.push(...within.slice(0, limit));
    complete &&= reachesDown && within.length <= limit;
  }
  const rest = await newestPosts(views, { authors: fromViews, ...bounds });
  const all = [...ids, ...rest.ids].sort(newestFirst);
  return { ids: all.slice(0, limit), complete: complete && rest.complete && all.length <= limit };
}
