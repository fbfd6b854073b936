/** Likes posts, and takes likes back. */
import { reaction } from '../../domain/feed/reaction.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { reactionStream } from '../../domain/shared/streams.ts';
import { refused, type CommandResult } from '../handling/results.ts';
import { loadPost } from './post-target.ts';

type Like = { readonly person: PersonId; readonly post: PostId };

const react =
  (type: 'like' | 'unlike') =>
  (dependencies: Uses<'log' | 'codec'>) =>
  async ({ person, post }: Like, context: CommandContext): Promise<CommandResult> => {
    const loaded = await loadPost(dependencies, post, person);
    if (loaded === undefined) return refused('post-unknown');
    const { target, readRevisions } = loaded;
    return dependencies.handle(reaction, reactionStream(post, person), { type, post, actor: person, target }, context, { readRevisions });
  };

export const likePost = react('like');
export const unlikePost = react('unlike');
