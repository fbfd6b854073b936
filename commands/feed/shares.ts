/**
 * Shares posts, and takes shares back. A share is a post of its own, so that it reaches feeds as every post does. A person shares a post
 * once at a time: the stream of a share is named by the person, the post and the round, and a round ends when its share is deleted. So
 * whoever shares the same post at the same moment, from whichever process, meets the same stream.
 */
import { post } from '../../domain/feed/post.ts';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { shareIdOf } from '../handling/deterministic-ids.ts';
import type { CommandHandling } from '../handling/handle.ts';
import type { LogReader } from '../handling/load-stream.ts';
import { refused, type CommandResult, type CreateResult } from '../handling/results.ts';
import { loadStamp } from './delivery-mode.ts';
import { loadPost, publishedEventOf } from './post-target.ts';

type Share = { readonly person: PersonId; readonly post: PostId };

/** The result under the same key is looked up in so many of the last rounds: a key that was used in an earlier one shares again. */
const ROUNDS_LOOKED_UP_MAX = 4;

export const sharePost =
  (dependencies: Uses<'log' | 'codec'>) =>
  async (share: Share, context: CommandContext): Promise<CreateResult<PostId>> => {
    const current = await currentRound(dependencies, share);
    const earlier = await earlierRound(dependencies, share, { current, context });
    const id = shareIdOf({ ...share, round: earlier?.round ?? current }, context.at);
    if (earlier !== undefined) return { id: await wholeIdOf(dependencies, id), handled: earlier.handled };
    const [stamp, loaded] = await Promise.all([loadStamp(dependencies, share.person), loadPost(dependencies, share.post, share.person)]);
    if (loaded === undefined) return { id, handled: refused('post-unknown') };
    const handled = await dependencies.handle(
      post,
      postStreamOf(id),
      {
        type: 'publish',
        post: id,
        actor: share.person,
        text: '',
        delivered: stamp.delivered,
        shares: { post: share.post, target: loaded.target },
        at: context.at,
      },
      context,
      { readRevisions: [...stamp.readRevisions, ...loaded.readRevisions] },
    );
    return { id: handled.outcome === 'refused' ? id : await wholeIdOf(dependencies, id), handled };
  };

/** A share can always be taken back, whatever happened to the post. */
export const unsharePost =
  (dependencies: Uses<'log' | 'codec'>) =>
  async (share: Share, context: CommandContext): Promise<CommandResult> => {
    const current = await currentRound(dependencies, share);
    const earlier = await earlierRound(dependencies, share, { current, context });
    if (earlier !== undefined) return earlier.handled;
    const loaded = await loadPost(dependencies, share.post, share.person);
    if (loaded === undefined) return refused('post-unknown');
    const id = await wholeIdOf(dependencies, shareIdOf({ ...share, round: current }, context.at));
    const { target, readRevisions } = loaded;
    return dependencies.handle(post, postStreamOf(id), { type: 'unshare', post: id, actor: share.person, target }, context, { readRevisions });
  };

/** The lowest round that has not ended: it is under way, or nobody has begun it. Rounds end in their order, so they are searched by halves. */
async function currentRound(handling: CommandHandling, share: Share): Promise<number> {
  const hasEnded = async (round: number) => (await handling.loadState(post, streamOf(share, round))).state.status === 'deleted';
  let ended = -1;
  let open = 0;
  while (await hasEnded(open)) {
    ended = open;
    open = open * 2 + 1;
  }
  while (open - ended > 1) {
    const middle = Math.floor((ended + open) / 2);
    if (await hasEnded(middle)) ended = middle;
    else open = middle;
  }
  return open;
}

/** The round in which this very command was handled before: its repetition shares nothing again that was taken back since. */
async function earlierRound(
  { findEarlierResult }: CommandHandling,
  share: Share,
  { current, context }: { readonly current: number; readonly context: CommandContext },
): Promise<{ readonly round: number; readonly handled: CommandResult } | undefined> {
  for (let round = current; round >= 0 && round > current - ROUNDS_LOOKED_UP_MAX; round--) {
    const handled = await findEarlierResult(post, streamOf(share, round), context);
    if (handled !== undefined) return { round, handled };
  }
  return undefined;
}

/** The stream doesn't depend on the time in the id. */
const streamOf = (share: Share, round: number): string => postStreamOf(shareIdOf({ ...share, round }, instant(0)));

/** With the time of the first event, where there is one. */
const wholeIdOf = async (reader: LogReader, id: PostId): Promise<PostId> => (await publishedEventOf(reader, id))?.data.post ?? id;
