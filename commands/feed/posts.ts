/** Posts. The stream is named by the digest in the post's id; the time in the id is the time of the first event, also when the command is asked again. */
import type { PostEvent } from '../../domain/feed/events.ts';
import { post } from '../../domain/feed/post.ts';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import { relationships, relationBetween } from '../../domain/people/relationships.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { relationshipsStream } from '../../domain/shared/streams.ts';
import { refused, type CreateResult } from '../handling/results.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandDependencies } from '../dependencies.ts';
import type { CommandResult } from '../handling/results.ts';
import { postIdOf } from '../handling/deterministic-ids.ts';

export type PublishPost = { readonly author: PersonId; readonly text: string; readonly replyTo?: PostId };
type OfPost = { readonly author: PersonId; readonly post: PostId };

export const publishPost =
  (dependencies: CommandDependencies) =>
  async ({ author, text, replyTo }: PublishPost, context: CommandContext): Promise<CreateResult<PostId>> => {
    const id = postIdOf(context.command, context.at);
    const answered = replyTo === undefined ? undefined : await targetWithRelation(dependencies, replyTo, author);
    const handled = await dependencies.handle(
      post,
      postStreamOf(id),
      {
        type: 'publish',
        post: id,
        actor: author,
        text,
        // Authors with very many followers are to be pulled at read: their mode is decided here, and stamped on each post.
        delivered: 'push',
        ...(replyTo === undefined || answered === undefined ? {} : { replyTo: { post: replyTo, state: answered.state, relation: answered.relation } }),
        at: context.at,
      },
      context,
      { readRevisions: answered?.readRevisions ?? [] },
    );
    if (handled.outcome === 'refused') return { id, handled };
    // Read back also where it seems to be new: the log may have known it from another process that was asked at another time, or so
    // long ago that the key was forgotten and only the post is left to tell what it was used for.
    const first = await firstEventOf(dependencies, id);
    if (first !== undefined && first.metadata.request !== context.request) return { id, handled: refused('idempotency-key-reused') };
    return { id: first?.data.post ?? id, handled };
  };

export const editPost =
  (dependencies: CommandDependencies) =>
  ({ author, post: id, text }: OfPost & { readonly text: string }, context: CommandContext): Promise<CommandResult> =>
    ofPost(dependencies, id, () => dependencies.handle(post, postStreamOf(id), { type: 'edit', post: id, actor: author, text }, context));

export const deletePost =
  (dependencies: CommandDependencies) =>
  ({ author, post: id }: OfPost, context: CommandContext): Promise<CommandResult> =>
    ofPost(dependencies, id, () => dependencies.handle(post, postStreamOf(id), { type: 'delete', post: id, actor: author }, context));

/** A post that somebody turns to, with what stands between its author and them. */
export async function targetWithRelation({ loadState }: CommandDependencies, id: PostId, person: PersonId) {
  const [target, mine] = await Promise.all([loadState(post, postStreamOf(id)), loadState(relationships, relationshipsStream(person))]);
  const author = target.state.status === 'none' ? undefined : target.state.author;
  if (author === undefined || author === person) return { state: target.state, relation: 'clear', readRevisions: [target] } as const;
  const theirs = await loadState(relationships, relationshipsStream(author));
  const relation = relationBetween({ person, relationships: mine.state }, { person: author, relationships: theirs.state });
  return { state: target.state, relation, readRevisions: [target, theirs] } as const;
}

/** The digest finds the stream; only the whole id names the post. */
export async function ofPost(dependencies: CommandDependencies, id: PostId, act: () => Promise<CommandResult>): Promise<CommandResult> {
  return (await firstEventOf(dependencies, id))?.data.post === id ? act() : refused('post-unknown');
}

/** How the post of this stream was published; nothing where there is none. */
async function firstEventOf({ log, codec }: CommandDependencies, id: PostId): Promise<Recorded<PostEvent> | undefined> {
  for await (const stored of log.readStream(postStreamOf(id), { limit: 1 })) return (await codec.decode(stored)) as Recorded<PostEvent>;
  return undefined;
}
