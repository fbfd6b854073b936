/**
 * Requesting and accepting a friendship write to two streams: first a place among the person's friends is reserved in their
 * relationships, then the request or acceptance is appended to the pair's friendship. So nobody ever has more friends than
 * reservations. The sweeper releases a reservation that nothing came of.
 */
import { relationships } from '../../domain/people/relationships.ts';
import type { FriendRequestId } from '../../domain/people/events.ts';
import { friendship } from '../../domain/people/friendship.ts';
import { friendshipOf, peopleOf, type PersonId } from '../../domain/shared/ids.ts';
import { friendshipStream, relationshipsStream } from '../../domain/shared/streams.ts';
import { refused, type CommandResult, type CreateResult, type RefusedResult } from '../handling/results.ts';
import { withFreshCommandId, type CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling } from '../handling/handle.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';
import { counterpartOf } from './relationships.ts';
import { invalidateFeedsOf } from './invalidate-feeds.ts';

type Pair = { readonly person: PersonId; readonly other: PersonId };
type OfRequest = { readonly person: PersonId; readonly request: FriendRequestId };

export const requestFriend =
  (dependencies: CommandHandling) =>
  async (pair: Pair, context: CommandContext): Promise<CreateResult<FriendRequestId>> => ({
    id: friendshipOf(pair.person, pair.other),
    handled: await reserveAndAppend(dependencies, pair, 'request', context),
  });

export const acceptFriend =
  (dependencies: Uses<'feedCache'>) =>
  async ({ person, request }: OfRequest, context: CommandContext): Promise<CommandResult> => {
    const other = otherOf(request, person);
    if (other === undefined) return refused('friend-request-unknown');
    return invalidateFeedsOf([person, other], dependencies, await reserveAndAppend(dependencies, { person, other }, 'accept', context));
  };

const endRequest =
  (type: 'refuse' | 'withdraw') =>
  ({ handle }: CommandHandling) =>
  async ({ person, request }: OfRequest, context: CommandContext): Promise<CommandResult> =>
    otherOf(request, person) === undefined
      ? refused('friend-request-unknown')
      : handle(friendship, friendshipStream(request), { type, actor: person }, context);

export const refuseFriend = endRequest('refuse');
export const withdrawFriend = endRequest('withdraw');

export const removeFriend =
  ({ handle }: CommandHandling) =>
  ({ person, other }: Pair, context: CommandContext) =>
    handle(friendship, friendshipStream(friendshipOf(person, other)), { type: 'remove', actor: person }, context);

/** After a refusal, a withdrawal or a removal: releases the reservation of that round. */
export const releaseFriendReservation =
  ({ handle }: CommandHandling) =>
  ({ person, friend, round }: { readonly person: PersonId; readonly friend: PersonId; readonly round: number }, context: CommandContext) =>
    handle(relationships, relationshipsStream(person), { type: 'release-reservation', friend, round }, context);

/** Given by the sweeper: releases a reservation whose request or acceptance never came. */
export const releaseAbandonedReservation =
  ({ handle, loadState }: CommandHandling) =>
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

async function reserveAndAppend(
  dependencies: CommandHandling,
  { person, other }: Pair,
  intent: 'request' | 'accept',
  context: CommandContext,
): Promise<CommandResult> {
  const { handle, loadState, findEarlierResult } = dependencies;
  const stream = friendshipStream(friendshipOf(person, other));
  // 1. A command that was completed before gets its first result.
  const earlier = await findEarlierResult(friendship, stream, context);
  if (earlier !== undefined) return earlier;

  // 2. Reserve a place among the person's friends.
  const forReservation = await contextOfReservation(dependencies, person, context);
  if (forReservation.outcome === 'refused') return forReservation;
  const { counterpart, readRevisions } = await counterpartOf(dependencies, { person, other });
  const pair = await loadState(friendship, stream);
  const reserved = await handle(
    relationships,
    relationshipsStream(person),
    { type: 'reserve-friend', intent, actor: person, friend: counterpart, friendship: pair.state, at: context.at },
    forReservation.context,
    { readRevisions: [...readRevisions, pair] },
  );
  if (reserved.outcome === 'refused') return reserved;

  // 3. Request or accept the friendship.
  const [mine, theirs] = await Promise.all([loadState(relationships, relationshipsStream(person)), loadState(relationships, relationshipsStream(other))]);
  const both = { actor: mine.state, other: theirs.state };
  const command =
    intent === 'request'
      ? ({ type: 'request', actor: person, other, relationships: both } as const)
      : ({ type: 'accept', actor: person, relationships: both } as const);
  return handle(friendship, stream, command, context, { readRevisions: [mine, theirs] });
}

/**
 * A key that is used again for another pair is not found in that pair's stream, but in the person's own, where the reservation under
 * this key lies: then the command is refused. A reservation for the same pair may have been released since, so it is decided again.
 */
async function contextOfReservation(
  { findEarlierResult }: CommandHandling,
  person: PersonId,
  context: CommandContext,
): Promise<{ readonly outcome: 'accepted'; readonly context: CommandContext } | RefusedResult> {
  const first = { ...context, command: createdIdOf(context.command, 'slot') }; // stored in the log under this word
  const earlier = await findEarlierResult(relationships, relationshipsStream(person), first);
  if (earlier?.outcome === 'refused') return earlier;
  return { outcome: 'accepted', context: earlier === undefined ? first : withFreshCommandId(context) };
}

/** The other person of the pair; undefined where the id is not of a pair, or this person is not in it. */
function otherOf(request: FriendRequestId, person: PersonId): PersonId | undefined {
  const [lower, higher] = peopleOf(request);
  if (lower === higher || friendshipOf(lower, higher) !== request) return undefined;
  return person === lower ? higher : person === higher ? lower : undefined;
}
