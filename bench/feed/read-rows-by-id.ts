/** Reads the rows that any page needs when their ids are known: no cache, no filtering, nothing presented. */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { friendId } from '../../projections/read-models/friends.ts';
import { likeId } from '../../projections/read-models/posts.ts';
import { relationshipId } from '../../projections/read-models/relationships.ts';

type ShownPost = { readonly id: string; readonly author: { readonly id: string } };

export async function readRowsById(views: TidingsViews, reader: PersonId, posts: readonly ShownPost[]): Promise<void> {
  const authors = [...new Set(posts.map(({ author }) => author.id as PersonId))];
  const ids = posts.map(({ id }) => id as PostId);
  await views.getMany('posts', ids);
  await views.getMany('profiles', authors);
  await views.getMany('post-counters', ids);
  await views.getMany(
    'likes',
    ids.map((id) => likeId(id, reader)),
  );
  await views.getMany(
    'friends',
    authors.map((author) => friendId(reader, author)),
  );
  await views.getMany(
    'relationships',
    authors.flatMap((author) => [
      relationshipId({ from: reader, kind: 'follow', to: author }),
      relationshipId({ from: reader, kind: 'mute', to: author }),
      relationshipId({ from: reader, kind: 'block', to: author }),
      relationshipId({ from: author, kind: 'block', to: reader }),
    ]),
  );
}
