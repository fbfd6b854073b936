/** Becoming friends, and ceasing to be. A request is named by its pair. */
import { z } from 'zod';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import { friendRequestId, personId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

type Answer = {
  readonly verb: 'accept' | 'refuse' | 'withdraw';
  readonly command: 'acceptFriend' | 'refuseFriend' | 'withdrawFriend';
  readonly summary: string;
  readonly refusals: readonly RefusalCode[];
};

const ANSWERS: readonly Answer[] = [
  {
    verb: 'accept',
    command: 'acceptFriend',
    summary: 'Accept a friend request.',
    refusals: ['friend-request-unknown', 'not-the-recipient', 'person-unknown', 'blocked', 'friends-full', 'friend-slot-missing'],
  },
  {
    verb: 'refuse',
    command: 'refuseFriend',
    summary: 'Refuse a friend request.',
    refusals: ['friend-request-unknown', 'not-the-recipient', 'already-friends'],
  },
  {
    verb: 'withdraw',
    command: 'withdrawFriend',
    summary: 'Withdraw a friend request that one made.',
    refusals: ['friend-request-unknown', 'not-the-requester', 'already-friends'],
  },
];

export function friendRoutes({ commands, contextFor, limits }: WriteDependencies): readonly Route[] {
  const ofPerson = { callers: ['person'], limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  return [
    command(contextFor, {
      ...ofPerson,
      method: 'post',
      path: '/v1/friend-requests',
      operationId: 'requestFriend',
      summary: 'Ask somebody to be friends.',
      body: z.strictObject({ person: personId }),
      refusals: ['self-not-allowed', 'person-unknown', 'blocked', 'friends-full', 'already-friends', 'friend-request-pending', 'friend-slot-missing'],
      more: { id: friendRequestId },
      act: ({ caller: { person }, body }, context) => commands.requestFriend({ person, other: body.person }, context),
    }),

    ...ANSWERS.map(({ verb, command: name, summary, refusals }) =>
      command(contextFor, {
        ...ofPerson,
        method: 'post',
        path: `/v1/friend-requests/:request/${verb}`,
        operationId: name,
        summary,
        params: z.strictObject({ request: friendRequestId }),
        refusals,
        act: ({ caller: { person }, params: { request } }, context) => commands[name]({ person, request }, context),
      }),
    ),

    command(contextFor, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/me/friends/:person',
      operationId: 'removeFriend',
      summary: 'Be friends no more.',
      params: z.strictObject({ person: personId }),
      refusals: ['not-a-friend'],
      act: ({ caller: { person }, params: { person: other } }, context) => commands.removeFriend({ person, other }, context),
    }),
  ];
}
