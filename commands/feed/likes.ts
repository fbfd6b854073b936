/** Likes posts, and takes likes back. */
import { reaction } from '../../domain/feed/reaction.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { reactionStream } from '../../domain/shared/streams.ts';
import { ifPostExists, loadPostTarget } from './posts.ts';

type Like = { readonly person: PersonId; readonly post: PostId };

const react =
  (type: 'like' | 'unlike') =>
  (dependencies: Uses<'log' | 'codec'>) =>
  ({ person, post }: Like, context: CommandContext) =>
    ifPostExists(dependencies, post, async () => {
      const { target, readRevisions } = await loadPostTarget(dependencies, post, person);
      return dependencies.handle(reaction, reactionStream(post, person), { type, post, actor: person, target }, context, { readRevisions });
    });

export const likePost = react('like');
export const unlikePost = react('unlike');
