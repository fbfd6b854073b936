import { Outage } from '../outage.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';

export const FEED_POSTS_MAX = 500;
/** How far a feed may grow over its cap before it is trimmed back, so that not every post trims. */
export const FEED_SLACK_POSTS = 32;
/** Posts of a timeline. */
export const TIMELINE_POSTS_MAX = 200;

/** The cache can’t be reached, or doesn’t answer in time: read on from the views. */
export class FeedCacheUnavailable extends Outage {
  override readonly name = 'FeedCacheUnavailable';
}

/** A feed is complete above its floor; at and below it, the views have more. `null`: complete to the very first post. */
export type BuiltFeed = { readonly posts: readonly PostId[]; readonly floor: PostId | null; readonly pulled?: readonly PersonId[] };

/** `pulled`: authors whose posts nobody adds to the feed. It is complete together with theirs. In no order. */
export type FeedPage = Required<BuiltFeed>;

/** How many of the feeds are warm or being built, and the readers for whom the post was new. */
export type AddedPost = { readonly warm: number; readonly newFor: readonly PersonId[] };

/** The newest posts of one author, newest first, and the floor above which they are all. `version` changes with every post of the author. */
export type Timeline = { readonly version: string; readonly posts: readonly PostId[]; readonly floor: PostId | null };

/**
 * The newest posts of warm feeds, by reader. Bounded, and losing it costs latency only. Post ids sort by time.
 *
 * - Adding a post to a feed that is neither warm nor being built does nothing: absent people cost nothing.
 * - Adding twice is adding once.
 * - A feed is built in two steps so that no post is lost in between: from `beginBuild` on, added posts land in it; from `warm` on it
 *   can be read. An `invalidate` in between, or another `beginBuild`, which starts over, makes that `warm` do nothing.
 * - Trimming raises the floor in the same step, so a page never has a hole. A post at or below the floor is not added.
 * - `pull` tells feeds to pull an author, from `beginBuild` on as for posts. It is kept with the feed's posts: a feed is never warm
 *   without it. Nothing takes it back but a build.
 * - `invalidateAll` makes every feed cold at once.
 * - A token is never used again, so that a caller that remembers one can tell that a feed was cold meanwhile.
 * - Timelines are what was kept, or nothing: whoever reads one compares its version.
 */
export type FeedCache = AsyncDisposable & {
  /** Newest first, only posts before `before` and above the floor. `undefined`: the feed is cold, build it. An empty page: warm, and nothing to read. */
  page(reader: PersonId, options: { readonly before?: PostId; readonly limit: number }): Promise<FeedPage | undefined>;
  add(post: PostId, readers: readonly PersonId[]): Promise<AddedPost>;
  /** Answers how many of the feeds are warm or being built. */
  pull(author: PersonId, readers: readonly PersonId[]): Promise<number>;
  /** Answers the token for `warm`. */
  beginBuild(reader: PersonId): Promise<string>;
  warm(reader: PersonId, token: string, feed: BuiltFeed): Promise<void>;
  /** The token that made the feed warm; `undefined` where it is cold. Counts as reading the feed. */
  warmToken(reader: PersonId): Promise<string | undefined>;
  invalidate(readers: readonly PersonId[]): Promise<void>;
  invalidateAll(): Promise<void>;
  /** In the order of the authors. */
  timelines(authors: readonly PersonId[]): Promise<readonly (Timeline | undefined)[]>;
  keepTimeline(author: PersonId, timeline: Timeline): Promise<void>;
};
