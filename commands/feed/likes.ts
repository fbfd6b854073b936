/** Likes posts, and takes likes back. */
import { reaction } from '../../domain/feed/reaction.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { reactionStream } from '../../domain/shared/streams.ts';
import { ifPostExists, targetWithRelation } from './posts.ts';

type Like = { readonly person: PersonId; readonly post: PostId };

export const likePost =
  (dependencies: Uses<'log' | 'codec'>) =>
  ({ person, post }: Like, context: CommandContext) =>
    ifPostExists(dependencies, post, async () => {
      const { state, relation, readRevisions } = await targetWithRelation(dependencies, post, person);
      return dependencies.handle(reaction, reactionStream(post, person), { type: 'like', post, actor: person, state, relation }, context, { readRevisions });
    });

export const unlikePost =
  (dependencies: Uses<'log' | 'codec'>) =>
  ({ person, post }: Like, context: CommandContext) =>
    ifPostExists(dependencies, post, () => dependencies.handle(reaction, reactionStream(post, person), { type: 'unlike', post, actor: person }, context));
