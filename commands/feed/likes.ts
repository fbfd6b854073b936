/** Reacts to posts, by a like or another kind, and takes reactions back. */
import { reaction } from '../../domain/feed/reaction.ts';
import type { ReactionKind } from '../../domain/feed/reaction-kinds.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { reactionStream } from '../../domain/shared/streams.ts';
import { refused, type CommandResult } from '../handling/results.ts';
import { loadPost } from './post-target.ts';

type Like = { readonly person: PersonId; readonly post: PostId };
type Change = { readonly type: 'react'; readonly kind: ReactionKind } | { readonly type: 'unlike' | 'unreact' };

async function change(dependencies: Uses<'log' | 'codec'>, { person, post }: Like, to: Change, context: CommandContext): Promise<CommandResult> {
  const loaded = await loadPost(dependencies, post, person);
  if (loaded === undefined) return refused('post-unknown');
  const { target, readRevisions } = loaded;
  return dependencies.handle(reaction, reactionStream(post, person), { ...to, post, actor: person, target }, context, { readRevisions });
}

export const likePost = (dependencies: Uses<'log' | 'codec'>) => (like: Like, context: CommandContext) =>
  change(dependencies, like, { type: 'react', kind: 'like' }, context);

export const unlikePost = (dependencies: Uses<'log' | 'codec'>) => (like: Like, context: CommandContext) =>
  change(dependencies, like, { type: 'unlike' }, context);

export const reactToPost =
  (dependencies: Uses<'log' | 'codec'>) =>
  ({ kind, ...of }: Like & { readonly kind: ReactionKind }, context: CommandContext) =>
    change(dependencies, of, { type: 'react', kind }, context);

export const takeReactionBack = (dependencies: Uses<'log' | 'codec'>) => (of: Like, context: CommandContext) =>
  change(dependencies, of, { type: 'unreact' }, context);
