/** A post as it is now: whether a friend of its author, or somebody whom it mentions, is still told of it. */
import { loadPost, type PostReader } from '../../../commands/feed/post-target.ts';
import type { PostEvent } from '../../../domain/feed/events.ts';
import { refusalIfHidden } from '../../../domain/feed/post.ts';
import { postStreamOf } from '../../../domain/feed/post-id.ts';
import type { SuppressionReason } from '../../../domain/notifications/events.ts';
import type { Content, Source } from '../../../domain/notifications/request-fields.ts';
import { postContent } from '../../../domain/notifications/source-content.ts';
import { friendship } from '../../../domain/people/friendship.ts';
import { hasMuted, relationships } from '../../../domain/people/relationships.ts';
import { isErased, type Recorded } from '../../../domain/shared/event.ts';
import { friendshipOf, type PersonId, type PostId } from '../../../domain/shared/ids.ts';
import { friendshipStream, relationshipsStream } from '../../../domain/shared/streams.ts';
import type { ToldDependencies } from './dependencies.ts';

type PostNow = { readonly author: PersonId; readonly content: Content } | { readonly suppress: SuppressionReason };
type Told = { readonly person: PersonId; readonly source: Extract<Source, { kind: 'feed' }> };

export async function postNow({ reader, views }: Pick<ToldDependencies, 'reader' | 'views'>, { person, source: { post, as } }: Told): Promise<PostNow> {
  const loaded = await loadPost(reader, post, person);
  if (loaded === undefined) return { suppress: 'withdrawn' };
  const { target } = loaded;
  const { author, visibility } = target.audience;
  if (target.state.status !== 'published' || target.author.status !== 'registered') return { suppress: 'withdrawn' };
  if (target.relation === 'blocked') return { suppress: 'blocked' };
  const [mine, profile] = await Promise.all([reader.loadState(relationships, relationshipsStream(person)), views.get('profiles', author)]);
  if (hasMuted(mine.state, author)) return { suppress: 'muted' };
  if (refusalIfHidden(target, person) !== undefined) return { suppress: visibility === 'friends' ? 'not-a-friend' : 'withdrawn' };
  const reason = as === 'mention' ? await reasonOfMention(reader, post, person) : await reasonOfFriend(reader, author, person);
  const name = profile?.name ?? null;
  if (reason !== undefined || name === null) return { suppress: reason ?? 'withdrawn' };
  return { author, content: postContent(name, as) };
}

async function reasonOfFriend({ loadState }: Pick<PostReader, 'loadState'>, author: PersonId, person: PersonId): Promise<SuppressionReason | undefined> {
  const { state } = await loadState(friendship, friendshipStream(friendshipOf(person, author)));
  return state.status === 'friends' ? undefined : 'not-a-friend';
}

/** An edit may have taken the mention out again. */
async function reasonOfMention({ log, codec }: PostReader, post: PostId, person: PersonId): Promise<SuppressionReason | undefined> {
  for await (const stored of log.readStream(postStreamOf(post), { from: 'end', direction: 'backwards' })) {
    const event = (await codec.decode(stored)) as Recorded<PostEvent>;
    if (event.type !== 'feed.post-published.v1' && event.type !== 'feed.post-edited.v1') continue;
    const { entities = {} } = event.data;
    return !isErased(entities) && entities.mentions?.some((mention) => mention.person === person) === true ? undefined : 'withdrawn';
  }
  return 'withdrawn';
}
