/** A post as a person may see it, from the log: for everything that is done to the post of somebody else, or refers to it. */
import type { PostEvent } from '../../domain/feed/events.ts';
import { audienceOf } from '../../domain/feed/may-read.ts';
import { post, type PostTarget } from '../../domain/feed/post.ts';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import { friendship } from '../../domain/people/friendship.ts';
import { relationBetween, relationships } from '../../domain/people/relationships.ts';
import { user } from '../../domain/people/user.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import { friendshipOf, type PersonId, type PostId } from '../../domain/shared/ids.ts';
import { friendshipStream, relationshipsStream, userStream } from '../../domain/shared/streams.ts';
import type { LoadState, StreamRevision } from '../handling/handle.ts';
import type { LogReader } from '../handling/load-stream.ts';

/** What a post is read with. */
export type PostReader = {
  readonly log: Pick<LogReader['log'], 'readStream'>;
  readonly codec: Pick<LogReader['codec'], 'decode'>;
  readonly loadState: LoadState;
};

type Published = Extract<PostEvent, { type: 'feed.post-published.v1' }>;

/** With the revisions of the streams that tell, and what the post has been from its first moment. */
export type LoadedPost = { readonly target: PostTarget; readonly published: Published['data']; readonly readRevisions: readonly StreamRevision[] };

/** Undefined where there is no such post. Nothing hides a post from its own author. */
export async function loadPost(dependencies: PostReader, id: PostId, person: PersonId): Promise<LoadedPost | undefined> {
  const published = (await publishedEventOf(dependencies, id))?.data;
  if (published?.post !== id) return undefined; // the digest alone finds the stream, but a post exists under its whole id
  const audience = audienceOf(published);
  const { author, circle } = audience;
  const loaded = await dependencies.loadState(post, postStreamOf(id));
  const ofPost = { state: loaded.state, audience, isShare: published.shares !== undefined };
  if (author === person) {
    return { target: { ...ofPost, author: user.initialState, relation: 'clear', isInCircle: true }, published, readRevisions: [loaded] };
  }
  const [between, authorUser, inCircle] = await Promise.all([
    loadRelation(dependencies, person, author),
    dependencies.loadState(user, userStream(author)),
    audience.visibility === 'friends' ? loadInCircle(dependencies, person, circle) : { isInCircle: false, readRevisions: [] },
  ]);
  const target: PostTarget = { ...ofPost, author: authorUser.state, relation: between.relation, isInCircle: inCircle.isInCircle };
  return { target, published, readRevisions: [loaded, authorUser, ...between.readRevisions, ...inCircle.readRevisions] };
}

/** The event that published the post whose id has this digest; undefined where there is none. */
export async function publishedEventOf({ log, codec }: Pick<PostReader, 'log' | 'codec'>, id: PostId): Promise<Recorded<Published> | undefined> {
  for await (const stored of log.readStream(postStreamOf(id), { limit: 1 })) return (await codec.decode(stored)) as Recorded<Published>;
  return undefined;
}

/** Whether the circle is the person's own, or a friend's on this side of every block. */
async function loadInCircle(handling: PostReader, person: PersonId, circle: PersonId) {
  if (person === circle) return { isInCircle: true, readRevisions: [] };
  const [pair, between] = await Promise.all([
    handling.loadState(friendship, friendshipStream(friendshipOf(person, circle))),
    loadRelation(handling, person, circle),
  ]);
  return { isInCircle: pair.state.status === 'friends' && between.relation === 'clear', readRevisions: [pair, ...between.readRevisions] };
}

/** The person's own relationships are read, but not relied on: whoever blocks somebody at the same moment has done both. */
async function loadRelation({ loadState }: PostReader, person: PersonId, other: PersonId) {
  const [mine, theirs] = await Promise.all([loadState(relationships, relationshipsStream(person)), loadState(relationships, relationshipsStream(other))]);
  return {
    relation: relationBetween({ person, relationships: mine.state }, { person: other, relationships: theirs.state }),
    readRevisions: [theirs],
  };
}
