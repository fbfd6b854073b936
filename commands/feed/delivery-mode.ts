/**
 * How an author's posts reach feeds. What a post is stamped with is decided by the author's own stream when it is published; the turns
 * are commands of the workers, which count the warm feeds.
 */
import { deliveryMode, stampFor, type PullThresholds } from '../../domain/feed/delivery-mode/delivery-mode.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { deliveryModeStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandHandling, StreamRevision } from '../handling/handle.ts';

type Stamp = { readonly delivered: 'push' | 'pull'; readonly readRevisions: readonly StreamRevision[] };

/** How a post that this author publishes now is delivered. */
export async function loadStamp({ loadState }: Pick<CommandHandling, 'loadState'>, author: PersonId): Promise<Stamp> {
  const loaded = await loadState(deliveryMode, deliveryModeStream(author));
  return { delivered: stampFor(loaded.state), readRevisions: [loaded] };
}

type Counted = { readonly author: PersonId; readonly activeFollowers: number; readonly thresholds: PullThresholds };

export const countActiveFollowers =
  ({ handle }: CommandHandling) =>
  ({ author, activeFollowers, thresholds }: Counted, context: CommandContext) =>
    handle(deliveryMode, deliveryModeStream(author), { type: 'count', author, activeFollowers, thresholds }, context);

/** All feeds of the author's readers know that they pull the author. */
export const finishTurn =
  ({ handle }: CommandHandling) =>
  ({ author, turn }: { readonly author: PersonId; readonly turn: number }, context: CommandContext) =>
    handle(deliveryMode, deliveryModeStream(author), { type: 'finish-turn', author, turn }, context);
