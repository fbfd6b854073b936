/** Follows, mutes and blocks people, and takes these back. A decision needs to know whether the other person exists, and for a follow whether a block stands between the two. */
import { relationships, relationBetween, type RelationshipsCommand, type RelationshipsState } from '../../domain/people/relationships.ts';
import type { Counterpart } from '../../domain/people/counterpart.ts';
import { user } from '../../domain/people/user.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { relationshipsStream, userStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { CommandHandling, StreamRevision } from '../handling/handle.ts';
import type { CommandResult } from '../handling/results.ts';
import { invalidateFeedsOf } from './invalidate-feeds.ts';

type Pair = { readonly person: PersonId; readonly other: PersonId };

/** The other person as decisions about the two need to see them, with their relationships, and the revisions of the streams that were read. */
export async function counterpartOf(
  { loadState }: CommandHandling,
  { person, other }: Pair,
): Promise<{ readonly counterpart: Counterpart; readonly relationships: RelationshipsState; readonly readRevisions: readonly StreamRevision[] }> {
  const [otherUser, mine, theirs] = await Promise.all([
    loadState(user, userStream(other)),
    loadState(relationships, relationshipsStream(person)),
    loadState(relationships, relationshipsStream(other)),
  ]);
  const relation = relationBetween({ person, relationships: mine.state }, { person: other, relationships: theirs.state });
  return { counterpart: { person: other, user: otherUser.state, relation }, relationships: theirs.state, readRevisions: [otherUser, theirs] };
}

export const follow =
  (dependencies: Uses<'feedCache'>) =>
  async ({ person, other }: Pair, context: CommandContext) => {
    const { counterpart, readRevisions } = await counterpartOf(dependencies, { person, other });
    const handled = await dependencies.handle(relationships, relationshipsStream(person), { type: 'follow', actor: person, other: counterpart }, context, {
      readRevisions,
    });
    return invalidateFeedsOf([person], dependencies, handled);
  };

/** Muting and blocking need only that the other person exists: a person may block somebody who has blocked them. */
const addToList =
  (type: 'mute' | 'block') =>
  ({ handle, loadState }: CommandHandling) =>
  async ({ person, other }: Pair, context: CommandContext) => {
    const otherUser = await loadState(user, userStream(other));
    return handle(relationships, relationshipsStream(person), { type, actor: person, person: other, user: otherUser.state }, context, {
      readRevisions: [otherUser],
    });
  };

const removeFromList =
  (type: Extract<RelationshipsCommand['type'], `un${string}`>) =>
  ({ handle }: CommandHandling) =>
  ({ person, other }: Pair, context: CommandContext) =>
    handle(relationships, relationshipsStream(person), { type, person: other }, context);

/** Readers see again what the mute or block has hidden from them. */
const removeAndInvalidateFeeds = (type: 'unmute' | 'unblock', readersOf: (pair: Pair) => readonly PersonId[]) => (dependencies: Uses<'feedCache'>) => {
  const remove = removeFromList(type)(dependencies);
  return async (pair: Pair, context: CommandContext) => invalidateFeedsOf(readersOf(pair), dependencies, await remove(pair, context));
};

export const mute = addToList('mute');

/** Those who show the two to each other are told at once, for they go by views. */
const publishBlock = (broadcast: Pick<Broadcast, 'publish'>, { person, other }: Pair, change: 'begins' | 'ends', handled: CommandResult): CommandResult => {
  if (handled.outcome === 'appended') broadcast.publish([person, other], { kind: 'block', people: [person, other], change } satisfies LiveHint);
  return handled;
};

export const block = (dependencies: Uses<'broadcast'>) => {
  const add = addToList('block')(dependencies);
  return async (pair: Pair, context: CommandContext) => publishBlock(dependencies.broadcast, pair, 'begins', await add(pair, context));
};
export const unfollow = removeFromList('unfollow');
export const unmute = removeAndInvalidateFeeds('unmute', ({ person }) => [person]);
/** A block hides two people from each other. */
export const unblock = (dependencies: Uses<'feedCache' | 'broadcast'>) => {
  const remove = removeAndInvalidateFeeds('unblock', ({ person, other }) => [person, other])(dependencies);
  return async (pair: Pair, context: CommandContext) => publishBlock(dependencies.broadcast, pair, 'ends', await remove(pair, context));
};
