/** Invitations to groups and message requests: answering them, and withdrawing an invitation. */
import { z } from 'zod';
import type { RefusalCode } from '../../../domain/shared/refusals.ts';
import { channelStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId, personId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';

type Answer = {
  readonly path: string;
  readonly command: 'acceptInvitation' | 'refuseInvitation' | 'acceptMessageRequest' | 'refuseMessageRequest';
  readonly summary: string;
  readonly description: string;
  readonly refusals: readonly RefusalCode[];
};

const ANSWERS: readonly Answer[] = [
  {
    path: '/v1/me/invitations/:channel/accept',
    command: 'acceptInvitation',
    summary: 'Accept an invitation',
    description: 'Makes you a member of a group that you were invited to.',
    refusals: ['invitation-unknown'],
  },
  {
    path: '/v1/me/invitations/:channel/refuse',
    command: 'refuseInvitation',
    summary: 'Refuse an invitation',
    description: 'Closes an invitation that you received. You may be invited again.',
    refusals: ['invitation-unknown'],
  },
  {
    path: '/v1/me/message-requests/:channel/accept',
    command: 'acceptMessageRequest',
    summary: 'Accept a message request',
    description:
      'From now on the other person sees when you are online, type and have read, and messages are pushed to you. Writing in the channel accepts it, too.',
    refusals: ['message-request-unknown', 'not-the-recipient'],
  },
  {
    path: '/v1/me/message-requests/:channel/refuse',
    command: 'refuseMessageRequest',
    summary: 'Refuse a message request',
    description: 'You hear nothing more of the channel, and the other person isn’t told. Opening the channel yourself accepts it after all.',
    refusals: ['message-request-unknown', 'not-the-recipient'],
  },
];

export function invitationRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'Channels', limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  return [
    ...ANSWERS.map(({ path, command: name, summary, description, refusals }) =>
      command(dependencies, {
        ...ofPerson,
        method: 'post',
        path,
        operationId: name,
        summary,
        description,
        example: { stream: channelStream(EXAMPLE.channel), revision: 3 },
        params: z.strictObject({ channel: channelId }),
        refusals,
        execute: ({ caller: { person }, params }, context) => commands[name]({ person, channel: params.channel }, context),
      }),
    ),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/channels/:channel/invitations/:person',
      operationId: 'withdrawInvitation',
      summary: 'Withdraw an invitation',
      description: 'Takes back an invitation to a group. The member who invited the person, the owner and the admins of the group may do so.',
      example: { stream: channelStream(EXAMPLE.channel), revision: 3 },
      params: z.strictObject({ channel: channelId, person: personId }),
      refusals: ['channel-unknown', 'not-a-group', 'not-an-admin'],
      execute: ({ caller, params: { channel: id, person } }, context) =>
        commands.withdrawInvitation({ person: caller.person, channel: id, member: person }, context),
    }),
  ];
}
