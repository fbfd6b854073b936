/** Friend requests and friendships. The id of a request is its pair of people. */
import { z } from 'zod';
import { FRIENDS_MAX } from '../../domain/people/relationships.ts';
import { friendshipOf } from '../../domain/shared/ids.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import { friendshipStream } from '../../domain/shared/streams.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { friendRequestId, personId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

type RequestAction = {
  readonly verb: 'accept' | 'refuse' | 'withdraw';
  readonly command: 'acceptFriend' | 'refuseFriend' | 'withdrawFriend';
  readonly summary: string;
  readonly description: string;
  readonly refusals: readonly RefusalCode[];
};

const REQUEST_ACTIONS: readonly RequestAction[] = [
  {
    verb: 'accept',
    command: 'acceptFriend',
    summary: 'Accept a friend request',
    description: 'Makes you and the requester friends.',
    refusals: ['friend-request-unknown', 'not-the-recipient', 'person-unknown', 'blocked', 'friends-full', 'friend-reservation-expired'],
  },
  {
    verb: 'refuse',
    command: 'refuseFriend',
    summary: 'Refuse a friend request',
    description: 'Closes a request that you received. The requester may ask again.',
    refusals: ['friend-request-unknown', 'not-the-recipient', 'already-friends'],
  },
  {
    verb: 'withdraw',
    command: 'withdrawFriend',
    summary: 'Withdraw a friend request',
    description: 'Takes back a request that you sent.',
    refusals: ['friend-request-unknown', 'not-the-requester', 'already-friends'],
  },
];

const pair = friendshipOf(EXAMPLE.ada, EXAMPLE.bob);
const stream = friendshipStream(pair);

export function friendRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'Friends', limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  return [
    command(dependencies, {
      ...ofPerson,
      method: 'post',
      path: '/v1/friend-requests',
      operationId: 'requestFriend',
      summary: 'Send a friend request',
      description: `Asks a person to be your friend. You can have ${FRIENDS_MAX.toLocaleString('en')} friends, open requests of yours included.`,
      example: { body: { person: EXAMPLE.bob }, result: { id: pair }, stream },
      body: z.strictObject({ person: personId }),
      refusals: ['self-not-allowed', 'person-unknown', 'blocked', 'friends-full', 'already-friends', 'friend-request-pending', 'friend-reservation-expired'],
      resultFields: { id: friendRequestId },
      execute: ({ caller: { person }, body }, context) => commands.requestFriend({ person, other: body.person }, context),
    }),

    ...REQUEST_ACTIONS.map(({ verb, command: name, summary, description, refusals }) =>
      command(dependencies, {
        ...ofPerson,
        method: 'post',
        path: `/v1/friend-requests/:request/${verb}`,
        operationId: name,
        summary,
        description,
        example: { stream, revision: 1 },
        params: z.strictObject({ request: friendRequestId }),
        refusals,
        execute: ({ caller: { person }, params: { request } }, context) => commands[name]({ person, request }, context),
      }),
    ),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/me/friends/:person',
      operationId: 'removeFriend',
      summary: 'Remove a friend',
      description: 'Ends your friendship with a person.',
      example: { stream, revision: 2 },
      params: z.strictObject({ person: personId }),
      refusals: ['not-a-friend'],
      execute: ({ caller: { person }, params: { person: other } }, context) => commands.removeFriend({ person, other }, context),
    }),
  ];
}
