/** Pins posts to the profile of their author, and unpins them. */
import { pinnedPosts } from '../../domain/feed/pinned-posts.ts';
import { post as postDecider } from '../../domain/feed/post.ts';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { pinnedPostsStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling } from '../handling/handle.ts';
import { refused, type CommandResult } from '../handling/results.ts';
import { loadPost } from './post-target.ts';

type Pin = { readonly person: PersonId; readonly post: PostId };

export const pinPost =
  (dependencies: Uses<'log' | 'codec'>) =>
  async ({ person, post }: Pin, context: CommandContext): Promise<CommandResult> => {
    const { handle, loadState } = dependencies;
    const [loaded, pinned] = await Promise.all([loadPost(dependencies, post, person), loadState(pinnedPosts, pinnedPostsStream(person))]);
    if (loaded === undefined) return refused('post-unknown');
    const states = await Promise.all(pinned.state.posts.map((one) => loadState(postDecider, postStreamOf(one))));
    const gone = pinned.state.posts.filter((_, i) => states[i]?.state.status === 'deleted');
    const { target, readRevisions } = loaded;
    return handle(pinnedPosts, pinnedPostsStream(person), { type: 'pin', post, actor: person, target, gone }, context, { readRevisions });
  };

export const unpinPost =
  ({ handle }: CommandHandling) =>
  ({ person, post }: Pin, context: CommandContext): Promise<CommandResult> =>
    handle(pinnedPosts, pinnedPostsStream(person), { type: 'unpin', post, actor: person }, context);

/** Of a person who was erased. */
export const unpinAllPosts =
  ({ handle }: CommandHandling) =>
  ({ person }: { readonly person: PersonId }, context: CommandContext): Promise<CommandResult> =>
    handle(pinnedPosts, pinnedPostsStream(person), { type: 'unpin-all', actor: person }, context);
