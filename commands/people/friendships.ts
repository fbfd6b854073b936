/**
 * Becoming friends takes two streams a person: the slot in the own `connections-`, and the pair's `friendship-`. The slot comes
 * first, so that nobody ever has more friends than slots; one that was taken for nothing is freed by the sweeper.
 */
import { relationships } from '../../domain/people/relationships.ts';
import type { FriendRequestId } from '../../domain/people/events.ts';
import { friendship } from '../../domain/people/friendship.ts';
import { friendshipOf, peopleOf, type PersonId } from '../../domain/shared/ids.ts';
import { friendshipStream, relationshipsStream } from '../../domain/shared/streams.ts';
import { refused, type CreateResult } from '../handling/results.ts';
import { anew, type CommandContext } from '../handling/command-context.ts';
import type { CommandDependencies } from '../dependencies.ts';
import type { CommandResult } from '../handling/results.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';
import { counterpartOf } from './relationships.ts';
import { dropFeedsOf } from './drop-feeds.ts';

type Pair = { readonly person: PersonId; readonly other: PersonId };
type OfRequest = { readonly person: PersonId; readonly request: FriendRequestId };

export const requestFriend =
  (dependencies: CommandDependencies) =>
  async (pair: Pair, context: CommandContext): Promise<CreateResult<FriendRequestId>> => ({
    id: friendshipOf(pair.person, pair.other),
    handled: await withFriendReservation(dependencies, pair, 'ask', context),
  });

export const acceptFriend =
  (dependencies: CommandDependencies) =>
  async ({ person, request }: OfRequest, context: CommandContext): Promise<CommandResult> => {
    const other = otherOf(request, person);
    if (other === undefined) return refused('friend-request-unknown');
    return dropFeedsOf([person, other], dependencies, await withFriendReservation(dependencies, { person, other }, 'accept', context));
  };

const ending =
  (type: 'refuse' | 'withdraw') =>
  ({ handle }: CommandDependencies) =>
  async ({ person, request }: OfRequest, context: CommandContext): Promise<CommandResult> =>
    otherOf(request, person) === undefined
      ? refused('friend-request-unknown')
      : handle(friendship, friendshipStream(request), { type, actor: person }, context);

export const refuseFriend = ending('refuse');
export const withdrawFriend = ending('withdraw');

export const removeFriend =
  ({ handle }: CommandDependencies) =>
  ({ person, other }: Pair, context: CommandContext) =>
    handle(friendship, friendshipStream(friendshipOf(person, other)), { type: 'remove', actor: person }, context);

/** After a refusal, a withdrawal or a removal: the slot of that round is given back. */
export const releaseFriendReservation =
  ({ handle }: CommandDependencies) =>
  ({ person, friend, round }: { readonly person: PersonId; readonly friend: PersonId; readonly round: number }, context: CommandContext) =>
    handle(relationships, relationshipsStream(person), { type: 'release-reservation', friend, round }, context);

/** By the sweeper: a slot whose request or acceptance never came. */
export const releaseAbandonedReservation =
  ({ handle, loadState }: CommandDependencies) =>
  async ({ person, friend }: { readonly person: PersonId; readonly friend: PersonId }, context: CommandContext) => {
    const pair = await loadState(friendship, friendshipStream(friendshipOf(person, friend)));
    return handle(
      relationships,
      relationshipsStream(person),
      { type: 'release-abandoned-reservation', friend, friendship: pair.state, at: context.at },
      context,
      {
        readRevisions: [pair],
      },
    );
  };

async function withFriendReservation(
  dependencies: CommandDependencies,
  { person, other }: Pair,
  intent: 'ask' | 'accept',
  context: CommandContext,
): Promise<CommandResult> {
  const { handle, loadState, findEarlierResult } = dependencies;
  const stream = friendshipStream(friendshipOf(person, other));
  const before = await findEarlierResult(friendship, stream, context);
  if (before !== undefined) return before;
  const slotContext = await reservationContext(dependencies, person, context);
  if (slotContext.outcome === 'refused') return slotContext;

  const { counterpart, readRevisions } = await counterpartOf(dependencies, { person, other });
  const pair = await loadState(friendship, stream);
  const slot = await handle(
    relationships,
    relationshipsStream(person),
    { type: 'reserve-friend', intent, actor: person, friend: counterpart, friendship: pair.state, at: context.at },
    slotContext.context,
    { readRevisions: [...readRevisions, pair] },
  );
  if (slot.outcome === 'refused') return slot;

  const [mine, theirs] = await Promise.all([loadState(relationships, relationshipsStream(person)), loadState(relationships, relationshipsStream(other))]);
  const both = { actor: mine.state, other: theirs.state };
  const command =
    intent === 'ask'
      ? ({ type: 'request', actor: person, other, relationships: both } as const)
      : ({ type: 'accept', actor: person, relationships: both } as const);
  return handle(friendship, stream, command, context, { readRevisions: [mine, theirs] });
}

/**
 * The pair's stream is named by what is asked, so that another pair asked for under the same key is not found there: the slot, which is
 * in the asker's own stream, tells. One that was taken under this key before may have been given back since, and is decided anew.
 */
async function reservationContext(
  { findEarlierResult }: CommandDependencies,
  person: PersonId,
  context: CommandContext,
): Promise<{ readonly outcome: 'accepted'; readonly context: CommandContext } | Extract<CommandResult, { outcome: 'refused' }>> {
  const first = { ...context, command: createdIdOf(context.command, 'slot') };
  const before = await findEarlierResult(relationships, relationshipsStream(person), first);
  if (before?.outcome === 'refused') return before;
  return { outcome: 'accepted', context: before === undefined ? first : anew(context) };
}

/** The other of the pair, if it is one and this person is of it. */
function otherOf(request: FriendRequestId, person: PersonId): PersonId | undefined {
  const [lower, higher] = peopleOf(request);
  if (lower === higher || friendshipOf(lower, higher) !== request) return undefined;
  return person === lower ? higher : person === higher ? lower : undefined;
}
