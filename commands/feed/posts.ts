/**
 * Publishes, edits and deletes posts. A post's stream is named by the digest in its id; the time in the id is that of the first event,
 * also when the command is repeated later.
 */
import type { PostVisibility } from '../../domain/feed/events.ts';
import { post, type PostTarget } from '../../domain/feed/post.ts';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import type { Attachment } from '../../domain/media/attachments.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { refused, type CommandResult, type CreateResult } from '../handling/results.ts';
import { happenedAt, type CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { StreamRevision } from '../handling/handle.ts';
import { postIdOf } from '../handling/deterministic-ids.ts';
import { loadMedia } from '../media/load-media.ts';
import { loadStamp } from './delivery-mode.ts';
import { entitiesOf } from './post-entities.ts';
import { loadPost, publishedEventOf } from './post-target.ts';

export type PublishPost = {
  readonly author: PersonId;
  readonly text: string;
  readonly visibility?: PostVisibility;
  readonly media?: readonly Attachment[];
  readonly replyTo?: PostId;
  readonly quotes?: PostId;
};
type OfPost = { readonly author: PersonId; readonly post: PostId };

export const publishPost =
  (dependencies: Uses<'log' | 'codec' | 'logins'>) =>
  async (published: PublishPost, context: CommandContext): Promise<CreateResult<PostId>> => {
    const id = postIdOf(context.command, happenedAt(context));
    const prepared = await preparePost(dependencies, published, { id, context });
    if (prepared === 'unknown') return { id, handled: refused('post-unknown') };
    const { command, readRevisions } = prepared;
    const handled = await dependencies.handle(post, postStreamOf(id), command, context, { readRevisions });
    if (handled.outcome === 'refused') return { id, handled };
    // Read back even if it seems to be new: another process may have published it under this key at another time, or so long ago that
    // the key is forgotten and only the post can tell what the key was used for.
    const first = await publishedEventOf(dependencies, id);
    if (first !== undefined && first.metadata.request !== context.request) return { id, handled: refused('idempotency-key-reused') };
    return { id: first?.data.post ?? id, handled };
  };

/** What publishing a post is decided on. `unknown`: it refers to a post that its author may not read. */
export async function preparePost(
  dependencies: Uses<'log' | 'codec' | 'logins'>,
  { author, text, visibility, media = [], replyTo, quotes }: PublishPost,
  { id, context }: { readonly id: PostId; readonly context: CommandContext },
) {
  const [stamp, answered, quoted, attachments, entities] = await Promise.all([
    loadStamp(dependencies, author),
    loadReference(dependencies, replyTo, author),
    loadReference(dependencies, quotes, author),
    loadMedia(dependencies, media),
    entitiesOf(dependencies, { author, text, namesAreOurs: context.imported === undefined }),
  ]);
  if (answered === 'unknown' || quoted === 'unknown') return 'unknown';
  const command = {
    type: 'publish',
    post: id,
    actor: author,
    text,
    ...(entities !== undefined && { entities }),
    media: attachments.attachments,
    ...(visibility !== undefined && { visibility }),
    delivered: stamp.delivered,
    ...(answered !== undefined && { replyTo: answered.reference }),
    ...(quoted !== undefined && { quotes: quoted.reference }),
    ...(context.imported !== undefined && { imported: true as const }),
    at: happenedAt(context),
  } as const;
  const readRevisions = [...stamp.readRevisions, ...attachments.readRevisions, ...(answered?.readRevisions ?? []), ...(quoted?.readRevisions ?? [])];
  return { command, readRevisions };
}

export const editPost =
  (dependencies: Uses<'log' | 'codec' | 'logins'>) =>
  async ({ author, post: id, text }: OfPost & { readonly text: string }, context: CommandContext): Promise<CommandResult> => {
    const [loaded, entities] = await Promise.all([
      loadPost(dependencies, id, author),
      entitiesOf(dependencies, { author, text, namesAreOurs: context.imported === undefined }),
    ]);
    if (loaded === undefined) return refused('post-unknown');
    const { target, published, readRevisions } = loaded;
    const edited = { text, hasMedia: published.media !== undefined, ...(entities !== undefined && { entities }) };
    return dependencies.handle(post, postStreamOf(id), { type: 'edit', post: id, actor: author, ...edited, target }, context, { readRevisions });
  };

export const deletePost =
  (dependencies: Uses<'log' | 'codec'>) =>
  async ({ author, post: id }: OfPost, context: CommandContext): Promise<CommandResult> => {
    const loaded = await loadPost(dependencies, id, author);
    if (loaded === undefined) return refused('post-unknown');
    const { target, readRevisions } = loaded;
    return dependencies.handle(post, postStreamOf(id), { type: 'delete', post: id, actor: author, target }, context, { readRevisions });
  };

type LoadedReference = { readonly reference: { readonly post: PostId; readonly target: PostTarget }; readonly readRevisions: readonly StreamRevision[] };

/** A post that another is to refer to, if any. */
async function loadReference(dependencies: Uses<'log' | 'codec'>, id: PostId | undefined, person: PersonId): Promise<LoadedReference | 'unknown' | undefined> {
  if (id === undefined) return undefined;
  const loaded = await loadPost(dependencies, id, person);
  return loaded === undefined ? 'unknown' : { reference: { post: id, target: loaded.target }, readRevisions: loaded.readRevisions };
}
