/**
 * Publishes, edits and deletes posts. A post's stream is named by the digest in its id; the time in the id is that of the first event,
 * also when the command is repeated later.
 */
import type { PostEvent } from '../../domain/feed/events.ts';
import { post, type PostTarget } from '../../domain/feed/post.ts';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import { relationships, relationBetween } from '../../domain/people/relationships.ts';
import { user } from '../../domain/people/user.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { relationshipsStream, userStream } from '../../domain/shared/streams.ts';
import { refused, type CreateResult } from '../handling/results.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling, StreamRevision } from '../handling/handle.ts';
import type { LogReader } from '../handling/load-stream.ts';
import type { CommandResult } from '../handling/results.ts';
import { postIdOf } from '../handling/deterministic-ids.ts';

export type PublishPost = { readonly author: PersonId; readonly text: string; readonly replyTo?: PostId };
type OfPost = { readonly author: PersonId; readonly post: PostId };

export const publishPost =
  (dependencies: Uses<'log' | 'codec'>) =>
  async ({ author, text, replyTo }: PublishPost, context: CommandContext): Promise<CreateResult<PostId>> => {
    const id = postIdOf(context.command, context.at);
    const target = replyTo === undefined ? undefined : await loadPostTarget(dependencies, replyTo, author);
    const handled = await dependencies.handle(
      post,
      postStreamOf(id),
      {
        type: 'publish',
        post: id,
        actor: author,
        text,
        // To come: posts of authors with very many followers are pulled by readers. It will be decided here, and is stamped on each post.
        delivered: 'push',
        ...(replyTo === undefined || target === undefined ? {} : { replyTo: { post: replyTo, target: target.target } }),
        at: context.at,
      },
      context,
      { readRevisions: target?.readRevisions ?? [] },
    );
    if (handled.outcome === 'refused') return { id, handled };
    // Read back even if it seems to be new: another process may have published it under this key at another time, or so long ago that
    // the key is forgotten and only the post can tell what the key was used for.
    const first = await firstEventOf(dependencies, id);
    if (first !== undefined && first.metadata.request !== context.request) return { id, handled: refused('idempotency-key-reused') };
    return { id: first?.data.post ?? id, handled };
  };

export const editPost =
  (dependencies: Uses<'log' | 'codec'>) =>
  ({ author, post: id, text }: OfPost & { readonly text: string }, context: CommandContext): Promise<CommandResult> =>
    ifPostExists(dependencies, id, async () => {
      const { target, readRevisions } = await loadPostTarget(dependencies, id, author);
      return dependencies.handle(post, postStreamOf(id), { type: 'edit', post: id, actor: author, text, target }, context, { readRevisions });
    });

export const deletePost =
  (dependencies: Uses<'log' | 'codec'>) =>
  ({ author, post: id }: OfPost, context: CommandContext): Promise<CommandResult> =>
    ifPostExists(dependencies, id, async () => {
      const { target, readRevisions } = await loadPostTarget(dependencies, id, author);
      return dependencies.handle(post, postStreamOf(id), { type: 'delete', post: id, actor: author, target }, context, { readRevisions });
    });

type LoadedTarget = { readonly target: PostTarget; readonly readRevisions: readonly StreamRevision[] };

/** A post as a person may see it, and the revisions of the streams that tell. Nothing hides a post from its own author. */
export async function loadPostTarget({ loadState }: CommandHandling, id: PostId, person: PersonId): Promise<LoadedTarget> {
  const loaded = await loadState(post, postStreamOf(id));
  const { state } = loaded;
  if (state.status === 'none' || state.author === person) {
    return { target: { state, author: user.initialState, relation: 'clear' }, readRevisions: [loaded] };
  }
  const { author } = state;
  const [mine, theirs, authorUser] = await Promise.all([
    loadState(relationships, relationshipsStream(person)),
    loadState(relationships, relationshipsStream(author)),
    loadState(user, userStream(author)),
  ]);
  const relation = relationBetween({ person, relationships: mine.state }, { person: author, relationships: theirs.state });
  return { target: { state, author: authorUser.state, relation }, readRevisions: [loaded, theirs, authorUser] };
}

/** The digest alone finds the stream; a post exists if its whole id is that of the stream's first event. */
export async function ifPostExists(dependencies: LogReader, id: PostId, act: () => Promise<CommandResult>): Promise<CommandResult> {
  return (await firstEventOf(dependencies, id))?.data.post === id ? act() : refused('post-unknown');
}

/** The event that published the post; undefined where there is none. */
async function firstEventOf({ log, codec }: LogReader, id: PostId): Promise<Recorded<PostEvent> | undefined> {
  for await (const stored of log.readStream(postStreamOf(id), { limit: 1 })) return (await codec.decode(stored)) as Recorded<PostEvent>;
  return undefined;
}
