/** Links that lead into a group, and the people who ask to join by one. */
import { z } from 'zod';
import { LINK_TOKEN_CHARACTERS } from '../../../commands/chat/link-tokens.ts';
import { INVITATION_LINKS_MAX, LINK_LIFETIME_MAX_DAYS, LINK_USES_MAX } from '../../../domain/chat/groups/group-commands.ts';
import { channelStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId, instantField, invitationLinkId, personId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';

const token = z
  .string()
  .regex(/^[\w-]+$/)
  .length(LINK_TOKEN_CHARACTERS)
  .meta({ description: 'What the link ends with. Everybody who has it can follow the link.', examples: [EXAMPLE.linkToken] });

const channel = z.strictObject({ channel: channelId });
const person = z.strictObject({ channel: channelId, person: personId });

const exampleAt = (revision: number) => ({ stream: channelStream(EXAMPLE.channel), revision });

export function invitationLinkRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'Channels', limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  return [
    command(dependencies, {
      ...ofPerson,
      method: 'post',
      path: '/v1/channels/:channel/links',
      operationId: 'createInvitationLink',
      summary: 'Create an invitation link',
      description: `Makes a link by which people come into a group. The owner and the admins may do so, and a link leads nowhere any more once its maker is neither. A group has at most ${INVITATION_LINKS_MAX} at a time. The token is told here only: the same request under the same idempotency key responds with it again.`,
      example: {
        body: { usesMax: 20, expiresAt: EXAMPLE.later, approval: true },
        result: { link: EXAMPLE.invitationLink, token: EXAMPLE.linkToken },
        ...exampleAt(10),
      },
      params: channel,
      body: z
        .strictObject({
          usesMax: z.int().min(1).max(LINK_USES_MAX).optional().meta({ description: 'How many people may follow it. Absent: as many as there is room for.' }),
          expiresAt: instantField
            .optional()
            .meta({ description: `When it ends: at most ${LINK_LIFETIME_MAX_DAYS} days ahead. Absent: when it is revoked.`, examples: [EXAMPLE.later] }),
          approval: z.boolean().optional().meta({ description: 'Whether the owner or an admin is asked before somebody who follows it is a member.' }),
        })
        .optional(),
      refusals: ['channel-unknown', 'not-a-group', 'not-an-admin', 'too-many-links', 'link-expiry-out-of-range'],
      resultFields: { link: invitationLinkId, token },
      execute: ({ caller, params, body: { usesMax, expiresAt, approval } = {} }, context) => {
        const limited = { ...(usesMax === undefined ? {} : { usesMax }), ...(expiresAt === undefined ? {} : { expiresAt }) };
        return commands.createInvitationLink(
          { person: caller.person, channel: params.channel, ...limited, ...(approval === undefined ? {} : { approval }) },
          context,
        );
      },
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/channels/:channel/links/:link',
      operationId: 'revokeInvitationLink',
      summary: 'Revoke an invitation link',
      description: 'Nobody comes into the group by it any more. Those who did stay.',
      example: exampleAt(11),
      params: z.strictObject({ channel: channelId, link: invitationLinkId }),
      refusals: ['channel-unknown', 'not-a-group', 'not-an-admin'],
      execute: ({ caller, params }, context) => commands.revokeInvitationLink({ person: caller.person, ...params }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'post',
      path: '/v1/me/joined-links',
      operationId: 'joinByInvitationLink',
      summary: 'Follow an invitation link',
      description: 'Makes you a member of the group that the link leads into, or asks for it where the link says so.',
      example: { body: { token: EXAMPLE.linkToken }, result: { channel: EXAMPLE.channel, membership: 'member' }, ...exampleAt(12) },
      body: z.strictObject({ token }),
      refusals: ['invitation-link-invalid', 'channel-full', 'too-many-join-requests'],
      resultFields: {
        channel: channelId.nullable().meta({ description: 'The group.' }),
        membership: z.enum(['member', 'requested']).meta({ description: 'Whether you are a member now, or have asked to become one.' }),
      },
      execute: ({ caller, body }, context) => commands.joinByInvitationLink({ person: caller.person, token: body.token }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/channels/:channel/join-requests/:person',
      operationId: 'approveJoinRequest',
      summary: 'Approve a request to join',
      description: 'Makes a person who asked to join a group a member of it. The owner and the admins may do so.',
      example: exampleAt(13),
      params: person,
      refusals: ['channel-unknown', 'not-a-group', 'not-an-admin', 'join-request-unknown', 'channel-full', 'person-unknown', 'blocked'],
      execute: ({ caller, params }, context) => commands.approveJoinRequest({ person: caller.person, channel: params.channel, member: params.person }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/channels/:channel/join-requests/:person',
      operationId: 'refuseJoinRequest',
      summary: 'Refuse a request to join',
      description: 'Closes a request to join a group. The person may ask again. The owner and the admins may do so.',
      example: exampleAt(14),
      params: person,
      refusals: ['channel-unknown', 'not-a-group', 'not-an-admin', 'join-request-unknown'],
      execute: ({ caller, params }, context) => commands.refuseJoinRequest({ person: caller.person, channel: params.channel, member: params.person }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/me/join-requests/:channel',
      operationId: 'withdrawJoinRequest',
      summary: 'Withdraw a request to join',
      description: 'Takes back your request to join a group, which has not been answered yet.',
      example: exampleAt(15),
      params: channel,
      refusals: ['join-request-unknown'],
      execute: ({ caller, params }, context) => commands.withdrawJoinRequest({ person: caller.person, channel: params.channel }, context),
    }),
  ];
}
