/** What posts say now, and what stands between their authors and the reader: a few batches of reads by id. */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { connectionId } from '../../projections/connections.ts';
import { friendId } from '../../projections/friends.ts';
import { likeId } from '../../projections/posts.ts';
import type { ActiveViews } from '../../projections/read-views.ts';
import type { HydratedPost, Relations } from './sources.ts';

const NO_COUNTERS = { likes: 0, replies: 0 };

type Views = Pick<ActiveViews, 'getMany'>;

export async function hydrate(
  views: Views,
  reader: PersonId,
  ids: readonly PostId[],
): Promise<{ readonly posts: readonly HydratedPost[]; readonly relations: Relations }> {
  const posts = (await views.getMany('posts', ids)).filter((post) => post !== undefined);
  const found = posts.map(({ post }) => post);
  const authors = [...new Set(posts.map(({ author }) => author))];
  const [relations, profiles, counters, likes] = await Promise.all([
    relationsTo(views, reader, authors),
    views.getMany('profiles', authors),
    views.getMany('post-counters', found),
    views.getMany(
      'likes',
      found.map((post) => likeId(post, reader)),
    ),
  ]);
  const names = new Map(authors.map((author, i) => [author, profiles[i]?.name ?? null]));
  return {
    posts: posts.map((post, i) => ({
      ...post,
      authorName: names.get(post.author) ?? null,
      counters: { ...NO_COUNTERS, ...counters[i] },
      liked: likes[i] !== undefined,
    })),
    relations,
  };
}

/** What stands between the reader and these people. */
export async function relationsTo(views: Views, reader: PersonId, people: readonly PersonId[]): Promise<Relations> {
  const [friends, edges] = await Promise.all([
    views.getMany(
      'friends',
      people.map((person) => friendId(reader, person)),
    ),
    views.getMany(
      'connections',
      people.flatMap((person) => [
        connectionId({ from: reader, kind: 'follow', to: person }),
        connectionId({ from: reader, kind: 'mute', to: person }),
        connectionId({ from: reader, kind: 'block', to: person }),
        connectionId({ from: person, kind: 'block', to: reader }),
      ]),
    ),
  ]);
  const those = (holds: (i: number) => boolean) => new Set(people.filter((_, i) => holds(i)));
  return {
    connected: those((i) => friends[i] !== undefined || edges[4 * i] !== undefined),
    muted: those((i) => edges[4 * i + 1] !== undefined),
    blocked: those((i) => edges[4 * i + 2] !== undefined || edges[4 * i + 3] !== undefined),
  };
}
