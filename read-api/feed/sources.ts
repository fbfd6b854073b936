/** What a feed is made of, in the four stages' own words: ids first, then what they say now. */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Post, PostCounters } from '../../projections/posts.ts';

export type FeedQuery = { readonly reader: PersonId; readonly before?: PostId; readonly limit: number };

/** Newest first. `complete`: there is nothing older. */
export type Skeleton = { readonly ids: readonly PostId[]; readonly complete: boolean };

export type Relations = { readonly connected: ReadonlySet<PersonId>; readonly muted: ReadonlySet<PersonId>; readonly blocked: ReadonlySet<PersonId> };

export type HydratedPost = Post & { readonly authorName: string | null; readonly counters: PostCounters; readonly liked: boolean };

export type FeedSources = {
  /** At least one id, unless it is complete. */
  skeleton(query: FeedQuery): Promise<Skeleton>;
  /** Posts that are gone are left out. */
  hydrate(reader: PersonId, ids: readonly PostId[]): Promise<{ readonly posts: readonly HydratedPost[]; readonly relations: Relations }>;
};
