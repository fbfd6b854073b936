/** What a feed is made in, in the four stages' own words: ids first, then what they say now, who may see it, and how it is shown. */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Post } from '../../projections/read-models/posts.ts';
import type { Relations } from '../relations.ts';
import type { PostView } from './present.ts';

export type FeedQuery = { readonly reader: PersonId; readonly before?: PostId; readonly limit: number };

/** Newest first. `complete`: there is nothing older. */
export type Skeleton = { readonly ids: readonly PostId[]; readonly complete: boolean };

/** Posts that are gone are left out. */
export type Hydrated = { readonly posts: readonly Post[]; readonly relations: Relations };

export type FeedStages = {
  /** At least one id, unless it is complete. */
  skeleton(query: FeedQuery): Promise<Skeleton>;
  hydrate(reader: PersonId, ids: readonly PostId[]): Promise<Hydrated>;
  present(reader: PersonId, posts: readonly Post[]): Promise<readonly PostView[]>;
};
