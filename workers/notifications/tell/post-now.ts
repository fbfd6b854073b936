/** A post as it is now: whether a friend of its author is still told of it. */
import { post as postDecider } from '../../../domain/feed/post.ts';
import { postStreamOf } from '../../../domain/feed/post-id.ts';
import type { SuppressionReason } from '../../../domain/notifications/events.ts';
import type { Content } from '../../../domain/notifications/request-fields.ts';
import { postContent } from '../../../domain/notifications/source-content.ts';
import { friendship } from '../../../domain/people/friendship.ts';
import { hasMuted, relationBetween, relationships } from '../../../domain/people/relationships.ts';
import { user } from '../../../domain/people/user.ts';
import { friendshipOf, type PersonId, type PostId } from '../../../domain/shared/ids.ts';
import { friendshipStream, relationshipsStream, userStream } from '../../../domain/shared/streams.ts';
import type { ToldDependencies } from './dependencies.ts';

type PostNow = { readonly author: PersonId; readonly content: Content } | { readonly suppress: SuppressionReason };

export async function postNow(
  { reader: { loadState }, views }: Pick<ToldDependencies, 'reader' | 'views'>,
  { person, post }: { readonly person: PersonId; readonly post: PostId },
): Promise<PostNow> {
  const { state } = await loadState(postDecider, postStreamOf(post));
  if (state.status !== 'published') return { suppress: 'withdrawn' };
  const { author } = state;
  const [mine, theirs, pair, owner, profile] = await Promise.all([
    loadState(relationships, relationshipsStream(person)),
    loadState(relationships, relationshipsStream(author)),
    loadState(friendship, friendshipStream(friendshipOf(person, author))),
    loadState(user, userStream(author)),
    views.get('profiles', author),
  ]);
  if (relationBetween({ person, relationships: mine.state }, { person: author, relationships: theirs.state }) === 'blocked') return { suppress: 'blocked' };
  if (hasMuted(mine.state, author)) return { suppress: 'muted' };
  if (pair.state.status !== 'friends') return { suppress: 'not-a-friend' };
  const name = profile?.name;
  return owner.state.status !== 'registered' || name === undefined || name === null ? { suppress: 'withdrawn' } : { author, content: postContent(name) };
}
